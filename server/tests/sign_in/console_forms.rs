//! Two people save the same settings: what the one saves beside the other's form stays, and nothing is written over unread.

use doorward_app::api::connection::SaveMode;
use doorward_domain::audit::Actor;
use http::StatusCode;
use serde_json::{Value, json};

use crate::console_functions::administrator;
use crate::world::{Browser, World};

crate::on_both!(
    a_form_is_laid_over_what_is_saved_beside_it,
    a_confirmation_is_of_what_was_read,
);

/// A form of the console, and changes of what it belongs to.
struct Form {
    /// Of the functions for connections or applications.
    name: &'static str,
    fields: Vec<(&'static str, &'static str)>,
    /// A change of something that it does not show.
    beside: Value,
    /// A change of what it shows.
    theirs: Value,
    /// What it changes, and to what.
    pointer: &'static str,
    mine: Value,
}

impl Form {
    fn is_connection(&self) -> bool {
        self.name.starts_with("connections/")
    }

    async fn change(&self, world: &World, patch: &Value) {
        let (services, patch) = (&world.services, patch.clone());
        if self.is_connection() {
            let saved = services
                .connections
                .patch(&Actor::Api, "acme", None, patch, SaveMode::Save);
            saved.await.expect("saved");
        } else {
            world.patch("desk", patch).await;
        }
    }

    /// What a page is made from.
    async fn page(&self, browser: &Browser<'_>) -> Value {
        let (kind, key) = if self.is_connection() {
            ("connections", "acme")
        } else {
            ("applications", "desk")
        };
        let find = format!("/console/fn/{kind}/find");
        let seen = browser.post_raw(&find, "application/json", json!({"key": key}).to_string());
        serde_json::from_str(&seen.await.body).expect("a view")
    }

    async fn send(&self, browser: &Browser<'_>, page: &Value, overwrite: &str) -> (StatusCode, Value) {
        let version = page["version"].to_string();
        let mut fields = vec![
            ("id", page["id"].as_str().expect("an id")),
            ("version", version.as_str()),
            ("base", page["base"].as_str().expect("marks")),
        ];
        if !overwrite.is_empty() {
            fields.push(("overwrite", overwrite));
        }
        fields.extend(&self.fields);
        let seen = browser.post(&format!("/console/fn/{}", self.name), &fields).await;
        let answer = serde_json::from_str(&seen.body).unwrap_or_else(|_| panic!("{}: {seen:?}", self.name));
        (seen.status, answer)
    }
}

fn forms() -> Vec<Form> {
    let script = "var onLoginRequest = function (context) {\n    executeStep(1);\n};";
    vec![
        Form {
            name: "connections/general",
            fields: vec![("display_name", "Mine"), ("enabled", "true")],
            beside: json!({"trusted_acr": ["beside"]}),
            theirs: json!({"display_name": "Theirs"}),
            pointer: "/display_name",
            mine: json!("Mine"),
        },
        Form {
            name: "connections/settings",
            fields: vec![
                ("issuer", crate::provider::ISSUER),
                ("client_id", "doorward"),
                ("scopes", "openid"),
                ("token_endpoint_auth_method", "client_secret_basic"),
                ("clock_skew_seconds", "61"),
            ],
            beside: json!({"display_name": "Beside"}),
            theirs: json!({"oidc": {"clock_skew_seconds": 30}}),
            pointer: "/oidc/clock_skew_seconds",
            mine: json!(61),
        },
        Form {
            name: "connections/attributes",
            fields: vec![
                ("rows[0][from]", "email"),
                ("rows[0][to]", "email"),
                ("username_template", "{nickname}"),
            ],
            beside: json!({"display_name": "Beside the attributes"}),
            theirs: json!({"username_template": "{email}"}),
            pointer: "/username_template",
            mine: json!("{nickname}"),
        },
        Form {
            name: "connections/jit",
            fields: vec![("enabled", "true"), ("attribute_sync", "none"), ("linking", "prove")],
            beside: json!({"display_name": "Beside JIT"}),
            theirs: json!({"jit": {"attribute_sync": "override_all"}}),
            pointer: "/jit/attribute_sync",
            mine: json!("none"),
        },
        Form {
            name: "applications/general",
            fields: vec![("name", "Mine"), ("enabled", "true")],
            beside: json!({"required_claims": ["beside"]}),
            theirs: json!({"name": "Theirs"}),
            pointer: "/name",
            mine: json!("Mine"),
        },
        Form {
            name: "applications/protocol",
            fields: vec![
                ("client_type", "confidential"),
                ("redirect_uris", "https://desk.example.com/cb"),
                ("token_endpoint_auth_method", "client_secret_basic"),
                ("authorization_code", "true"),
                ("id_token_signed_response_alg", "ES256"),
                ("subject_type", "public"),
                ("required_claims", "mine"),
            ],
            beside: json!({"name": "Beside"}),
            theirs: json!({"required_claims": ["theirs"]}),
            pointer: "/required_claims/0",
            mine: json!("mine"),
        },
        Form {
            name: "applications/flow",
            fields: vec![("steps[0][options][0]", "password"), ("steps[1][options][0]", "totp")],
            beside: json!({"name": "Beside the flow"}),
            theirs: json!({"flow": {"script": script}}),
            pointer: "/flow/steps/1/options/0",
            mine: json!("totp"),
        },
    ]
}

async fn a_form_is_laid_over_what_is_saved_beside_it(world: &World) {
    let browser = world.browser();
    administrator(world, &browser).await;
    world.application("desk", json!([["password"]])).await;
    for form in forms() {
        let name = form.name;
        let was = form.page(&browser).await;
        form.change(world, &form.beside).await;
        let (status, saved) = form.send(&browser, &was, "").await;
        assert_eq!(status, StatusCode::OK, "{name}: {saved}");
        assert_eq!(saved.pointer(form.pointer), Some(&form.mine), "{name}");
        let (field, beside) = form
            .beside
            .as_object()
            .and_then(|all| all.iter().next())
            .expect("a field");
        assert_eq!(&saved[field], beside, "{name}: what was saved beside it stays");

        let before = form.page(&browser).await;
        assert_eq!(
            saved["base"], before["base"],
            "{name}: the next save knows what it is made from"
        );
        world.clock.advance(1);
        form.change(world, &form.theirs).await;
        let theirs = form.page(&browser).await;
        let (status, refusal) = form.send(&browser, &before, "").await;
        assert_eq!(status, StatusCode::CONFLICT, "{name}: {refusal}");
        let told = refusal["overtaken"]
            .as_str()
            .unwrap_or_else(|| panic!("{name}: {refusal}"));
        let (version, rest) = told.split_once(' ').expect("a version");
        assert_eq!(version, theirs["version"].to_string(), "{name}");
        assert!(rest.ends_with("the management API"), "{name}: {told}");
        assert_eq!(form.page(&browser).await, theirs, "{name}: nothing is written over");

        let (status, saved) = form.send(&browser, &before, version).await;
        assert_eq!(
            status,
            StatusCode::OK,
            "{name}: whoever has read whose it is decides: {saved}"
        );
        assert_eq!(saved.pointer(form.pointer), Some(&form.mine), "{name}");
        form.change(world, &form.theirs).await;
        let (status, refusal) = form.send(&browser, &before, version).await;
        assert_eq!(
            status,
            StatusCode::CONFLICT,
            "{name}: for that version alone: {refusal}"
        );
    }
}

/// What a form breaks may be more by now than what was confirmed.
async fn a_confirmation_is_of_what_was_read(world: &World) {
    let browser = world.browser();
    administrator(world, &browser).await;
    world.application("desk", json!([["password"]])).await;
    for mut form in forms() {
        if !["connections/jit", "applications/flow"].contains(&form.name) {
            continue;
        }
        form.fields.push(("confirmed", "true"));
        let was = form.page(&browser).await;
        form.change(world, &form.beside).await;
        let (status, refusal) = form.send(&browser, &was, "").await;
        assert_eq!(status, StatusCode::CONFLICT, "{}: {refusal}", form.name);
        let told = refusal["overtaken"].as_str().expect("whose it is");
        let version = told.split_once(' ').expect("a version").0;
        let (status, saved) = form.send(&browser, &was, version).await;
        assert_eq!(status, StatusCode::OK, "{}: {saved}", form.name);
        assert_eq!(saved.pointer(form.pointer), Some(&form.mine), "{}", form.name);
    }
}
