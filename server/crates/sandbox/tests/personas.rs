//! What is expected of the people of *Try it*, beside scripts that ask who they are.

use doorward_domain::analysis::{ConnectionFacts, ScriptFacts, analyse_expecting};
use doorward_domain::expectation::{Expectation, Outcome};
use doorward_domain::flow::SignInFlow;
use doorward_sandbox::Engine;
use serde_json::{Value, json};

fn facts(handle: &str) -> ConnectionFacts {
    ConnectionFacts {
        handle: handle.parse().expect("a handle"),
        display_name: handle.to_uppercase(),
        enabled: true,
        jit: true,
        otp_to_asserted_email: false,
        factors_without_account: false,
        trusts_factors: false,
        may_link: true,
    }
}

fn held(steps: &Value, script: &str, expectation: Value) -> Outcome {
    let flow: SignInFlow = serde_json::from_value(json!({"steps": steps, "script": script})).expect("a flow");
    let expectation: Expectation = serde_json::from_value(expectation).expect("an expectation");
    let expectations = [expectation];
    let facts = [facts("google")];
    let script = ScriptFacts::default();
    let analysis = analyse_expecting(&flow, &facts, &script, &expectations, &mut Engine::default());
    assert!(!analysis.truncated);
    analysis.expectations[0].outcome.clone()
}

fn two() -> Value {
    json!([{"options": ["password", "connection:google"]}, {"options": ["totp"]}])
}

fn asked_in_step_2() -> Value {
    json!({"asked_for": {"step": 2, "option": "totp"}})
}

#[test]
fn members_of_a_group_are_told_from_everybody_else() {
    let admins = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {
        if (isMemberOfAnyOfGroups(context.steps[1].subject, ['admin', 'owners'])) { executeStep(2); } }}); }";
    let by_claim = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {
        var groups = context.currentKnownSubject.groups;
        if (groups.indexOf('owners') >= 0) { executeStep(2); } }}); }";
    let never = json!({"never_asked_for": {"option": "totp"}});
    for (case, script, who, what, is_kept) in [
        ("administrators are", admins, "administrator", asked_in_step_2(), true),
        ("whichever way", admins, "administrator:google", asked_in_step_2(), true),
        (
            "somebody who returns may not be",
            admins,
            "returning",
            asked_in_step_2(),
            false,
        ),
        ("and may be", admins, "returning", never.clone(), false),
        ("owners are", admins, "group:owners", asked_in_step_2(), true),
        (
            "staff may be no owners",
            admins,
            "group:staff",
            asked_in_step_2(),
            false,
        ),
        ("or may be", admins, "group:staff", never.clone(), false),
        (
            "owners by their list",
            by_claim,
            "group:owners",
            asked_in_step_2(),
            true,
        ),
        (
            "administrators may be no owners",
            by_claim,
            "administrator",
            asked_in_step_2(),
            false,
        ),
        ("or may be owners too", by_claim, "administrator", never, false),
    ] {
        let outcome = held(&two(), script, json!({"who": who, "what": what}));
        assert_eq!(outcome == Outcome::Kept, is_kept, "{case}: {outcome:?}");
    }
}

#[test]
fn who_comes_back_by_a_connection_is_told_from_who_is_local() {
    let local = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {
        if (context.steps[1].idp === 'LOCAL') { executeStep(2); } }}); }";
    for (who, what, is_kept) in [
        ("linked:google", json!({"never_asked_for": {"option": "totp"}}), true),
        ("administrator:LOCAL", asked_in_step_2(), true),
        (
            "administrator:google",
            json!({"never_asked_for": {"option": "totp"}}),
            true,
        ),
        ("administrator", asked_in_step_2(), false),
    ] {
        let outcome = held(&two(), local, json!({"who": who, "what": what}));
        assert_eq!(outcome == Outcome::Kept, is_kept, "{who} {what}: {outcome:?}");
    }
}

#[test]
fn a_lost_phone_leads_where_the_script_says() {
    let steps = json!([{"options": ["password"]}, {"options": ["totp"]}, {"options": ["backup_code", "totp"]}]);
    let helps = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {
        executeStep(2, {onFail: function (context) { executeStep(3); }}); }}); }";
    let refuses = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {
        executeStep(2, {onFail: function (context) { fail(); }}); }}); }";
    let silent = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {
        executeStep(2); }}); }";
    for (case, script, is_kept) in [
        ("helps", helps, true),
        ("refuses", refuses, false),
        ("silent", silent, false),
    ] {
        let outcome = held(&steps, script, json!({"who": "lost-phone", "what": "can_sign_in"}));
        assert_eq!(outcome == Outcome::Kept, is_kept, "{case}: {outcome:?}");
    }
}

#[test]
fn who_has_no_address_has_none_for_the_script_either() {
    let wants = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {
        var email = context.steps[1].subject.remoteClaims['email'];
        if (!email) { sendError('https://help.test/'); } }}); }";
    // What the provider sends does not change with the account that the script links.
    let linking = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {
        doAssociationWithLocalUser(context.steps[1].subject, 'somebody');
        if (!context.steps[1].subject.remoteClaims['email']) { sendError('https://help.test/'); } }}); }";
    let outcome = held(
        &two(),
        linking,
        json!({"who": "new-without-email", "what": "cannot_sign_in"}),
    );
    assert_eq!(outcome, Outcome::Kept);
    for (who, what, is_kept) in [
        ("new-without-email", "cannot_sign_in", true),
        ("new-without-email:google", "cannot_sign_in", true),
        ("new", "cannot_sign_in", false),
    ] {
        let outcome = held(&two(), wants, json!({"who": who, "what": what}));
        assert_eq!(outcome == Outcome::Kept, is_kept, "{who} {what}: {outcome:?}");
    }
}
