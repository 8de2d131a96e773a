//! A repair mends what it stands beside, in flows as people write them and in random ones.

#[path = "common/acme.rs"]
mod acme;
#[path = "truth/flows.rs"]
mod flows;
#[path = "truth/script.rs"]
mod script;

use acme::acme;
use doorward_domain::analysis::{Analysis, ConnectionFacts, ScriptFacts, Verdict, analyse, analyse_expecting};
use doorward_domain::expectation::{Expectation, Outcome, What};
use doorward_domain::finding::{Finding, FindingCode, Repair, Severity};
use doorward_domain::flow::SignInFlow;
use doorward_sandbox::Engine;
use flows::{facts, source, steps};
use proptest::prelude::*;
use script::script;

fn analysed(flow: &SignInFlow, facts: &[ConnectionFacts]) -> Analysis {
    analyse(flow, facts, &mut Engine::default())
}

/// Flow and connections with a repair applied; `None` where a step is left with nothing.
fn mended(flow: &SignInFlow, facts: &[ConnectionFacts], repair: &Repair) -> Option<(SignInFlow, Vec<ConnectionFacts>)> {
    let (mut flow, mut facts) = (flow.clone(), facts.to_vec());
    let index = |step: u32| step as usize - 1;
    match repair {
        Repair::TurnOnJit { connection }
        | Repair::EnableConnection { connection }
        | Repair::SendCodesToAssertedAddress { connection }
        | Repair::KeepFactorsWithoutAccount { connection } => {
            let known = facts.iter_mut().find(|known| known.handle == *connection)?;
            match repair {
                Repair::TurnOnJit { .. } => known.jit = true,
                Repair::EnableConnection { .. } => known.enabled = true,
                Repair::SendCodesToAssertedAddress { .. } => known.otp_to_asserted_email = true,
                _ => known.factors_without_account = true,
            }
        }
        Repair::AddOption { step, option } => flow.steps[index(*step)]
            .options
            .push(option.parse().expect("an option")),
        Repair::RemoveOption { step, option } => {
            let options = &mut flow.steps[index(*step)].options;
            options.retain(|known| known.to_string() != *option);
            if options.is_empty() {
                return None;
            }
        }
        Repair::RemoveStep { step, script } => {
            flow.steps.remove(index(*step));
            flow.script.clone_from(script);
        }
        Repair::SkipStep { script, .. }
        | Repair::SkipStepWithoutAccount { script, .. }
        | Repair::RemoveCall { script, .. }
        | Repair::RenameConnection { script, .. } => flow.script = Some(script.clone()),
        Repair::RemoveScript => flow.script = None,
        // Nothing is expected in these cases.
        Repair::DropExpectation { .. } => return None,
    }
    Some((flow, facts))
}

/// Whether something is said of the same people for the same reason.
fn is_said(analysis: &Analysis, finding: &Finding) -> bool {
    let mut all = analysis.findings.iter();
    all.any(|other| (other.code, other.step, &other.connection) == (finding.code, finding.step, &finding.connection))
}

fn flow(steps: &[&str], script: &str) -> SignInFlow {
    let steps: Vec<_> = steps
        .iter()
        .map(|step| serde_json::json!({"options": step.split(' ').collect::<Vec<_>>()}))
        .collect();
    serde_json::from_value(serde_json::json!({"steps": steps, "script": script})).expect("a flow")
}

/// What is found in hand-written scripts: the finding, and the kinds of its repairs.
#[test]
fn what_people_write_is_mended() {
    let two = ["password connection:acme", "totp"];
    let jit_off = "turn_on_jit keep_factors_without_account";
    for (steps, script, code, kinds) in [
        (
            &two[..],
            "var onLoginRequest = function (context) { executeStep(1); executeStep(2); };",
            "jit-off-factor",
            format!("{jit_off} skip_step_without_account skip_step remove_step"),
        ),
        (
            &two,
            "var onLoginRequest = function (context) {
    executeStep(1, {
        onSuccess: function (context) {
            Log.info('in');
            executeStep(2);
        }
    });
};",
            "jit-off-factor",
            format!("{jit_off} skip_step_without_account skip_step remove_step"),
        ),
        (
            &two,
            "const second = (context) => { executeStep(2, { onSuccess: () => Log.info('two') }); };
const onLoginRequest = (context) => { executeStep(1, { onSuccess: (context) => second(context) }); };",
            "jit-off-factor",
            format!("{jit_off} skip_step_without_account skip_step"),
        ),
        (
            &two,
            "function onLoginRequest(context) {
    executeStep(1, { onSuccess: (c) => isMemberOfAnyOfGroups(c.currentKnownSubject, ['staff']) && executeStep(2) });
}",
            "jit-off-factor-some",
            format!("{jit_off} skip_step_without_account skip_step"),
        ),
        (
            &two,
            "function onLoginRequest(context) { executeStep(1); if (false) { executeStep(2); } }",
            "unreachable-step",
            "remove_step".to_owned(),
        ),
        (
            &two,
            "function onLoginRequest(context) { executeStep(1); executeStep(3); }",
            "step-missing",
            "remove_call".to_owned(),
        ),
        (
            &two,
            "function onLoginRequest(context) { executeStep(1, { onSuccess: () => { for (const n of [2, 3]) executeStep(n); } }); }",
            "step-missing",
            "remove_script".to_owned(),
        ),
        (
            &two,
            "function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) { if (context.steps[1].idp !== 'acmee') executeStep(2); } });
}",
            "script-unknown-connection",
            "rename_connection".to_owned(),
        ),
        (
            &two,
            "function onLoginRequest(context) { executeStep(1, { authenticationOptions: [{ idp: 'other' }] }, {}); }",
            "script-unknown-connection",
            String::new(),
        ),
        (&two, "executeStep(1);", "script-error", "remove_script".to_owned()),
        (
            &two,
            "function onLoginRequest(context) { executeStep(1); while (true) {} }",
            "script-limit",
            "remove_script".to_owned(),
        ),
        (
            &two,
            "function onLoginRequest(context) {}",
            "first-factor-missing",
            "remove_script".to_owned(),
        ),
        (
            &two,
            "function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) { if (context.steps[1].idp === 'acme') { fail(); } } });
}",
            "dead-end",
            "remove_script remove_option".to_owned(),
        ),
        (
            &two,
            "function onLoginRequest(context) {
    executeStep(1, { onSuccess: function () { if (context.request.headers['x-place'] !== 'office') { executeStep(2); } } });
}",
            "factor-skipped",
            "remove_script".to_owned(),
        ),
        (
            &["password totp"],
            "function onLoginRequest(context) { executeStep(1); }",
            "factor-first",
            "remove_option".to_owned(),
        ),
    ] {
        let flow = flow(steps, script);
        let facts = [acme()];
        let before = analysed(&flow, &facts);
        let found = before.findings.iter().find(|finding| finding.code.as_str() == code);
        let found = found.unwrap_or_else(|| panic!("{code} in {script}: {before:#?}"));
        let kind = |repair: &Repair| serde_json::to_value(repair).expect("JSON")["kind"].as_str().map(str::to_owned);
        let offered: Vec<String> = found.repairs.iter().filter_map(kind).collect();
        assert_eq!(offered.join(" "), kinds, "{code} in {script}");
        for repair in &found.repairs {
            let (flow, facts) = mended(&flow, &facts, repair).expect("a flow");
            let after = analysed(&flow, &facts);
            assert!(!is_said(&after, found), "{code} in {script}: {repair:?}: {after:#?}");
            let is_new = |other: &&Finding| other.severity == Severity::Error && !is_said(&before, other);
            let worse: Vec<&Finding> = after.findings.iter().filter(is_new).collect();
            // Without the script everybody is asked for the second step.
            let removes = matches!(repair, Repair::RemoveScript | Repair::RenameConnection { .. } | Repair::RemoveCall { .. });
            assert!(worse.is_empty() || removes, "{code} in {script}: {repair:?}: {worse:#?}");
        }
    }
}

/// Whoever has an account can pass the step, and is asked for it still where that repair is taken.
#[test]
fn people_with_an_account_are_spared_by_the_coarser_repair_alone() {
    let asked = |who: &str| Expectation {
        who: who.parse().expect("somebody"),
        what: What::AskedFor {
            step: 2,
            option: "totp".parse().expect("an option"),
        },
    };
    let expectations = [asked("linked:acme"), asked("LOCAL")];
    for script in [
        "var onLoginRequest = function (context) { executeStep(1); executeStep(2); };",
        "function onLoginRequest(context) { executeStep(1, { onSuccess: (c) => executeStep(2) }); }",
        "var onLoginRequest = function (context) {
    executeStep(1, { onSuccess: function (context) { Log.info('in'); executeStep(2); } });
};",
    ] {
        let flow = flow(&["password connection:acme", "totp"], script);
        let facts = [acme()];
        let before = analysed(&flow, &facts);
        let found = before
            .findings
            .iter()
            .find(|finding| finding.code == FindingCode::JitOffFactor);
        let repairs = &found.unwrap_or_else(|| panic!("{script}: {before:#?}")).repairs;
        for (is_coarse, linked_are_asked) in [(false, true), (true, false)] {
            let repair = repairs.iter().find(|repair| match repair {
                Repair::SkipStepWithoutAccount { .. } => !is_coarse,
                Repair::SkipStep { .. } => is_coarse,
                _ => false,
            });
            let (flow, facts) = mended(&flow, &facts, repair.expect("a repair")).expect("a flow");
            let script = flow.script.clone().unwrap_or_default();
            let world = ScriptFacts::default();
            let after = analyse_expecting(&flow, &facts, &world, &expectations, &mut Engine::default());
            assert_eq!(after.verdicts["acme"], Verdict::Works, "{script}: {after:#?}");
            assert_eq!(after.verdicts["LOCAL"], Verdict::Works, "{script}: {after:#?}");
            let kept = |at: usize| after.expectations[at].outcome == Outcome::Kept;
            assert_eq!(kept(0), linked_are_asked, "linked: {script}: {after:#?}");
            assert!(kept(1), "LOCAL: {script}: {after:#?}");
            let mut skipped = after.findings.iter().filter(|f| f.code == FindingCode::FactorSkipped);
            let skipped = skipped.next().unwrap_or_else(|| panic!("{script}: {after:#?}"));
            assert_eq!(skipped.severity, Severity::Info, "{script}");
            assert_eq!(skipped.is_for_all, !linked_are_asked, "{script}: {skipped:#?}");
            let is_told = skipped.story.iter().any(|part| part == "has no account");
            assert_eq!(is_told, linked_are_asked, "{script}: {skipped:#?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_is_mended(steps in steps(), script in script(), facts in facts()) {
        let flow = SignInFlow { steps, script };
        let before = analysed(&flow, &facts);
        // What gets no further may lie at several things at once; the cases above have its repairs.
        for found in before.findings.iter().filter(|found| found.code != FindingCode::DeadEnd) {
            let mends = |repair: &Repair| {
                let Some((flow, facts)) = mended(&flow, &facts, repair) else { return true };
                let after = analysed(&flow, &facts);
                let mends_less = match repair {
                    // Another step has its number then, and flaws of its own.
                    Repair::RemoveStep { .. } => true,
                    // Who has no verified address is stopped as before.
                    Repair::SendCodesToAssertedAddress { .. } => true,
                    _ => false,
                };
                after.truncated || mends_less || !is_said(&after, found)
            };
            let told = |repair: &Repair| format!("{found:#?}\n{repair:?}\n{}", source(&flow));
            for repair in &found.repairs {
                prop_assert!(mends(repair), "{}", told(repair));
            }
        }
    }
}
