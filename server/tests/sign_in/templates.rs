//! Scripts from templates, in real sign-ins.

use doorward_domain::template::{Form, Kind};
use serde_json::{Value, json};

use crate::provider::Persona;
use crate::script::federated;
use crate::world::World;

crate::on_both!(an_age_is_asked_for, a_third_browser_is_asked_for_more);

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
        let seen = federated(&world.browser(), "bank", &persona).await;
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
        let seen = federated(&world.browser(), "bank", &persona).await;
        let asked = seen.body.contains("authenticator app");
        assert_eq!(asked, number > 2, "browser {number}: {seen:?}");
        assert_eq!(seen.parameter("code").is_some(), !asked, "browser {number}");
    }
    let other = Persona::verified("two", "two@example.com");
    let seen = federated(&world.browser(), "bank", &other).await;
    assert!(seen.parameter("code").is_some(), "each person has their own: {seen:?}");
}
