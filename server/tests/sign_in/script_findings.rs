//! What the analyser finds in scripts, before anybody signs in.

use doorward_app::api::connection::SaveMode;
use doorward_domain::analysis::Verdict;
use doorward_domain::audit::Actor;
use doorward_domain::finding::{Finding, FindingCode, Repair, Severity};
use serde_json::json;

use crate::provider::Persona;
use crate::script::{LOCAL_ONLY, steps};
use crate::world::World;

crate::on_both!(
    the_analyser_says_so_before,
    s41_a_step_skipped_by_what_people_can_choose_is_a_warning,
);

pub async fn findings(world: &World, handle: &str) -> Vec<Finding> {
    world.services.applications.findings(handle).await.expect("analysed")
}

pub fn codes(findings: &[Finding]) -> Vec<FindingCode> {
    findings.iter().map(|finding| finding.code).collect()
}

async fn s41_a_step_skipped_by_what_people_can_choose_is_a_warning(world: &World) {
    for (number, (test, severity)) in [
        (
            "(c.steps[1].subject.remoteClaims.email || '').endsWith('@example.com')",
            Severity::Warning,
        ),
        (
            "c.steps[1].subject.remoteClaims.preferred_username === 'boss'",
            Severity::Warning,
        ),
        (
            "(c.steps[1].subject.username || '').endsWith('@example.com')",
            Severity::Warning,
        ),
        (
            "c.steps[1].subject.localClaims['http://wso2.org/claims/fullname'] === 'The Boss'",
            Severity::Warning,
        ),
        (
            "c.steps[1].subject.remoteClaims.upn === 'boss@example.com'",
            Severity::Warning,
        ),
        ("c.steps[1].subject.remoteClaims.department === 'it'", Severity::Info),
        ("c.steps[1].idp === 'acme'", Severity::Info),
    ]
    .into_iter()
    .enumerate()
    {
        let handle = format!("gate-{number}");
        let body = format!("if (!({test})) {{ executeStep(2); }}");
        let script =
            format!("function onLoginRequest(c) {{ executeStep(1, {{ onSuccess: function (c) {{ {body} }} }}); }}");
        world.scripted(&handle, steps(), &script).await;
        let found = findings(world, &handle).await;
        let skipped = found
            .iter()
            .filter(|finding| finding.code == FindingCode::FactorSkipped);
        let worst = skipped.map(|finding| finding.severity).collect::<Vec<_>>();
        assert!(worst.contains(&severity), "S41: {test}: {found:?}");
        if severity == Severity::Info {
            assert!(!worst.contains(&Severity::Warning), "S41: {test}: {found:?}");
        }
    }
}

async fn the_analyser_says_so_before(world: &World) {
    world.application("bank", steps()).await;
    assert_eq!(codes(&findings(world, "bank").await), []);
    let refused = world
        .services
        .connections
        .patch(
            &Actor::Api,
            "acme",
            None,
            json!({"jit": {"enabled": false}}),
            SaveMode::UnlessItBreaks,
        )
        .await;
    assert!(refused.is_err(), "not without a word");
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let found = findings(world, "bank").await;
    assert_eq!(codes(&found), [FindingCode::JitOffFactor]);
    let skip = found[0].repairs.iter().find_map(|repair| match repair {
        Repair::SkipStep { script, .. } => Some(script.clone()),
        _ => None,
    });
    let patch = json!({"flow": {"script": skip.expect("a repair")}});
    let saved = world
        .services
        .applications
        .patch(&Actor::Api, "bank", None, patch, SaveMode::UnlessItBreaks)
        .await
        .expect("saved");
    assert_eq!(
        codes(&saved.findings),
        [FindingCode::FactorSkipped],
        "{:?}",
        saved.findings
    );
    assert!(saved.findings[0].is_for_all, "{:?}", saved.findings);
    let persona = Persona::verified("one", "one@example.com");
    world.browser().federated_to("bank", &persona).await.code();

    for (case, script, code, verdict) in [
        ("the guide's", LOCAL_ONLY.to_owned(), None, Verdict::Works),
        (
            "inverted",
            LOCAL_ONLY.replace("===", "!=="),
            Some(FindingCode::JitOffFactor),
            Verdict::Breaks,
        ),
        (
            "a group decides",
            "var onLoginRequest = function (context) { executeStep(1, { onSuccess: function (context) {
                if (isMemberOfAnyOfGroups(context.currentKnownSubject, ['staff'])) { executeStep(2); } } }); };"
                .to_owned(),
            Some(FindingCode::JitOffFactorSome),
            Verdict::Depends,
        ),
    ] {
        let request = serde_json::from_value(json!({"flow": {
            "steps": [{"options": ["password", "connection:acme"]}, {"options": ["totp"]}], "script": script,
        }}));
        let analysis = world
            .services
            .applications
            .analyse(request.expect("a request"))
            .await
            .expect("analysed");
        let stops = [FindingCode::JitOffFactor, FindingCode::JitOffFactorSome];
        let found = analysis.findings.iter().find(|finding| stops.contains(&finding.code));
        assert_eq!(found.map(|finding| finding.code), code, "{case}: {analysis:?}");
        assert_eq!(analysis.verdicts["acme"], verdict, "{case}");
        assert_eq!(analysis.verdicts["LOCAL"], Verdict::Works, "{case}");
    }
}
