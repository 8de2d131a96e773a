//! What scripts cost: one run in its worker, and the analysis of a large flow.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use doorward_domain::analysis::{ConnectionFacts, analyse};
use doorward_domain::flow::{SignInFlow, Step};
use doorward_domain::script::{Event, Question, RunEnd, StepOutcome};
use doorward_sandbox::Pool;
use serde_json::json;

use crate::report::ms;
use crate::server::largest_child;

/// The argument with which the product serves scripts.
const WORKER: &str = "sandbox-worker";
/// The remedy of the guide, as scripts are.
const ONE: &str = "
var onLoginRequest = function (context) {
    executeStep(1, {
        onSuccess: function (context) {
            if (context.steps[1].idp === 'LOCAL') { executeStep(2); }
        }
    });
};";
const CONNECTIONS: usize = 8;
const STEPS: usize = 5;
const LINES: usize = 100;

/// Prints both as a table.
///
/// # Errors
/// When the product runs no scripts.
pub async fn print(binary: &Path, time: Duration) -> Result<()> {
    let pool = Pool::new(binary.to_owned(), WORKER, 1);
    println!("## Scripts\n\n| operation | p50 | p95 |\n| --- | ---: | ---: |");
    let asked = Question {
        call: "step".to_owned(),
        args: vec![json!(1), json!("idp")],
    };
    let events = [
        Event::Stepped(1, StepOutcome::Success),
        Event::Told(asked, json!("LOCAL")),
    ];
    let mut runs = Vec::new();
    let start = Instant::now();
    while start.elapsed() < time || runs.is_empty() {
        let begun = Instant::now();
        let run = pool.run(ONE, &events).await?;
        runs.push(begun.elapsed());
        ensure!(
            matches!(run.end, RunEnd::Step(_)),
            "the script ended elsewhere: {:?}",
            run.end
        );
    }
    row("one run of a script in its worker", runs);
    let (flow, connections) = large()?;
    let mut analyses = Vec::new();
    let start = Instant::now();
    while start.elapsed() < time || analyses.is_empty() {
        let begun = Instant::now();
        let analysis = tokio::task::block_in_place(|| {
            let mut engine = pool.blocking(tokio::runtime::Handle::current());
            analyse(&flow, &connections, &mut engine)
        });
        analyses.push(begun.elapsed());
        ensure!(analysis.explored_paths > 0, "nothing was analysed: {analysis:?}");
    }
    let name = format!("analysis of {STEPS} steps, {CONNECTIONS} connections and a script of {LINES} lines");
    row(&name, analyses);
    println!();
    Ok(())
}

/// One script of the corpus that the tests run as well.
#[derive(serde::Deserialize)]
struct Hostile {
    name: String,
    body: String,
}

/// Prints how long hostile scripts last, and how much memory a worker takes for them (F29).
///
/// # Errors
/// When one of them ends as if nothing were wrong.
pub async fn print_hostile(binary: &Path) -> Result<()> {
    let corpus: Vec<Hostile> = serde_json::from_str(include_str!("../../sandbox/tests/hostile.json"))?;
    let mut found = Vec::new();
    for Hostile { name, body } in corpus {
        let pool = Pool::new(binary.to_owned(), WORKER, 1);
        // A worker that has run something, as those of a server have.
        pool.run(ONE, &[]).await?;
        let before = largest_child();
        let source = format!("function onLoginRequest(context) {{ {body} }}");
        let begun = Instant::now();
        let run = pool.run(&source, &[]);
        tokio::pin!(run);
        let mut peak = before;
        let run = loop {
            match tokio::time::timeout(Duration::from_millis(1), &mut run).await {
                Ok(run) => break run?,
                Err(_) => peak = peak.max(largest_child()),
            }
        };
        let taken = begun.elapsed();
        // A script that asks without end is stopped by the server that answers it.
        let is_stopped = matches!(
            run.end,
            RunEnd::Limit { .. } | RunEnd::Broken { .. } | RunEnd::Ask { .. }
        );
        ensure!(is_stopped, "{name} ended as {:?}", run.end);
        found.push((taken, peak.max(largest_child()) - before, name));
    }
    println!("| {} hostile scripts | | which |\n| --- | ---: | --- |", found.len());
    if let Some((taken, _, name)) = found.iter().max_by_key(|(taken, ..)| *taken) {
        println!("| the longest ends after | {} | {name} |", ms(*taken));
    }
    if let Some((_, memory, name)) = found.iter().max_by_key(|(_, memory, _)| *memory) {
        println!("| the largest takes | {:.1} MB | {name} |\n", *memory as f64 / 1e6);
    }
    Ok(())
}

/// A first step with every connection, second factors after it, and a script that decides about each by what somebody
/// came with.
fn large() -> Result<(SignInFlow, Vec<ConnectionFacts>)> {
    let mut connections = Vec::new();
    let mut first = vec!["password".parse()?];
    for number in 1..=CONNECTIONS {
        let handle = format!("idp-{number}");
        first.push(format!("connection:{handle}").parse()?);
        connections.push(ConnectionFacts {
            display_name: handle.clone(),
            handle: handle.parse()?,
            enabled: true,
            jit: number % 2 == 0,
            otp_to_asserted_email: false,
            factors_without_account: false,
            trusts_factors: false,
            may_link: true,
        });
    }
    let mut steps = vec![Step { options: first }];
    for number in 1..STEPS {
        let option = if number % 2 == 0 { "email_otp" } else { "totp" };
        steps.push(Step {
            options: vec![option.parse()?],
        });
    }
    let mut script =
        String::from("var onLoginRequest = function (context) {\n executeStep(1, { onSuccess: function (context) {\n");
    for number in 2..=STEPS {
        let line = format!("  if (context.steps[1].idp === 'idp-{number}') {{ executeStep({number}); }}\n");
        script.push_str(&line);
    }
    script.push_str("  if (isMemberOfAnyOfGroups(context.currentKnownSubject, ['staff'])) { executeStep(2); }\n");
    let end = " } });\n};\n";
    while script.lines().count() + end.lines().count() < LINES {
        script.push_str("  var note = 'nothing is decided here';\n");
    }
    script.push_str(end);
    ensure!(
        script.lines().count() == LINES,
        "the script has {} lines",
        script.lines().count()
    );
    let flow = SignInFlow {
        steps,
        script: Some(script),
    };
    Ok((flow, connections))
}

fn row(name: &str, mut taken: Vec<Duration>) {
    taken.sort_unstable();
    let at = |percent: usize| taken[(taken.len() - 1) * percent / 100];
    let ms = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
    println!("| {name} | {} | {} |", ms(at(50)), ms(at(95)));
}
