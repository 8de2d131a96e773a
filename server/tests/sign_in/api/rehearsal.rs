//! Going through a flow as one person: what is shown is what happens, and nothing is written.

use doorward_domain::rehearsal::PERSONAS;
use doorward_server::test_idp::Persona;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, call};
use crate::world::World;

crate::on_both!(
    somebody_made_up_goes_through_a_script,
    somebody_real_is_taken_as_they_are,
    a_form_of_the_script_is_a_stop_of_its_own,
    a_script_links_nobody_but_as_it_would,
    bad_requests_are_refused,
    every_made_up_person_goes_through,
    every_person_of_the_test_idp_goes_through,
);

const SCRIPT: &str = "function onLoginRequest(context) {
    executeStep(1, {onSuccess: function (context) {
        Log.info('came from ' + context.request.ip);
        if (!isMemberOfAnyOfGroups(context.currentKnownSubject, ['staff'])) { executeStep(2); }
    }});
}";

fn flow() -> Value {
    json!({"steps": [{"options": ["password", "connection:acme"]}, {"options": ["totp"]}], "script": SCRIPT})
}

async fn rehearse(world: &World, more: Value) -> Answer {
    let mut body = json!({"flow": flow()});
    let fields = body.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    call(world, "POST", "/analyses/rehearsal", body).await
}

async fn somebody_made_up_goes_through_a_script(world: &World) {
    let staff = json!({"claims": {"groups": ["staff"]}, "browser": {"ip": "192.0.2.7"}});
    let seen = rehearse(
        world,
        json!({"persona": "local", "person": staff, "choices": ["password"]}),
    )
    .await;
    assert_eq!(seen.status, StatusCode::OK, "{seen:?}");
    assert_eq!(seen.body["ending"]["end"], "signed_in", "{seen:?}");
    assert_eq!(seen.body["script"]["log"][0]["text"], "came from 192.0.2.7");
    let read = &seen.body["script"]["read"];
    let groups = read
        .as_array()
        .expect("a list")
        .iter()
        .find(|read| read["call"] == "groups.any");
    assert_eq!(groups.expect("asked")["answer"], true);

    let other = rehearse(world, json!({"persona": "local", "choices": ["password"]})).await;
    assert_eq!(
        (&other.body["ending"], &other.body["stops"][1]["step"]),
        (&Value::Null, &json!(2))
    );

    let off = json!({"connections": {"acme": {"jit": {"enabled": false}}}, "choices": ["connection:acme"]});
    let stopped = rehearse(world, off).await;
    assert_eq!(stopped.body["ending"]["reason"], "needs_account", "{stopped:?}");
    assert_eq!(world.accounts().await, 0);
}

async fn somebody_real_is_taken_as_they_are(world: &World) {
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
    let seen = rehearse(world, json!({"user": "clerk", "choices": ["password", "totp"]})).await;
    assert_eq!(seen.body["ending"]["acr"], "urn:doorward:acr:2", "{seen:?}");
    let user = world.services.users.find("clerk").await.expect("found");
    assert!(user.factors.is_empty(), "nothing was set up");
    assert_eq!(user.summary.last_sign_in_at, None);
    let disabled = call(world, "PATCH", "/users/clerk", json!({"status": "disabled"})).await;
    assert_eq!(disabled.status, StatusCode::OK);
    let seen = rehearse(world, json!({"user": "clerk", "choices": ["password"]})).await;
    assert_eq!(seen.body["ending"]["reason"], "account_not_active", "{seen:?}");
}

async fn a_form_of_the_script_is_a_stop_of_its_own(world: &World) {
    let script = "function onLoginRequest(context) {
        executeStep(1, {onSuccess: function (context) {
            prompt('genericForm', {title: 'Where?', inputs: [{id: 'city', label: 'City', required: true}]}, {
                onSuccess: function (context) { if (context.request.params.city[0] !== 'Bern') { executeStep(2); } },
                onFail: function (context) { fail(); }
            });
        }});
    }";
    let flow = json!({"steps": [{"options": ["password"]}, {"options": ["totp"]}], "script": script});
    let go = async |choices: Value| {
        let request = json!({"flow": flow, "persona": "local", "choices": choices});
        rehearse(world, request).await.body
    };
    let waits = go(json!(["password"])).await;
    assert_eq!(waits["stops"][1]["form"]["title"], "Where?", "{waits}");
    assert_eq!(waits["stops"][1]["form"]["inputs"][0]["label"], "City");
    let there = go(json!(["password", "send:{\"city\":\"Bern\"}"])).await;
    assert_eq!(there["ending"]["end"], "signed_in", "{there}");
    let elsewhere = go(json!(["password", "send:{\"city\":\"Basel\"}"])).await;
    assert_eq!(elsewhere["stops"][2]["step"], 2, "{elsewhere}");
    let skipped = go(json!(["password", "skip"])).await;
    assert_eq!(skipped["ending"]["reason"], "refused_by_script", "{skipped}");
    for stays in ["send:{}", "fail", "totp"] {
        let stays = go(json!(["password", stays])).await;
        assert_eq!(
            (&stays["ending"], &stays["unused_choices"]),
            (&Value::Null, &json!(1)),
            "{stays}"
        );
    }
}

async fn a_script_links_nobody_but_as_it_would(world: &World) {
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
    let script = "function onLoginRequest(context) {
        executeStep(1, {onSuccess: function (context) {
            if (doAssociationWithLocalUser(context.currentKnownSubject, 'clerk', '', '')) { executeStep(2); }
        }});
    }";
    let request = |linking: &str| {
        json!({
            "flow": {"steps": [{"options": ["connection:acme"]}, {"options": ["totp"]}], "script": script},
            "user": "clerk", "choices": ["connection:acme", "totp"],
            "connections": {"acme": {"jit": {"enabled": false, "linking": linking}}},
        })
    };
    let linked = rehearse(world, request("prove")).await.body;
    assert_eq!(linked["ending"]["has_account"], true, "{linked}");
    assert!(linked.to_string().contains("is linked by the script"), "{linked}");
    let refused = rehearse(world, request("never")).await.body;
    assert_eq!(refused["ending"]["has_account"], false, "{refused}");
    let user = world.services.users.find("clerk").await.expect("found");
    assert!(user.links.is_empty(), "nothing is written");
}

async fn bad_requests_are_refused(world: &World) {
    for (body, pointer) in [
        (json!({"persona": "nobody"}), "/persona"),
        (json!({"user": "nobody"}), "/user"),
        (json!({"user": "a", "persona": "new"}), "/user"),
        (json!({"person": {"age": 7}}), "/person/age"),
        (
            json!({"person": {"browser": {"ip": "999.1.1.1"}}}),
            "/person/browser/ip",
        ),
        (
            json!({"persona": "local", "person": {"browser": {"ip": "192.0.2.7/24"}}}),
            "/person/browser/ip",
        ),
        (json!({"choices": ["fly"]}), "/choices/0"),
        (json!({"choices": vec!["fail"; 51]}), "/choices"),
        (json!({"connections": {"gone": {}}}), "/connections/gone"),
        (json!({"flow": {"steps": []}}), "/flow/steps"),
    ] {
        let refused = rehearse(world, body.clone()).await;
        assert_eq!(refused.problem(), "invalid", "{body}");
        assert_eq!(refused.pointers(), [pointer], "{body}");
    }
    for ip in ["", "192.0.2.7", "2001:db8::7"] {
        let person = json!({"browser": {"ip": ip}});
        let seen = rehearse(world, json!({"persona": "local", "person": person})).await;
        assert_eq!(seen.status, StatusCode::OK, "{ip}: {seen:?}");
    }
}

/// Where a rehearsal ended: the word, why it stopped, and whether there is an account.
fn ending(answer: &Answer) -> (String, Value, Value) {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let ending = &answer.body["ending"];
    let end = ending["end"].as_str().unwrap_or_else(|| panic!("no end: {answer:?}"));
    (end.to_owned(), ending["reason"].clone(), ending["has_account"].clone())
}

async fn every_made_up_person_goes_through(world: &World) {
    let acme = json!({"steps": [{"options": ["connection:acme"]}, {"options": ["totp", "backup_code"]}]});
    for (name, told) in PERSONAS {
        for jit in [true, false] {
            // Whose phone is lost has kept a backup code.
            let second = if name == "lost-phone" { "backup_code" } else { "totp" };
            let request = json!({
                "flow": acme, "persona": name, "choices": ["connection:acme", second],
                "connections": {"acme": {"jit": {"enabled": jit}}},
            });
            let seen = ending(&call(world, "POST", "/analyses/rehearsal", request).await);
            // A link is recognised whatever JIT says; whoever has none needs an account for the second step.
            let is_linked = ["returning", "lost-phone", "administrator"].contains(&name);
            let want = if jit || is_linked {
                ("signed_in".to_owned(), Value::Null, json!(true))
            } else {
                ("stopped".to_owned(), json!("needs_account"), Value::Null)
            };
            assert_eq!(seen, want, "{told}, JIT {jit}");
        }
    }
    assert_eq!(world.accounts().await, 0, "nothing is written");
}

/// The claims of each button, whatever is in them: 500 groups, names of two thousand letters, no address.
async fn every_person_of_the_test_idp_goes_through(world: &World) {
    for persona in Persona::ALL {
        let (_, claims) = persona.person();
        for jit in [true, false] {
            let request = json!({
                "persona": "new-without-email", "person": {"claims": claims}, "choices": ["connection:acme", "totp"],
                "connections": {"acme": {"jit": {"enabled": jit}}},
            });
            let seen = ending(&rehearse(world, request).await);
            let want = if jit {
                ("signed_in".to_owned(), Value::Null, json!(true))
            } else {
                ("stopped".to_owned(), json!("needs_account"), Value::Null)
            };
            assert_eq!(seen, want, "{}, JIT {jit}", persona.label());
        }
    }
    assert_eq!(world.accounts().await, 0, "nothing is written");
}
