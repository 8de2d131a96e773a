//! Connections and applications: versions, dry runs, findings, secrets.

use axum::body::Body;
use futures::future::join_all;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::{Answer, call, get, request, send};
use crate::provider::Persona;
use crate::world::World;

crate::on_both!(
    of_many_changes_for_one_version_one_is_saved,
    a_dry_run_answers_and_saves_nothing,
    a_dry_run_counts_whom_it_would_stop,
    turning_jit_off_here_keeps_people_out_of_the_database,
    what_is_in_use_stays,
    secrets_are_shown_once_or_never,
    a_secret_goes_to_one_provider_and_can_be_taken_away,
    an_item_that_was_read_can_be_sent_back,
    an_analysis_takes_settings_that_are_not_saved,
);

async fn change(world: &World, path: &str, etag: &str, body: &Value) -> Answer {
    let request = request("PATCH", path).header(header::IF_MATCH, etag);
    send(world, request.body(Body::from(body.to_string())).expect("fits")).await
}

async fn of_many_changes_for_one_version_one_is_saved(world: &World) {
    for (path, field) in [("/connections/acme", "display_name"), ("/applications/payroll", "name")] {
        let etag = get(world, path).await.etag().to_owned();
        let bodies: Vec<Value> = (0..12).map(|number| json!({field: format!("Name {number}")})).collect();
        let answers = join_all(bodies.iter().map(|body| change(world, path, &etag, body))).await;
        let saved: Vec<&Answer> = answers
            .iter()
            .filter(|answer| answer.status == StatusCode::OK)
            .collect();
        assert_eq!(saved.len(), 1, "{path}: {answers:?}");
        for lost in answers.iter().filter(|answer| answer.status != StatusCode::OK) {
            assert_eq!(lost.problem(), "precondition-failed");
        }
        let now = get(world, path).await;
        assert_eq!(now.body[field], saved[0].body[field]);
        assert_eq!(now.etag(), saved[0].etag());
        assert_eq!(
            change(world, path, "\"999\"", &bodies[0]).await.problem(),
            "precondition-failed"
        );
        assert_eq!(
            change(world, path, "\"1\", \"2\"", &bodies[0]).await.problem(),
            "malformed"
        );
    }
}

async fn a_dry_run_answers_and_saves_nothing(world: &World) {
    let before = get(world, "/connections/acme").await;
    let patch = json!({"enabled": false});
    let preview = call(world, "PATCH", "/connections/acme?dry_run=true", patch).await;
    assert_eq!(preview.status, StatusCode::OK);
    assert_eq!(preview.body["enabled"], false);
    let findings = preview.body["findings"].as_array().expect("findings");
    let portal = findings
        .iter()
        .find(|found| found["application"] == "portal")
        .expect("the one that breaks");
    assert_eq!(portal["findings"][0]["code"], "no-option-left");
    assert_eq!(portal["findings"][0]["severity"], "error");
    let after = get(world, "/connections/acme").await;
    assert_eq!((before.etag(), &before.body), (after.etag(), &after.body));

    let draft = json!({"handle": "newer", "display_name": "New", "oidc": {"issuer": "https://new.example.com", "client_id": "x",
        "client_secret": "y"}});
    let preview = call(world, "POST", "/connections?dry_run=true", draft).await;
    assert_eq!(preview.status, StatusCode::OK, "{preview:?}");
    assert_eq!(get(world, "/connections/newer").await.status, StatusCode::NOT_FOUND);
    let draft = json!({"handle": "newer", "name": "New", "redirect_uris": ["https://new.example.com/cb"]});
    let preview = call(world, "POST", "/applications?dry_run=true", draft).await;
    assert!(preview.body["client_secret"].is_null(), "{preview:?}");
    assert_eq!(get(world, "/applications/newer").await.status, StatusCode::NOT_FOUND);
}

async fn a_dry_run_counts_whom_it_would_stop(world: &World) {
    // Somebody who came before they had an account is one person, and linked now.
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let two = Persona::verified("two", "two@example.com");
    world.browser().federated(&two).await.code();
    world.change("acme", |connection| connection.jit.enabled = true).await;
    for subject in ["one", "two"] {
        let persona = Persona::verified(subject, &format!("{subject}@example.com"));
        world.browser().federated(&persona).await.code();
    }
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let persona = Persona::verified("three", "three@example.com");
    for _ in 0..2 {
        world.browser().federated(&persona).await.code();
    }
    world.change("acme", |connection| connection.jit.enabled = true).await;
    let flow = json!({"flow": {"steps": [{"options": ["connection:acme"]}, {"options": ["totp"]}]}});
    let saved = call(world, "PATCH", "/applications/portal", flow).await;
    assert_eq!(saved.body["findings"], json!([]), "JIT is on");

    let off = json!({"jit": {"enabled": false}});
    let preview = call(world, "PATCH", "/connections/acme?dry_run=true", off.clone()).await;
    let found = &preview.body["findings"][0];
    assert_eq!(
        found["affected"],
        json!({"people_30_days": 3, "linked_30_days": 2, "refused_30_days": 0})
    );
    let codes = |findings: &Value| -> Vec<String> {
        let list = findings.as_array().cloned().unwrap_or_default();
        list.iter()
            .map(|finding| finding["code"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(codes(&found["findings"]), ["jit-off-factor", "linked-only"]);
    assert_eq!(found["findings"][1]["story"][0], "2 people are linked to an account");

    let analysis = json!({"flow": saved.body["flow"], "connections": {"acme": off}});
    let analysed = call(world, "POST", "/analyses", analysis).await;
    assert_eq!(codes(&analysed.body["findings"]), ["jit-off-factor", "linked-only"]);

    // Whoever is refused twice is one person, who has not signed in.
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let four = Persona::verified("four", "four@example.com");
    for _ in 0..2 {
        let stopped = world.browser().federated(&four).await;
        assert_eq!(stopped.number(), "1206", "{stopped:?}");
    }
    let off = json!({"jit": {"enabled": false}});
    let preview = call(world, "PATCH", "/connections/acme?dry_run=true", off).await;
    assert_eq!(
        preview.body["findings"][0]["affected"],
        json!({"people_30_days": 3, "linked_30_days": 2, "refused_30_days": 1})
    );
}

async fn turning_jit_off_here_keeps_people_out_of_the_database(world: &World) {
    let off = call(world, "PATCH", "/connections/acme", json!({"jit": {"enabled": false}})).await;
    assert_eq!(
        (off.status, &off.body["jit"]["enabled"]),
        (StatusCode::OK, &json!(false))
    );
    assert_eq!(off.body["jit"]["linking"], "prove", "the rest stays");
    world
        .browser()
        .federated(&Persona::verified("one", "one@example.com"))
        .await
        .code();
    assert_eq!(get(world, "/users").await.body["items"], json!([]));
    call(world, "PATCH", "/connections/acme", json!({"jit": null})).await;
    assert_eq!(
        get(world, "/connections/acme").await.body["jit"]["enabled"],
        true,
        "on when it is not named"
    );
    world
        .browser()
        .federated(&Persona::verified("one", "one@example.com"))
        .await
        .code();
    let users = get(world, "/users?q=one").await.body;
    assert_eq!(users["items"].as_array().expect("items").len(), 1, "{users}");
}

async fn what_is_in_use_stays(world: &World) {
    let refused = call(world, "DELETE", "/connections/acme", Value::Null).await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::CONFLICT, "in-use"));
    assert_eq!(refused.body["used_by"], json!(["payroll", "portal"]));
    let script = "function onLoginRequest(context) {
        executeStep(1, {onSuccess: (context) => { if (context.steps[1].idp === 'acme') { Log.info('partner'); } }});
    }";
    world.scripted("vault", json!([["password"]]), script).await;
    for application in ["/applications/payroll", "/applications/portal"] {
        assert_eq!(
            call(world, "DELETE", application, Value::Null).await.status,
            StatusCode::NO_CONTENT
        );
    }
    let refused = call(world, "DELETE", "/connections/acme", Value::Null).await;
    assert_eq!(
        refused.body["used_by"],
        json!(["vault"]),
        "its script names it: {refused:?}"
    );
    call(world, "DELETE", "/applications/vault", Value::Null).await;
    assert_eq!(
        call(world, "DELETE", "/connections/acme", Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        call(world, "DELETE", "/connections/acme", Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
}

async fn secrets_are_shown_once_or_never(world: &World) {
    for path in ["/connections", "/connections/acme"] {
        let text = get(world, path).await.body.to_string();
        assert!(!text.contains("hush") && !text.contains("\"client_secret\""), "{text}");
    }
    let draft = json!({"handle": "shop", "name": "Shop", "redirect_uris": ["https://shop.example.com/cb"]});
    let made = call(world, "POST", "/applications", draft).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let location = made.headers[header::LOCATION].to_str().expect("text");
    let path = location.trim_start_matches("/api/v1").to_owned();
    let secret = made.body["client_secret"].as_str().expect("shown").to_owned();
    let read = get(world, &path).await;
    assert_eq!(read.status, StatusCode::OK, "{path}");
    assert!(!read.body.to_string().contains(&secret));
    let fresh = call(world, "POST", "/applications/shop/client-secret", Value::Null).await;
    let other = fresh.body["client_secret"].as_str().expect("shown");
    assert_ne!(other, secret);
    let etag = read.etag().to_owned();
    for (case, etag, want) in [("old", &*etag, 412), ("in force", fresh.etag(), 200)] {
        let request = request("POST", "/applications/shop/client-secret").header(header::IF_MATCH, etag);
        let answer = send(world, request.body(Body::empty()).expect("fits")).await;
        assert_eq!(answer.status.as_u16(), want, "{case}: {answer:?}");
    }
    let public = json!({"client_type": "public", "token_endpoint_auth_method": "none"});
    assert_eq!(
        call(world, "PATCH", "/applications/shop", public).await.status,
        StatusCode::OK
    );
    let none = call(world, "POST", "/applications/shop/client-secret", Value::Null).await;
    assert_eq!(none.pointers(), ["/token_endpoint_auth_method"]);
}

async fn a_secret_goes_to_one_provider_and_can_be_taken_away(world: &World) {
    let path = "/connections/acme";
    for oidc in [
        json!({"client_secret": null}),
        json!({"issuer": "https://other.example.com"}),
        json!({"token_endpoint": "https://other.example.com/token"}),
    ] {
        let refused = call(world, "PATCH", path, json!({"oidc": oidc})).await;
        assert_eq!(refused.pointers(), ["/oidc/client_secret"], "{oidc}: {refused:?}");
    }
    assert_eq!(get(world, path).await.body["client_secret_set"], true);
    let public = json!({"oidc": {"client_secret": null, "token_endpoint_auth_method": "none"}});
    let saved = call(world, "PATCH", path, public).await;
    assert_eq!(
        (saved.status, &saved.body["client_secret_set"]),
        (StatusCode::OK, &json!(false))
    );
}

async fn an_item_that_was_read_can_be_sent_back(world: &World) {
    for path in ["/connections/acme", "/applications/payroll"] {
        let read = get(world, path).await;
        let sent = call(world, "PUT", path, read.body.clone()).await;
        assert_eq!(sent.status, StatusCode::OK, "{path}: {sent:?}");
        assert_eq!(sent.etag(), read.etag(), "nothing changed, so nothing was saved");
    }
    world
        .browser()
        .federated(&Persona::verified("one", "one@example.com"))
        .await
        .code();
}

async fn an_analysis_takes_settings_that_are_not_saved(world: &World) {
    let flow = json!({"steps": [{"options": ["connection:acme"]}]});
    let fine = call(world, "POST", "/analyses", json!({"flow": flow})).await;
    assert_eq!((fine.status, &fine.body["findings"]), (StatusCode::OK, &json!([])));
    assert_eq!(fine.body["verdicts"]["acme"], "works");
    let off = json!({"flow": flow, "connections": {"acme": {"enabled": false}}});
    let found = call(world, "POST", "/analyses", off).await;
    assert_eq!(found.body["findings"][0]["code"], "no-option-left", "{found:?}");
    assert_eq!(get(world, "/connections/acme").await.body["enabled"], true);
    let stranger = json!({"flow": flow, "connections": {"nobody": {"enabled": false}}});
    assert!(
        call(world, "POST", "/analyses", stranger)
            .await
            .status
            .is_client_error()
    );
}
