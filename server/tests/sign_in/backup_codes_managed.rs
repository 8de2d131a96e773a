//! Backup codes as administrators meet them: in the rules of a flow, in what the analyser says, and when reset.

use std::collections::BTreeSet;

use doorward_app::api::error::ConsoleError;
use doorward_app::api::user::UserView;
use doorward_domain::audit::{Actor, AuditAction};
use doorward_domain::factor::FactorKind;
use http::StatusCode;
use serde_json::json;

use crate::api::{call, get};
use crate::backup_codes::{bank, clerk, enrol, enter_app, keep, left, shown};
use crate::factors::code;
use crate::provider::Persona;
use crate::world::World;

crate::on_both!(
    an_administrator_resets_them,
    a_person_without_an_account_is_stopped_and_the_analyser_says_so,
    the_rules_of_a_flow,
);

pub async fn reset(world: &World, kind: FactorKind) -> Result<UserView, ConsoleError> {
    world.services.users.reset_factor(&Actor::Api, "clerk", kind).await
}

async fn an_administrator_resets_them(world: &World) {
    bank(world).await;
    let (key, codes) = enrol(world).await;
    let seen = get(world, "/users/clerk").await;
    let kinds = seen.body["factors"].as_array().expect("factors");
    let listed: BTreeSet<_> = kinds
        .iter()
        .map(|factor| (factor["kind"].as_str(), factor["codes_left"].as_u64()))
        .collect();
    assert_eq!(
        listed,
        BTreeSet::from([(Some("totp"), None), (Some("backup_code"), Some(10))])
    );
    assert!(codes.iter().all(|code| !seen.body.to_string().contains(code.as_str())));

    let address = "/users/clerk/factors/backup_code";
    let after = call(world, "DELETE", address, serde_json::Value::Null).await;
    assert_eq!(after.status, StatusCode::OK, "{after:?}");
    assert_eq!(after.body["sessions"], json!([]), "signed out everywhere");
    assert_eq!(left(world).await, None);
    assert_eq!(reset(world, FactorKind::BackupCode).await, Err(ConsoleError::NotFound));
    assert_eq!(
        world.details(AuditAction::FactorReset).await,
        [json!({"factor": "backup_code"})]
    );

    let (browser, page) = clerk(world).await;
    assert!(!page.body.contains("name=\"backup_code\""), "{page:?}");
    let page = enter_app(&browser, &page, &code(world, &key)).await;
    assert_ne!(shown(&page), codes);
    let reset_meanwhile = reset(world, FactorKind::Totp).await;
    assert!(reset_meanwhile.is_ok());
    let late = keep(&browser, &page).await;
    assert_eq!(late.number(), "1004", "S38: the app that let them in is gone: {late:?}");
    assert_eq!(left(world).await, None);
}

async fn a_person_without_an_account_is_stopped_and_the_analyser_says_so(world: &World) {
    bank(world).await;
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let persona = Persona::verified("one", "one@example.com");
    let stopped = world.browser().federated_to("bank", &persona).await;
    assert_eq!(stopped.number(), "1206", "{stopped:?}");
    let patch = json!({"flow": {"steps": [{"options": ["password", "connection:acme"]}, {"options": ["totp", "backup_code"]}]}});
    let said = call(world, "PATCH", "/applications/bank?dry_run=true", patch).await;
    let finding = &said.body["findings"][0];
    assert_eq!(finding["code"], "jit-off-factor", "{said:?}");
    let story = finding["story"].to_string();
    assert!(
        story.contains("an authenticator app or a backup code, which needs an account"),
        "{story}"
    );
}

async fn the_rules_of_a_flow(world: &World) {
    bank(world).await;
    for (options, wanted) in [
        (json!([["password"], ["backup_code"]]), Some("/flow/steps/1/options/0")),
        (
            json!([["password"], ["connection:acme", "backup_code"]]),
            Some("/flow/steps/1/options/1"),
        ),
        (json!([["password"], ["totp", "backup_code"]]), None),
        (json!([["password"], ["email_otp", "backup_code"]]), None),
    ] {
        let steps: Vec<_> = options
            .as_array()
            .expect("steps")
            .iter()
            .map(|options| json!({"options": options}))
            .collect();
        let patch = json!({"flow": {"steps": steps}});
        let said = call(world, "PATCH", "/applications/bank?dry_run=true", patch).await;
        assert_eq!(said.status.is_success(), wanted.is_none(), "{options}: {said:?}");
        let said = said.body.to_string();
        assert!(wanted.is_none_or(|pointer| said.contains(pointer)), "{options}: {said}");
    }
}
