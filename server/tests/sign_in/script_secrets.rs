//! Secrets of scripts: set and never read again, used without being held.

use doorward_domain::audit::AuditAction;
use doorward_domain::finding::FindingCode;
use doorward_server::service::transfer::{Secrets, export};
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::{call, get};
use crate::world::World;

crate::on_both!(
    s47_a_secret_is_set_replaced_removed_and_never_read,
    s47_no_value_leaves_by_a_script,
    a_script_tells_who_knows_the_secret,
    a_secret_that_is_missing_is_said_before,
);

const VALUE: &str = "the-value-of-the-secret";

async fn set(world: &World, name: &str, value: &str) {
    let answer = call(
        world,
        "PUT",
        &format!("/applications/bank/secrets/{name}"),
        json!({"value": value}),
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert!(!answer.body.to_string().contains(value));
}

async fn events(world: &World) -> Vec<(AuditAction, Value)> {
    let query = serde_json::from_value(json!({})).expect("a query");
    let page = world.services.audit.list(query).await.expect("listed");
    let events = page
        .items
        .into_iter()
        .map(|view| (view.event.action, view.event.detail));
    events.collect()
}

async fn s47_a_secret_is_set_replaced_removed_and_never_read(world: &World) {
    world.application("bank", json!([["password"]])).await;
    let at = |name: &str| format!("/applications/bank/secrets/{name}");
    set(world, "API_KEY", VALUE).await;
    world.clock.advance(60);
    set(world, "API_KEY", "another-value").await;
    let listed = get(world, "/applications/bank/secrets").await;
    assert_eq!(listed.body["items"].as_array().map(Vec::len), Some(1), "{listed:?}");
    let item = &listed.body["items"][0];
    assert_eq!(item["name"], "API_KEY");
    assert_ne!(item["created_at"], item["updated_at"]);
    assert!(item.get("value").is_none());
    for (name, body, status, pointer) in [
        ("API_KEY", json!({"value": "short"}), 422, "/value"),
        ("API_KEY", json!({"value": "two\nlines of it"}), 422, "/value"),
        ("API_KEY", json!({}), 422, "/value"),
        ("API-KEY", json!({"value": VALUE}), 422, ""),
        ("1", json!({"value": VALUE}), 422, ""),
    ] {
        let refused = call(world, "PUT", &at(name), body).await;
        assert_eq!(refused.status, status, "{refused:?}");
        assert_eq!(refused.pointers().first().copied().unwrap_or_default(), pointer);
    }
    let everything = export(&world.state.store, Secrets::Included).await.expect("exports");
    let everything = serde_json::to_string(&everything).expect("json");
    assert!(!everything.contains("another-value") && !everything.contains(VALUE));
    assert_eq!(
        call(world, "DELETE", &at("API_KEY"), Value::Null).await.status,
        StatusCode::OK
    );
    let again = call(world, "DELETE", &at("API_KEY"), Value::Null).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let all = events(world).await;
    let of = |action| all.iter().filter(|(found, _)| *found == action).count();
    assert_eq!(of(AuditAction::ScriptSecretSet), 2);
    assert_eq!(of(AuditAction::ScriptSecretRemoved), 1);
    let told = format!("{all:?}");
    assert!(told.contains("API_KEY") && !told.contains(VALUE) && !told.contains("another-value"));
}

/// What `split('').join(' ')` makes of a text.
fn spaced(text: &str) -> String {
    text.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

async fn s47_no_value_leaves_by_a_script(world: &World) {
    for (number, body) in [
        "Log.info(secrets.KEY); fail({ errorMessage: secrets.KEY });",
        "throw new Error(secrets.KEY);",
        "Log.info(secrets.KEY.split('').join(' ')); sendError(null, {});",
        "executeStep(1, { authenticationOptions: [{ idp: secrets.KEY }] }, {});",
    ]
    .into_iter()
    .enumerate()
    {
        if number == 0 {
            world.application("bank", json!([["password"]])).await;
            set(world, "KEY", VALUE).await;
        }
        let script = format!("function onLoginRequest(context) {{ {body} }}");
        let saved = call(
            world,
            "PATCH",
            "/applications/bank",
            json!({"flow": {"script": script}}),
        )
        .await;
        assert_eq!(saved.status, StatusCode::OK, "{saved:?}");
        let seen = world.browser().authorize("bank", "").await;
        let told = format!("{seen:?} {saved:?} {:?}", events(world).await);
        assert!(!told.contains(VALUE), "{body}");
        assert!(!told.contains(&spaced(VALUE)), "{body}");
    }
    let all = events(world).await;
    let refused = all.iter().filter(|(action, _)| *action == AuditAction::SignInRefused);
    assert_eq!(refused.count(), 4, "{all:?}");
    let told = format!("{all:?}");
    for stand_in in ["secret_KEY_".to_owned(), spaced("secret_KEY_")] {
        assert!(told.contains(&stand_in), "the log shows the stand-in: {told}");
    }
}

async fn a_script_tells_who_knows_the_secret(world: &World) {
    let script = "
    function onLoginRequest(context) {
        executeStep(1, { onSuccess: function (context) {
            if (!matchesSecret(secrets.DOOR, context.request.params.login_hint[0])) { executeStep(2); }
        } });
    }";
    world.scripted("bank", json!([["password"], ["totp"]]), script).await;
    world.person("clerk", None, "a good password").await;
    set(world, "DOOR", VALUE).await;
    for (hint, asked) in [
        (VALUE, false),
        ("another-text", true),
        ("secret_DOOR_", true),
        ("undefined", true),
    ] {
        let browser = world.browser();
        let page = browser.authorize("bank", &format!("&login_hint={hint}")).await;
        let seen = browser.password(&page, "clerk", "a good password").await;
        assert_eq!(seen.body.contains("authenticator app"), asked, "{hint}: {seen:?}");
        assert_eq!(seen.parameter("code").is_some(), !asked, "{hint}");
    }
    let browser = world.browser();
    let page = browser.authorize("bank", &format!("&login_hint={VALUE}")).await;
    set(world, "DOOR", "replaced meanwhile").await;
    let seen = browser.password(&page, "clerk", "a good password").await;
    assert!(
        seen.body.contains("authenticator app"),
        "the new value counts: {seen:?}"
    );
}

async fn a_secret_that_is_missing_is_said_before(world: &World) {
    let script = "function onLoginRequest(context) {\n  var key = secrets.API_KEY;\n  executeStep(1);\n}";
    world.scripted("bank", json!([["password"]]), script).await;
    let find = async || {
        let found = world.services.applications.findings("bank").await.expect("analysed");
        let errors = found.into_iter().filter(|f| f.code == FindingCode::ScriptError);
        errors.collect::<Vec<_>>()
    };
    let found = find().await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].line, Some(2));
    assert!(
        found[0].story.concat().contains("There is no secret API_KEY"),
        "{found:?}"
    );
    let seen = world.browser().authorize("bank", "").await;
    assert_eq!(seen.number(), "1304", "{seen:?}");
    let analysis = |application: Value| {
        call(
            world,
            "POST",
            "/analyses",
            json!({"flow": {"steps": [{"options": ["password"]}], "script": script}, "application": application}),
        )
    };
    let unknown = analysis(Value::Null).await;
    assert_eq!(
        unknown.body["findings"],
        json!([]),
        "nothing is known of an application: {unknown:?}"
    );
    assert_eq!(
        analysis(json!("bank")).await.body["findings"][0]["code"],
        "script-error"
    );
    assert_eq!(analysis(json!("nothing")).await.pointers(), ["/application"]);
    set(world, "API_KEY", VALUE).await;
    assert!(find().await.is_empty());
    assert_eq!(world.browser().authorize("bank", "").await.status, StatusCode::OK);
}
