//! What the command palette finds. What it asks the server for comes as code of its own when it is first opened: the
//! reading of the answers is no part of what every page loads.

#[cfg(feature = "hydrate")]
use leptos::wasm_split::wasm_split;

use leptos_router::location::Url;

use super::answer::{Answer, Unanswered};
use super::rail::PLACES;
use crate::api::application::{ApplicationName, list_application_names};
use crate::api::connection::{ConnectionName, list_connection_names};
use crate::api::page::PageQuery;
use crate::api::user::{UserSummary, list_users};
use crate::ui::icon::Shape;
use crate::ui::words;

/// One line of the palette: where it leads and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub group: &'static str,
    pub name: String,
    pub hint: String,
    pub href: String,
    pub shape: Shape,
}

/// Pages and the things people start most often.
#[must_use]
pub fn pages() -> Vec<Item> {
    let page = |name: &str, href: &str, shape| item("Pages", name, "", href, shape);
    let mut items: Vec<Item> = PLACES
        .iter()
        .map(|place| page(place.name, place.href, place.shape))
        .collect();
    items.extend([
        page("New connection", "/console/connections/new", Shape::Plus),
        page("New application", "/console/applications/new", Shape::Plus),
        page("New user", "/console/users/new", Shape::Plus),
    ]);
    items
}

/// What the server is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Connections and applications.
    Things,
    /// The first people that are called so.
    People(String),
}

/// What the server knows. One function for all of it, so that its code is fetched once.
#[cfg_attr(
    feature = "hydrate",
    wasm_split(
        palette_items,
        wasm_split_path = ::leptos::wasm_split,
        return_wrapper(let answer = _; { answer.await } -> Result<Vec<Item>, Unanswered>),
        fallible
    )
)]
pub fn ask(asked: Asked) -> Answer<Vec<Item>> {
    Box::pin(async move {
        match asked {
            Asked::Things => things().await,
            Asked::People(typed) => people(typed).await,
        }
    })
}

async fn things() -> Result<Vec<Item>, Unanswered> {
    let connections = list_connection_names(None).await?;
    let applications = list_application_names().await?;
    let connections = connections.iter().flat_map(of_connection);
    let applications = applications.iter().flat_map(of_application);
    Ok(connections
        .chain([more("Connections", "/console/connections")])
        .chain(applications)
        .chain([more("Applications", "/console/applications")])
        .collect())
}

async fn people(typed: String) -> Result<Vec<Item>, Unanswered> {
    let query = PageQuery {
        q: Some(typed.clone()),
        limit: Some(5),
        cursor: None,
    };
    let page = list_users(query).await?;
    let mut found: Vec<Item> = of_attempts(&typed).into_iter().collect();
    found.extend(page.items.iter().map(of_user));
    if page.next_cursor.is_some() {
        found.push(searching(&more("Users", "/console/users"), &typed));
    }
    Ok(found)
}

/// The line that leads to the list of a group. Among what is known it stands at the end of its group, and is shown where
/// not all of it is.
fn more(group: &'static str, href: &str) -> Item {
    item(group, &format!("More in {group}"), "", href, Shape::More)
}

/// That line, with what the list is to be searched for.
fn searching(more: &Item, text: &str) -> Item {
    let mut more = more.clone();
    if !text.is_empty() {
        more.href = format!("{}?q={}", more.href, Url::escape(text));
    }
    more
}

/// A connection and its Advanced tab, where just-in-time provisioning is decided.
fn of_connection(connection: &ConnectionName) -> Vec<Item> {
    let href = format!("/console/connections/{}", connection.handle);
    let name = &connection.display_name;
    vec![
        item(
            "Connections",
            name,
            connection.handle.as_str(),
            &href,
            Shape::Connections,
        ),
        item(
            "Connections",
            &format!("{name}: JIT settings"),
            "Advanced",
            &format!("{href}/advanced"),
            Shape::Settings,
        ),
    ]
}

/// An application and its sign-in flow.
fn of_application(application: &ApplicationName) -> Vec<Item> {
    let href = format!("/console/applications/{}", application.handle);
    let name = &application.name;
    vec![
        item(
            "Applications",
            name,
            application.handle.as_str(),
            &href,
            Shape::Applications,
        ),
        item(
            "Applications",
            &format!("{name}: sign-in flow"),
            "Sign-in flow",
            &format!("{href}/flow"),
            Shape::Flow,
        ),
    ]
}

/// The attempts that a number leads to which a person read from a page: the request's, or the page's own. Here, and not
/// among the pages, so that it is no part of what every page loads.
fn of_attempts(typed: &str) -> Option<Item> {
    let is_page = typed.len() == 4 && typed.bytes().all(|byte| byte.is_ascii_digit());
    // Nothing in it has another meaning in an address.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_request = typed.len() > 4 && typed.starts_with("req_") && typed.bytes().all(is_plain);
    (is_page || is_request).then(|| {
        let href = format!("/console/attempts?q={typed}");
        item(
            "Attempts",
            &format!("Attempts with {typed}"),
            "",
            &href,
            Shape::Attempts,
        )
    })
}

/// A person.
fn of_user(user: &UserSummary) -> Item {
    let href = format!("/console/users/{}", user.id);
    item("Users", &user.display_name, &user.username, &href, Shape::Account)
}

fn item(group: &'static str, name: &str, hint: &str, href: &str, shape: Shape) -> Item {
    Item {
        group,
        name: name.to_owned(),
        hint: hint.to_owned(),
        href: href.to_owned(),
        shape,
    }
}

/// The items whose name or hint contains every word, in their order; of a group not more than `most`, and where some are
/// left out the line that leads to its list.
#[must_use]
pub fn matching(items: &[Item], typed: &str, most: usize) -> Vec<Item> {
    let words: Vec<String> = typed.split_whitespace().map(words::lower_case).collect();
    let whole = words.join(" ");
    let mut found: Vec<Item> = Vec::new();
    // What the list is to be searched for.
    let mut left_out: Option<&str> = None;
    for item in items {
        if item.shape == Shape::More {
            found.extend(left_out.take().map(|text| searching(item, text)));
            continue;
        }
        let text = words::lower_case(&format!("{} {}", item.name, item.hint));
        let full = found.iter().filter(|other| other.group == item.group).count() >= most;
        if !words.iter().all(|word| text.contains(word)) {
            continue;
        }
        if full {
            // A list knows no words of a thing's second line, and looks for the text as a whole.
            let is_second = matches!(item.shape, Shape::Settings | Shape::Flow);
            let is_known = !is_second && text.contains(&whole);
            left_out.get_or_insert(if is_known { whole.as_str() } else { "" });
        } else {
            found.push(item.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_narrow_the_list() {
        let items = pages();
        assert_eq!(matching(&items, "", 100).len(), items.len());
        let found = matching(&items, "NEW conn", 100);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].href, "/console/connections/new");
        assert!(matching(&items, "nothing like it", 100).is_empty());
        assert_eq!(matching(&items, "", 3).len(), 3);
    }

    #[test]
    fn a_number_from_a_page_leads_to_its_attempts() {
        for (typed, want) in [
            ("req_a1", Some("/console/attempts?q=req_a1")),
            ("1206", Some("/console/attempts?q=1206")),
            ("req_", None),
            ("req_a&page=1", None),
            ("120", None),
            ("12o6", None),
            ("anna", None),
        ] {
            let found = of_attempts(typed);
            assert_eq!(found.as_ref().map(|item| item.href.as_str()), want, "{typed}");
        }
    }

    // Without the feature it is the browser that writes addresses.
    #[cfg(feature = "ssr")]
    #[test]
    fn where_things_are_left_out_a_line_leads_to_their_list() {
        let thing = |name: &str| {
            [
                item("Connections", name, "handle", "", Shape::Connections),
                item(
                    "Connections",
                    &format!("{name}: JIT settings"),
                    "Advanced",
                    "",
                    Shape::Settings,
                ),
            ]
        };
        let mut items: Vec<Item> = ["Acme & One", "Acme & Two"].into_iter().flat_map(thing).collect();
        items.push(more("Connections", "/console/connections"));
        for (typed, want) in [
            ("one", None),
            ("", Some("/console/connections")),
            ("ACME &", Some("/console/connections?q=acme%20%26")),
            ("& acme", Some("/console/connections")),
            ("jit", None),
        ] {
            let found = matching(&items, typed, 2);
            let last = found.last().filter(|last| last.shape == Shape::More);
            assert_eq!(last.map(|last| last.href.as_str()), want, "{typed}");
        }
        let found = matching(&items, "jit", 1);
        assert_eq!(found[1].href, "/console/connections");
    }
}
