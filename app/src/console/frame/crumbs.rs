//! Where this page is. Made from the address alone, so that the server and the browser agree before any data is there;
//! what a person is called comes from their page, because the address has nothing but an id.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::rail::PLACES;

/// What the person is called whose page this is: their page writes it here.
#[derive(Clone, Copy, Default)]
pub struct Person(pub RwSignal<Option<String>>);

/// The stops from the section to the page; the last one is the page itself.
#[must_use]
pub fn crumbs(path: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let Some(section) = parts.get(1) else {
        return vec![("/console".into(), "Overview".into())];
    };
    let mut href = format!("/console/{section}");
    let Some(place) = PLACES.iter().find(|place| place.href == href) else {
        return vec![("/console".into(), "Overview".into())];
    };
    let mut stops = vec![(href.clone(), place.name.to_owned())];
    if let Some(key) = parts.get(2) {
        href = format!("{href}/{key}");
        stops.push((href.clone(), name_of(section, key)));
    }
    if let (Some(&"flow"), Some(&"versions")) = (parts.get(3), parts.get(4)) {
        href.push_str("/flow");
        stops.push((href.clone(), "Sign-in flow".to_owned()));
        href.push_str("/versions");
        stops.push((href.clone(), "Versions".to_owned()));
        stops.extend(
            parts
                .get(5)
                .map(|version| (format!("{href}/{version}"), format!("Version {version}"))),
        );
    }
    stops
}

fn name_of(section: &str, key: &str) -> String {
    match (section, key) {
        (_, "new") => "New".to_owned(),
        ("users", _) => "Person".to_owned(),
        ("attempts", _) => "Attempt".to_owned(),
        (_, handle) => handle.to_owned(),
    }
}

/// The breadcrumb.
#[component]
pub fn Crumbs() -> impl IntoView {
    let path = use_location().pathname;
    let person = expect_context::<Person>().0;
    let items = move || {
        let stops = path.with(|path| crumbs(path));
        let last = stops.len().saturating_sub(1);
        let item = move |(index, (href, name)): (usize, (String, String))| {
            if index == last {
                let name = move || person.get().unwrap_or_else(|| name.clone());
                let title = name.clone();
                view! { <li aria-current="page"><bdi title=title>{name}</bdi></li> }.into_any()
            } else {
                view! { <li><a href=href>{name}</a></li> }.into_any()
            }
        };
        stops.into_iter().enumerate().map(item).collect_view()
    };
    view! { <nav class="crumbs" aria-label="Breadcrumb"><ol>{items}</ol></nav> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops() {
        for (path, want) in [
            ("/console", vec!["Overview"]),
            ("/console/connections", vec!["Connections"]),
            ("/console/connections/acme/advanced", vec!["Connections", "acme"]),
            ("/console/connections/new/oidc", vec!["Connections", "New"]),
            ("/console/users/acc_1", vec!["Users", "Person"]),
            ("/console/applications/wiki/flow", vec!["Applications", "wiki"]),
            (
                "/console/applications/wiki/flow/versions/7",
                vec!["Applications", "wiki", "Sign-in flow", "Versions", "Version 7"],
            ),
            ("/console/nowhere", vec!["Overview"]),
        ] {
            let names: Vec<String> = crumbs(path).into_iter().map(|(_, name)| name).collect();
            assert_eq!(names, want, "{path}");
        }
    }
}
