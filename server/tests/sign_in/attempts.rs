//! Attempts: what an administrator reads of sign-ins that ended.

use doorward_domain::audit::AuditAction;
use http::StatusCode;
use serde_json::{Value, json};

use crate::account::open;
use crate::api::{Answer, call, get};
use crate::console_functions::administrator;
use crate::erased::columns_that_hold;
use crate::provider::Persona;
use crate::world::{Seen, World};

crate::on_both!(
    a_request_id_leads_from_the_page_to_the_attempt,
    a_sign_in_that_succeeds_is_an_attempt,
    a_session_without_an_account_came_through_its_provider,
    what_a_script_said_is_among_it,
    s20_who_tried_too_often_is_an_attempt,
    a_provider_that_answers_wrongly_is_an_attempt,
    whoever_came_to_their_own_account_did_not_enter_the_console,
    attempts_are_narrowed_and_paged,
    what_does_not_fit_is_refused,
);

/// The id that stands on an error page.
fn request_id(seen: &Seen) -> String {
    let (_, rest) = seen
        .body
        .split_once("req_")
        .unwrap_or_else(|| panic!("no request id: {seen:?}"));
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    format!("req_{}", &rest[..end.unwrap_or(rest.len())])
}

async fn found(world: &World, query: &str) -> Vec<Value> {
    let answer = get(world, &format!("/attempts{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {answer:?}");
    answer.body["items"].as_array().expect("items").clone()
}

async fn detail(world: &World, attempt: &Value) -> Value {
    let id = attempt["id"].as_str().expect("an id");
    let Answer { status, body, .. } = get(world, &format!("/attempts/{id}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

/// Whether any column of the database holds the text.
async fn is_stored(world: &World, text: &str) -> bool {
    !columns_that_hold(world, &[text]).await.is_empty()
}

async fn stopped(world: &World) -> Seen {
    world.application("bank", json!([["connection:acme"], ["totp"]])).await;
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let persona = Persona::new(
        "somebody-special",
        json!({"email": "passer.by@example.com", "email_verified": true, "name": "Passer By-Name"}),
    );
    let seen = world.browser().federated_to("bank", &persona).await;
    assert_eq!(seen.number(), "1206", "{seen:?}");
    seen
}

async fn a_request_id_leads_from_the_page_to_the_attempt(world: &World) {
    let id = request_id(&stopped(world).await);
    for query in [format!("?request={id}"), format!("?q={id}"), format!("?q=%20{id}%20")] {
        assert_eq!(found(world, &query).await.len(), 1, "{query}");
    }
    let one = found(world, &format!("?q={id}")).await.remove(0);
    assert_eq!(one["outcome"], "failed_closed", "{one}");
    assert_eq!((&one["reason"], &one["page"]), (&json!("needs_account"), &json!(1206)));
    assert_eq!((&one["step"], &one["account"]), (&json!(2), &Value::Null));
    assert_eq!(one["application"]["handle"], "bank");
    assert_eq!(one["connection"]["handle"], "acme");
    let detail = detail(world, &one).await;
    assert_eq!(detail["finding"]["code"], "jit-off-factor", "{detail}");
    assert_eq!(detail["finding"]["step"], 2);
    assert!(
        detail["remedies"][0]
            .as_str()
            .expect("a remedy")
            .contains("just-in-time")
    );

    // The opaque subject is all there is of the person.
    for value in ["passer.by@example.com", "Passer By-Name", "somebody-special"] {
        assert!(!detail.to_string().contains(value), "{value}: {detail}");
        assert!(!is_stored(world, value).await, "JIT is off: {value}");
    }

    // With the settings mended, the attempt stays and the finding goes.
    world.change("acme", |connection| connection.jit.enabled = true).await;
    let later = self::detail(world, &one).await;
    assert_eq!(
        (&later["finding"], &later["step"]),
        (&Value::Null, &json!(2)),
        "{later}"
    );
}

async fn a_sign_in_that_succeeds_is_an_attempt(world: &World) {
    let browser = world.browser();
    let persona = Persona::verified("one", "one@example.com");
    assert!(browser.federated(&persona).await.parameter("code").is_some());
    world.clock.advance(60);
    assert!(
        browser.authorize("payroll", "").await.parameter("code").is_some(),
        "signed in already"
    );
    let all = found(world, "").await;
    assert_eq!(all.len(), 2, "{all:?}");
    let (again, first) = (&all[0], &all[1]);
    assert_eq!(
        (&again["outcome"], &again["single_sign_on"]),
        (&json!("succeeded"), &json!(true))
    );
    assert_eq!(first["connection"]["handle"], "acme", "{first}");
    assert!(first["account"]["name"].is_string(), "{first}");
    let id = first["request"].as_str().expect("a request");
    assert_eq!(
        found(world, &format!("?request={id}")).await,
        std::slice::from_ref(first)
    );
    let detail = detail(world, first).await;
    assert_eq!((&detail["told"], &detail["remedies"]), (&Value::Null, &json!([])));
}

async fn a_session_without_an_account_came_through_its_provider(world: &World) {
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let browser = world.browser();
    let persona = Persona::verified("one", "one@example.com");
    browser.federated(&persona).await.code();
    world.clock.advance(60);
    browser.authorize("payroll", "").await.code();
    let all = found(world, "?connection=acme").await;
    assert_eq!(all.len(), 2, "{all:?}");
    let again = &all[0];
    assert_eq!(again["single_sign_on"], true, "{again}");
    assert_eq!(again["connection"]["handle"], "acme", "{again}");
    assert_eq!(again["account"], Value::Null, "{again}");
}

/// Nothing is written while nobody has proven anything; a moment later there is one line of what is alike.
async fn told_later(world: &World) -> Vec<Value> {
    assert_eq!(
        found(world, "").await,
        Vec::<Value>::new(),
        "nothing is written at once"
    );
    doorward_server::signin::unproven::write(&world.state).await;
    found(world, "").await
}

async fn s20_who_tried_too_often_is_an_attempt(world: &World) {
    world.application("bank", json!([["password"]])).await;
    let right = "a password of the owner";
    world.person("owner", None, right).await;
    for (name, tries) in [("owner", 13), ("nobody-of-this-name", 12)] {
        for number in 0..tries {
            let browser = world.browser();
            let page = browser.authorize("bank", "").await;
            let page = browser.follow(page).await;
            let seen = browser.password(&page, name, "a wrong password").await;
            let want = if number < 10 {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::TOO_MANY_REQUESTS
            };
            assert_eq!(seen.status, want, "{name} {number}: {seen:?}");
        }
    }
    let mut all = told_later(world).await;
    assert_eq!(all.len(), 2, "S20: {all:?}");
    all.sort_by_key(|one| one["times"].as_u64());
    let (unknown, owner) = (&all[0], &all[1]);
    assert_eq!((&owner["times"], &unknown["times"]), (&json!(3), &json!(2)));
    assert_eq!(unknown["account"], Value::Null, "S20: nobody of this name: {unknown}");
    assert!(owner["account"]["id"].is_string(), "{owner}");
    assert_eq!(
        (&owner["reason"], &owner["outcome"], &owner["page"], &owner["step"]),
        (&json!("too_many_attempts"), &json!("refused"), &json!(1205), &json!(1))
    );
    assert_eq!(owner["application"]["handle"], "bank");
    assert_eq!(found(world, "?q=1205").await.len(), 2);
    let detail = detail(world, owner).await;
    assert!(detail["told"].as_str().expect("told").contains("wrong"), "{detail}");
    for text in ["nobody-of-this-name", "a wrong password"] {
        assert!(!is_stored(world, text).await, "S20: {text}");
    }
    doorward_server::signin::unproven::write(&world.state).await;
    assert_eq!(found(world, "").await.len(), 2, "once");
}

async fn a_provider_that_answers_wrongly_is_an_attempt(world: &World) {
    world
        .application("bank", json!([["connection:acme", "password"]]))
        .await;
    let mut persona = Persona::verified("one", "one@example.com");
    persona.issuer = "https://elsewhere.example.com/very-special".to_owned();
    let mut numbers = Vec::new();
    for _ in 0..3 {
        let browser = world.browser();
        let seen = browser.federated_to("bank", &persona).await;
        assert_eq!(seen.number(), "1103", "{seen:?}");
        numbers.push(request_id(&seen));
    }
    let all = told_later(world).await;
    assert_eq!(all.len(), 1, "{all:?}");
    let one = &all[0];
    assert_eq!(
        (
            &one["reason"],
            &one["outcome"],
            &one["page"],
            &one["step"],
            &one["times"]
        ),
        (
            &json!("provider_answered_wrongly"),
            &json!("failed_closed"),
            &json!(1103),
            &json!(1),
            &json!(3)
        )
    );
    assert_eq!(one["connection"]["handle"], "acme");
    assert_eq!((&one["account"], &one["sub"]), (&Value::Null, &Value::Null));
    let detail = detail(world, one).await;
    assert!(
        detail["provider"].as_str().expect("a reason").contains("acme"),
        "{detail}"
    );
    assert!(!detail["remedies"].as_array().expect("remedies").is_empty());
    assert_eq!(detail["requests"], json!(numbers), "{detail}");
    // Whatever number a person reads out, it leads there.
    for number in &numbers {
        for query in [format!("?q={number}"), format!("?request={number}")] {
            let lines = found(world, &query).await;
            assert_eq!(lines.len(), 1, "{query}");
            assert_eq!(lines[0]["id"], one["id"], "{query}");
        }
    }
    let part = &numbers[1][..numbers[1].len() - 1];
    assert!(
        found(world, &format!("?q={part}")).await.is_empty(),
        "a part of a number"
    );
    assert!(found(world, "?q=req_%25").await.is_empty(), "no pattern");
    for text in ["very-special", "one@example.com"] {
        assert!(!is_stored(world, text).await, "{text}");
    }
}

/// How each sign-in ended, and what it was for; newest first.
async fn targets(world: &World) -> Vec<(Value, Value)> {
    let all = found(world, "").await;
    let told = |one: &Value| (one["outcome"].clone(), one["target"].clone());
    all.iter().map(told).collect()
}

async fn whoever_came_to_their_own_account_did_not_enter_the_console(world: &World) {
    let password = "a good password";
    world.person("clerk", None, password).await;
    let browser = world.browser();
    let page = open(&browser, "/account").await;
    let inside = browser.password(&page, "clerk", password).await;
    assert!(inside.body.contains("<h1>Your account</h1>"), "{inside:?}");
    let succeeded = || json!("succeeded");
    assert_eq!(targets(world).await, [(succeeded(), json!("account"))]);

    world.clock.advance(60);
    let chief = world.browser();
    administrator(world, &chief).await;
    world.clock.advance(15 * 60);
    let asked = open(&chief, "/console/prove").await;
    let proven = chief.password(&asked, "chief", password).await;
    assert_eq!(proven.address, "/console/proven", "{proven:?}");
    assert_eq!(
        targets(world).await,
        [
            (succeeded(), json!("console_proof")),
            (succeeded(), json!("console")),
            (succeeded(), json!("account")),
        ]
    );

    // An application says itself what it is.
    world.clock.advance(60);
    let one = Persona::verified("one", "one@example.com");
    assert!(world.browser().federated(&one).await.parameter("code").is_some());
    assert_eq!(targets(world).await[0], (succeeded(), Value::Null));
}

async fn what_a_script_said_is_among_it(world: &World) {
    let script = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {\n\
                  Log.info('seen by the script'); sendError('https://payroll.example.com/no'); }}); }";
    world.scripted("rules", json!([["connection:acme"]]), script).await;
    let seen = world
        .browser()
        .federated_to("rules", &Persona::verified("one", "one@example.com"))
        .await;
    assert!(seen.parameter("code").is_none(), "{seen:?}");
    let one = found(world, "?application=rules&outcome=refused").await.remove(0);
    assert_eq!(one["reason"], "refused_by_script", "{one}");
    let detail = detail(world, &one).await;
    let log = detail["script"]["log"].as_array().expect("a log");
    assert!(
        log.iter()
            .any(|line| line.as_str().is_some_and(|line| line.contains("seen by the script"))),
        "{detail}"
    );
    assert_eq!(detail["script"]["line"], 2, "{detail}");
}

async fn attempts_are_narrowed_and_paged(world: &World) {
    stopped(world).await;
    world.change("acme", |connection| connection.jit.enabled = true).await;
    for number in 0..3 {
        world.clock.advance(60);
        let persona = Persona::verified(&format!("p{number}"), &format!("p{number}@example.com"));
        world.browser().federated(&persona).await;
    }
    for (query, want) in [
        ("", 4),
        ("?outcome=succeeded", 3),
        ("?outcome=failed_closed", 1),
        ("?outcome=refused", 0),
        ("?page=1206", 1),
        ("?page=1206&outcome=succeeded", 0),
        ("?page=1206&outcome=refused", 0),
        ("?page=1", 0),
        ("?application=bank", 1),
        ("?application=portal&connection=acme", 3),
        ("?q=1206", 1),
        ("?q=PORT", 3),
        ("?q=nothing-like-it", 0),
        ("?q=%27%20OR%201%3D1%20--", 0),
        ("?request=req_nobody", 0),
        ("?since=2100-01-01T00:00:00Z", 0),
        ("?until=2000-01-01T00:00:00Z", 0),
        ("?since=2000-01-01T00:00:00Z", 4),
    ] {
        assert_eq!(found(world, query).await.len(), want, "{query}");
    }
    let mut path = "?limit=3".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = get(world, &format!("/attempts{path}")).await.body;
        seen.extend(
            page["items"]
                .as_array()
                .expect("items")
                .iter()
                .map(|one| one["id"].clone()),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 4);
    // A deleted application keeps its attempts, and its name in them.
    let bank = found(world, "?application=bank").await.remove(0);
    let gone = call(world, "DELETE", "/applications/bank", Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
    let id = bank["application"]["id"].as_str().expect("an id");
    let left = found(world, &format!("?application={id}")).await.remove(0);
    assert_eq!(left["application"], json!({"id": id, "name": "bank"}));
}

async fn what_does_not_fit_is_refused(world: &World) {
    for query in [
        "outcome=maybe",
        "page=x",
        "since=yesterday",
        "days=3",
        "limit=0",
        "cursor=x",
        "q=%00",
    ] {
        let answer = get(world, &format!("/attempts?{query}")).await;
        assert!(answer.status.is_client_error(), "{query}: {answer:?}");
        answer.problem();
    }
    for key in ["evt_nothing", "x", "req_1"] {
        assert_eq!(
            get(world, &format!("/attempts/{key}")).await.status,
            StatusCode::NOT_FOUND,
            "{key}"
        );
    }
    // A line of the log that is no sign-in is no attempt.
    call(world, "PATCH", "/connections/acme", json!({"jit": {"enabled": false}})).await;
    let changed = world.events(AuditAction::ConnectionChanged).await;
    let id = &changed[0].id;
    assert_eq!(
        get(world, &format!("/attempts/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
}
