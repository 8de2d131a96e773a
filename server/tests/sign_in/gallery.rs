//! The gallery of connections offers what works: each of its forms, filled in, makes a connection.

use doorward_domain::connection::Template;
use http::StatusCode;

use crate::api::get;
use crate::console_functions::administrator;
use crate::provider::ISSUER;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    what_is_offered_makes_a_connection,
    the_test_idp_is_offered_where_it_is_on,
    the_test_idp_says_what_does_not_fit,
);

const GALLERY: &str = "/console/connections/new";
const CREATE: &str = "/console/fn/connections/create";
/// What an administrator types where nothing stands yet.
const TYPED: [(&str, &str); 5] = [
    ("display_name", "Picked"),
    ("handle", "picked"),
    ("issuer", ISSUER),
    ("client_id", "doorward"),
    ("client_secret", "hush"),
];

/// The templates of the gallery, as their addresses name them.
async fn offered(browser: &Browser<'_>) -> Vec<String> {
    let gallery = browser.get(GALLERY).await;
    let start = format!("href=\"{GALLERY}/");
    let links = gallery.body.split(&start).skip(1);
    links
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

/// What stands between the quotes of an attribute.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// The fields of the form that adds a connection, as a browser would send them once they are filled in.
fn filled_in(page: &Seen) -> Vec<(&str, &str)> {
    let mut forms = page.body.split("<form").skip(1);
    let form = forms
        .find(|form| form.contains(CREATE))
        .unwrap_or_else(|| panic!("no form: {page:?}"));
    let form = form.split("</form>").next().unwrap_or_default();
    let tags = form.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let sent = tags.filter(|tag| attribute(tag, "type") != Some("checkbox") || tag.contains(" checked"));
    sent.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
        .map(|(name, value)| {
            let typed = TYPED.iter().find(|(known, _)| value.is_empty() && *known == name);
            (name, typed.map_or(value, |(_, typed)| *typed))
        })
        .collect()
}

async fn what_is_offered_makes_a_connection(world: &World) {
    let world = &world.with_test_idp().await;
    let browser = world.browser();
    administrator(world, &browser).await;
    let offered = offered(&browser).await;
    assert_eq!(offered, Template::ALL.map(Template::as_str), "all of them work here");
    for template in offered {
        let page = browser.get(&format!("{GALLERY}/{template}")).await;
        let form = filled_in(&page);
        let handle = form.iter().find(|(name, _)| *name == "handle").expect("a handle").1;
        let seen = browser.post(CREATE, &form).await;
        let made = get(world, &format!("/connections/{handle}")).await;
        assert_eq!(made.status, StatusCode::OK, "{template}: {form:?}: {seen:?}");
        assert_eq!(made.body["template"], *template, "{made:?}");
        assert_eq!(made.body["client_secret_set"], true, "{made:?}");
    }
    let none = browser.get(&format!("{GALLERY}/nothing-of-ours")).await;
    assert!(!none.body.contains(CREATE), "{none:?}");
}

async fn the_test_idp_is_offered_where_it_is_on(world: &World) {
    let browser = world.browser();
    administrator(world, &browser).await;
    assert_eq!(offered(&browser).await, [Template::Oidc.as_str()]);
}

async fn the_test_idp_says_what_does_not_fit(world: &World) {
    let world = &world.with_test_idp().await;
    let ours = "http://localhost:8080/federation/test-idp/callback";
    for (client, redirect, want) in [
        ("%3Cb%3Ewrong", ours, "was asked with “&lt;b&gt;wrong”"),
        (
            "doorward",
            "https://evil.example/",
            "begin with http://localhost:8080/federation/",
        ),
    ] {
        let asked = format!("client_id={client}&redirect_uri={redirect}&response_type=code");
        let seen = world.browser().get(&format!("/test-idp/authorize?{asked}")).await;
        assert_eq!(seen.status, StatusCode::BAD_REQUEST, "{seen:?}");
        assert!(seen.body.contains(want), "{seen:?}");
        assert!(!seen.body.contains("evil.example"), "{seen:?}");
    }
}
