//! A provider's own second factor, where its connection trusts it.

use doorward_app::api::connection::SaveMode;
use doorward_domain::audit::{Actor, AuditAction};
use serde_json::json;

use crate::api::call;
use crate::factors::claims_of;
use crate::provider::Persona;
use crate::world::World;

crate::on_both!(
    s37_a_trusted_word_passes_the_second_step,
    s37_any_other_word_passes_nothing,
    s35_s37_what_is_not_trusted_any_more_counts_no_more,
    s37_what_the_provider_checked_long_ago_counts_no_more,
    s37_a_password_cannot_be_trusted_as_a_second_factor,
    s37_a_script_that_names_the_factor_means_it,
);

async fn bank(world: &World) {
    world
        .application("bank", json!([["password", "connection:acme"], ["totp"]]))
        .await;
    world
        .change("acme", |connection| {
            connection.jit.enabled = false;
            connection.trusted_amr = vec!["mfa".into()];
        })
        .await;
}

fn vouched(amr: &'static str) -> Persona {
    Persona {
        amr,
        ..Persona::verified("one", "one@example.com")
    }
}

async fn s37_a_trusted_word_passes_the_second_step(world: &World) {
    bank(world).await;
    let browser = world.browser();
    let done = browser.federated_to("bank", &vouched("mfa")).await;
    let (status, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = claims_of(&tokens);
    assert_eq!(claims["acr"], "urn:doorward:acr:2");
    assert_eq!(claims["amr"], json!(["fed", "mfa"]));
    assert_eq!(world.accounts().await, 0);
    let again = browser.authorize("bank", "").await;
    assert!(again.parameter("code").is_some(), "single sign-on: {again:?}");
}

async fn s37_any_other_word_passes_nothing(world: &World) {
    bank(world).await;
    for amr in ["pwd", "MFA", "mfa otp", ""] {
        let stopped = world.browser().federated_to("bank", &vouched(amr)).await;
        assert_eq!(stopped.number(), "1206", "{amr}: {stopped:?}");
    }
    let done = world.browser().federated(&vouched("pwd")).await;
    let (_, tokens) = world.redeem("portal", &done.code()).await;
    assert_eq!(claims_of(&tokens)["acr"], "urn:doorward:acr:1", "S37: {tokens}");
}

async fn s35_s37_what_is_not_trusted_any_more_counts_no_more(world: &World) {
    bank(world).await;
    let browser = world.browser();
    let done = browser.federated_to("bank", &vouched("mfa")).await;
    let (_, tokens) = world.redeem("bank", &done.code()).await;
    let token = tokens["refresh_token"].as_str().expect("a refresh token").to_owned();
    world.change("acme", |connection| connection.trusted_amr.clear()).await;
    let silent = browser.authorize("bank", "&prompt=none").await;
    assert_eq!(silent.parameter("error").as_deref(), Some("login_required"));
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    for case in ["the factor that step 2 asked for counts no more", "nor the second time"] {
        let (status, refused) = world.token("bank", &form).await;
        assert_eq!(
            (status.as_u16(), &refused["error"]),
            (400, &json!("invalid_grant")),
            "S35: {case}"
        );
        world.clock.advance(60);
    }
    let revoked = world.events(AuditAction::GrantRevoked).await;
    assert_eq!(revoked, [], "nobody is taken for a thief");
}

async fn s37_what_the_provider_checked_long_ago_counts_no_more(world: &World) {
    bank(world).await;
    for (hours, passes) in [(0, true), (11, true), (13, false)] {
        let persona = Persona {
            proven_seconds_ago: hours * 3_600,
            ..vouched("mfa")
        };
        let seen = world.browser().federated_to("bank", &persona).await;
        assert_eq!(seen.parameter("code").is_some(), passes, "{hours} hours: {seen:?}");
    }
}

async fn s37_a_password_cannot_be_trusted_as_a_second_factor(world: &World) {
    for (values, status) in [
        (json!(["pwd"]), 422),
        (json!(["mfa", "kba"]), 422),
        (json!(["mfa", "otp"]), 200),
    ] {
        let saved = call(world, "PATCH", "/connections/acme", json!({"trusted_amr": values})).await;
        assert_eq!(saved.status.as_u16(), status, "{values}: {saved:?}");
        if status == 422 {
            assert!(saved.body.to_string().contains("/trusted_amr"), "{saved:?}");
        }
    }
}

async fn s37_a_script_that_names_the_factor_means_it(world: &World) {
    bank(world).await;
    for (options, passes) in [
        ("{}", true),
        ("{authenticationOptions: [{authenticator: 'totp'}]}", false),
        ("{stepOptions: {forceAuth: true}}", false),
    ] {
        let script = format!("function onLoginRequest(context) {{ executeStep(1); executeStep(2, {options}, {{}}); }}");
        let patch = json!({"flow": {"script": script}});
        let applications = &world.services.applications;
        let saved = applications
            .patch(&Actor::Api, "bank", None, patch, SaveMode::Save)
            .await;
        saved.expect("saved");
        let seen = world.browser().federated_to("bank", &vouched("mfa")).await;
        assert_eq!(seen.parameter("code").is_some(), passes, "{options}: {seen:?}");
    }
}
