//! What the analyser says is true: random flows, scripts, connections and people, run to their end by the engine of
//! sign-ins, and compared. `DOORWARD_TRUTH_CASES` runs more than CI does.

#[path = "truth/expected.rs"]
mod expected;
#[path = "truth/flows.rs"]
mod flows;
#[path = "truth/moves.rs"]
mod moves;
#[path = "truth/people.rs"]
mod people;
#[path = "truth/script.rs"]
mod script;
#[path = "truth/walk.rs"]
mod walk;
#[path = "truth/world.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};

use doorward_domain::analysis::{Analysis, ConnectionFacts, Place, ScriptFacts, Verdict, analyse_expecting};
use doorward_domain::finding::{FindingCode, Severity};
use doorward_domain::flow::{AuthOption, SignInFlow};
use doorward_domain::script::names;
use doorward_sandbox::Engine;
use flows::{facts, source, steps};
use people::{Case, Remembering};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use script::script;
use world::worlds;

/// How people fare in all worlds.
#[derive(Default)]
struct Tally {
    /// Worlds in which they can come in, and those of them in which they get through.
    came: usize,
    through: usize,
    /// Whether they are stopped anywhere for want of an account, of a verified address.
    lacked_account: bool,
    lacked_address: bool,
    run: BTreeSet<u32>,
    missing: BTreeSet<u32>,
    /// Each with whether they had come in by a passkey.
    spared: BTreeSet<(u32, bool)>,
    nobody_known: bool,
    ways: BTreeSet<(Vec<(u32, AuthOption)>, Place)>,
    asked: BTreeSet<(u32, AuthOption)>,
    signed_in_past: BTreeSet<BTreeSet<(u32, AuthOption)>>,
}

/// `entries` are the options that people of one origin come in by.
fn simulate(flow: &SignInFlow, facts: &[ConnectionFacts], entries: &[AuthOption]) -> Tally {
    let mut tally = Tally::default();
    let mut engine = Remembering::default();
    let all = worlds(flow, facts);
    for (world, entry) in all
        .iter()
        .flat_map(|world| entries.iter().map(move |entry| (world, entry)))
    {
        let mut case = Case {
            flow,
            facts,
            world,
            entry,
            engine: &mut engine,
        };
        let mut fared = case.run();
        if fared.comes_in {
            tally.came += 1;
            tally.through += usize::from(fared.gets_through);
            tally.lacked_account |= fared.lacks_account && !fared.gets_through;
            tally.lacked_address |= fared.lacks_address && !fared.gets_through;
        }
        tally.run.append(&mut fared.run);
        tally.missing.append(&mut fared.missing);
        let by_passkey = *entry == AuthOption::Passkey;
        tally
            .spared
            .extend(fared.spared.into_iter().map(|step| (step, by_passkey)));
        tally.nobody_known |= fared.nobody_known;
        tally.ways.append(&mut fared.ways);
        tally.asked.append(&mut fared.asked);
        tally.signed_in_past.append(&mut fared.signed_in_past);
    }
    tally
}

fn compare(flow: &SignInFlow, facts: &[ConnectionFacts]) -> Result<(), TestCaseError> {
    let entries = entries_of(flow);
    let expectations = expected::all(flow, entries.values().map(|ways| &ways[0]));
    let script = ScriptFacts::default();
    let analysis = analyse_expecting(flow, facts, &script, &expectations, &mut Engine::default());
    if analysis.truncated {
        let says_so = analysis
            .findings
            .iter()
            .any(|f| matches!(f.code, FindingCode::NotFullyExplored | FindingCode::ScriptLimit));
        prop_assert!(says_so, "silence would be a promise: {:?}", analysis);
        return Ok(());
    }
    let mut all = Tally::default();
    let narrows = flow
        .script
        .as_ref()
        .is_some_and(|source| source.contains("authenticationOptions"));
    for (name, ways) in &entries {
        let entry = &ways[0];
        let tally = simulate(flow, facts, ways);
        let wrong = expected::wrong(&analysis, entry, &tally, narrows);
        prop_assert!(wrong.is_empty(), "{name}: {wrong:?}\n{:#?}\n{}", analysis, source(flow));
        let Tally {
            came,
            through,
            lacked_account: lacked,
            lacked_address,
            mut run,
            mut missing,
            spared,
            nobody_known,
            ways: gone,
            asked,
            ..
        } = tally;
        let verdict = analysis.verdicts.get(name).copied();
        let want = verdict_of(came, through);
        let told = || {
            format!(
                "{name}: {came} came, {through} got through\n{:#?}\n{}",
                analysis,
                source(flow)
            )
        };
        prop_assert_eq!(verdict, want, "{}", told());
        let stops = want != Some(Verdict::Works);
        let mut warnings = analysis
            .findings
            .iter()
            .filter(|finding| finding.severity > Severity::Info);
        let worth_a_look = warnings.any(|finding| finding.code != FindingCode::ExpectationBroken);
        prop_assert!(
            want != Some(Verdict::Breaks) || worth_a_look,
            "a break in silence: {}",
            told()
        );
        let dead_end = is_said(&analysis, entry, &[FindingCode::DeadEnd]);
        prop_assert!(!dead_end || stops, "a dead end that nobody comes to: {}", told());
        let no_address = is_said(&analysis, entry, &[FindingCode::NoVerifiedAddress]);
        prop_assert!(
            !no_address || (lacked_address && stops),
            "no address is missing: {}",
            told()
        );
        let announced = is_said(
            &analysis,
            entry,
            &[FindingCode::JitOffFactor, FindingCode::JitOffFactorSome],
        );
        prop_assert!(
            !announced || (lacked && stops),
            "announced, but nobody is stopped so: {}",
            told()
        );
        for (taken, end) in gone.iter().filter(|_| !analysis.picture.cut) {
            let is_drawn = walk::has(&analysis.picture, facts, taken, end);
            prop_assert!(is_drawn, "not drawn: {:?} to {:?}: {}", taken, end, told());
        }
        prop_assert_eq!(
            steps_said(&analysis, Some(entry), FindingCode::FactorSkipped),
            factors(flow, &spared),
            "spared: {}",
            told()
        );
        let none_asked = |step: Option<u32>| !asked.iter().any(|(number, _)| Some(*number) == step);
        let mut spares_all = analysis.findings.iter().filter(|finding| finding.is_for_all);
        prop_assert!(
            spares_all.all(|finding| finding.connection.as_ref() != entry.connection() || none_asked(finding.step)),
            "asked all the same: {}",
            told()
        );
        all.run.append(&mut run);
        all.missing.append(&mut missing);
        all.nobody_known |= nobody_known;
        prop_assert!(no_address || !lacked_address || !stops, "not announced: {}", told());
        prop_assert!(announced || !lacked || !stops, "not announced: {}", told());
    }
    of_the_script(flow, &analysis, &all)
}

/// What is said of the script itself.
fn of_the_script(flow: &SignInFlow, analysis: &Analysis, all: &Tally) -> Result<(), TestCaseError> {
    let told = || format!("{analysis:#?}\n{}", source(flow));
    let says = |code| analysis.findings.iter().any(|finding| finding.code == code);
    let missing = steps_said(analysis, None, FindingCode::StepMissing);
    prop_assert!(missing.is_subset(&all.missing), "{}", told());
    prop_assert!(!says(FindingCode::FirstFactorMissing) || all.nobody_known, "{}", told());
    // It says that it has not followed everybody who fails again and again.
    if says(FindingCode::NotFullyExplored) {
        return Ok(());
    }
    prop_assert_eq!(missing, all.missing.clone(), "{}", told());
    prop_assert_eq!(says(FindingCode::FirstFactorMissing), all.nobody_known, "{}", told());
    // Where a script fails it may be that it never comes to a step.
    if flow.script.is_some() && !says(FindingCode::ScriptError) && !says(FindingCode::ScriptLimit) {
        let numbers = 1..=u32::try_from(flow.steps.len()).expect("few");
        let never: BTreeSet<u32> = numbers.filter(|number| !all.run.contains(number)).collect();
        let said = steps_said(analysis, None, FindingCode::UnreachableStep);
        prop_assert_eq!(said, never, "{}", told());
    }
    Ok(())
}

/// The steps that findings of this kind are about, of people who come in by `entry`.
fn steps_said(analysis: &Analysis, entry: Option<&AuthOption>, code: FindingCode) -> BTreeSet<u32> {
    let connection = entry.and_then(AuthOption::connection);
    let said = analysis.findings.iter();
    said.filter(|finding| finding.code == code && finding.connection.as_ref() == connection)
        .filter_map(|finding| finding.step)
        .collect()
}

/// Those of the steps that are there to confirm somebody; none where no script spares anybody.
fn factors(flow: &SignInFlow, steps: &BTreeSet<(u32, bool)>) -> BTreeSet<u32> {
    let confirms = |&&(step, by_passkey): &&(u32, bool)| {
        let options = &flow.steps[step as usize - 1].options;
        // Who comes in by a passkey has shown two factors.
        let only_confirms = options.iter().all(AuthOption::can_confirm) && !by_passkey;
        only_confirms || options.iter().any(|option| option.is_second() || option.is_code())
    };
    let all = steps.iter().filter(confirms).map(|(step, _)| *step);
    all.filter(|_| flow.script.is_some()).collect()
}

/// `None` where nobody comes.
fn verdict_of(came: usize, through: usize) -> Option<Verdict> {
    match (came, through) {
        (0, _) => None,
        (came, through) if came == through => Some(Verdict::Works),
        (_, 0) => Some(Verdict::Breaks),
        (_, _) => Some(Verdict::Depends),
    }
}

/// The options that say who somebody is, by where people come from.
fn entries_of(flow: &SignInFlow) -> BTreeMap<String, Vec<AuthOption>> {
    let mut entries: BTreeMap<String, Vec<AuthOption>> = BTreeMap::new();
    for option in flow
        .steps
        .iter()
        .flat_map(|step| &step.options)
        .filter(|option| !option.is_second())
    {
        let of_origin = entries.entry(names(option).0.to_owned()).or_default();
        if !of_origin.contains(option) {
            of_origin.push(option.clone());
        }
    }
    entries
}

fn is_said(analysis: &Analysis, entry: &AuthOption, codes: &[FindingCode]) -> bool {
    analysis
        .findings
        .iter()
        .any(|finding| codes.contains(&finding.code) && finding.connection.as_ref() == entry.connection())
}

fn cases() -> u32 {
    let more = std::env::var("DOORWARD_TRUTH_CASES").ok();
    more.and_then(|number| number.parse().ok()).unwrap_or(2_000)
}

/// Cases in which analyser and engine have disagreed are run first, every time.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: cases().div_ceil(2),
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/truth/disagreements.txt",
        ))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_the_analyser_says_is_what_happens(steps in steps(), script in script(), facts in facts()) {
        compare(&SignInFlow { steps, script }, &facts)?;
    }

    // The other half of the cases, by other chances, on another core.
    #[test]
    fn what_happens_is_what_the_analyser_says(steps in steps(), script in script(), facts in facts()) {
        compare(&SignInFlow { steps, script }, &facts)?;
    }
}
