//! Scripts from templates, in real sign-ins.

use doorward_domain::template::{Form, Kind};
use http::StatusCode;
use serde_json::{Value, json};

use crate::provider::Persona;
use crate::world::{Browser, World};

crate::on_both!(
    an_age_is_asked_for,
    a_third_browser_is_asked_for_more,
    who_is_signed_in_too_often_says_where_to_leave,
);

async fn take_up(world: &World, steps: Value, form: Form) {
    let many = steps.as_array().map_or(0, Vec::len);
    let many = u32::try_from(many).expect("a few");
    let script = form.read(many).expect("filled in").source(many);
    world.scripted("bank", steps, &script).await;
}

async fn an_age_is_asked_for(world: &World) {
    let form = Form {
        kind: Kind::Age,
        ..Form::default()
    };
    take_up(world, json!([["connection:acme"]]), form).await;
    world
        .change("acme", |connection| {
            let rule = json!({"from": "birthdate", "to": "birthdate"});
            connection
                .attributes
                .push(serde_json::from_value(rule).expect("a rule"));
        })
        .await;
    // It is 15 January 2027.
    for (subject, born, let_in) in [
        ("grown", Some("2009-01-15"), true),
        ("young", Some("2009-01-16"), false),
        ("silent", None, false),
        ("vague", Some("0000-01-15"), false),
    ] {
        let mut persona = Persona::verified(subject, &format!("{subject}@example.com"));
        if let Some(born) = born {
            persona.claims.insert("birthdate".to_owned(), json!(born));
        }
        let seen = world.browser().federated_to("bank", &persona).await;
        assert_eq!(seen.parameter("code").is_some(), let_in, "{subject}: {seen:?}");
        let told = (!let_in).then(|| "access_denied".to_owned());
        assert_eq!(seen.parameter("error"), told, "{subject}");
    }
}

async fn a_third_browser_is_asked_for_more(world: &World) {
    let form = Form {
        kind: Kind::Sessions,
        sessions: "2".to_owned(),
        ..Form::default()
    };
    take_up(world, json!([["connection:acme"], ["totp"]]), form).await;
    let persona = Persona::verified("one", "one@example.com");
    for number in 1..=3 {
        let seen = world.browser().federated_to("bank", &persona).await;
        let asked = seen.body.contains("authenticator app");
        assert_eq!(asked, number > 2, "browser {number}: {seen:?}");
        assert_eq!(seen.parameter("code").is_some(), !asked, "browser {number}");
    }
    let other = Persona::verified("two", "two@example.com");
    let seen = world.browser().federated_to("bank", &other).await;
    assert!(seen.parameter("code").is_some(), "each person has their own: {seen:?}");
}

async fn who_is_signed_in_too_often_says_where_to_leave(world: &World) {
    let form = Form {
        kind: Kind::EndSessions,
        sessions: "2".to_owned(),
        ..Form::default()
    };
    take_up(world, json!([["password"]]), form).await;
    world.person("clerk", None, "a good password").await;
    let begin = async |browser: &Browser<'_>| {
        let page = browser.authorize("bank", "").await;
        browser.password(&page, "clerk", "a good password").await
    };
    let (first, second, third) = (world.browser(), world.browser(), world.browser());
    for browser in [&first, &second] {
        assert!(begin(browser).await.parameter("code").is_some(), "two are allowed");
        world.clock.advance(1);
    }
    let page = begin(&third).await;
    assert!(page.body.contains("<h1>You are signed in elsewhere</h1>"), "{page:?}");
    let boxes: Vec<&str> = page
        .body
        .split("name=\"")
        .filter_map(|part| part.split('"').next())
        .filter(|name| name.starts_with("input.ses_"))
        .collect();
    assert_eq!(boxes.len(), 2, "{page:?}");
    let action = format!("{}/prompt", page.address);
    for form in [&[][..], &[("input.ses_made_up", "on")][..]] {
        let asked = third.send(&page, &action, form).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{asked:?}");
        assert!(asked.body.contains("Choose at least one."), "{asked:?}");
    }
    // The latest stands first.
    let done = third.send(&page, &action, &[(boxes[1], "on")]).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    for (case, browser, lives) in [
        ("the chosen", &first, false),
        ("the other", &second, true),
        ("this", &third, true),
    ] {
        let seen = browser.authorize("payroll", "&prompt=none").await;
        let is_known = seen.parameter("error").as_deref() != Some("login_required");
        assert_eq!(is_known, lives, "{case}: {seen:?}");
    }
}
