//! What the analyser says is true: random flows, scripts, connections and people, run to their end by the engine of
//! sign-ins, and compared. `DOORWARD_TRUTH_CASES` runs more than CI does.

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

use doorward_domain::analysis::{Analysis, ConnectionFacts, Place, Verdict, analyse};
use doorward_domain::finding::FindingCode;
use doorward_domain::flow::{AuthOption, SignInFlow};
use doorward_domain::script::names;
use doorward_sandbox::Engine;
use flows::{facts, source, steps};
use people::{Case, Remembering};
use proptest::prelude::*;
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
    ways: BTreeSet<(Vec<(u32, AuthOption)>, Place)>,
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
        tally.ways.append(&mut fared.ways);
    }
    tally
}

fn compare(flow: &SignInFlow, facts: &[ConnectionFacts]) -> Result<(), TestCaseError> {
    let analysis = analyse(flow, facts, &mut Engine::default());
    if analysis.truncated {
        let says_so = analysis
            .findings
            .iter()
            .any(|f| f.code == FindingCode::NotFullyExplored);
        prop_assert!(says_so, "silence would be a promise: {:?}", analysis);
        return Ok(());
    }
    for (name, ways) in &entries_of(flow) {
        let entry = &ways[0];
        let Tally {
            came,
            through,
            lacked_account: lacked,
            lacked_address,
            ways: gone,
        } = simulate(flow, facts, ways);
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
        prop_assert!(no_address || !lacked_address || !stops, "not announced: {}", told());
        prop_assert!(announced || !lacked || !stops, "not announced: {}", told());
    }
    Ok(())
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

proptest! {
    #![proptest_config(ProptestConfig { cases: cases().div_ceil(2), max_shrink_iters: 200, ..ProptestConfig::default() })]

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
