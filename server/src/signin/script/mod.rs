//! Runs the script of a sign-in: finds out what it asks, until it says what comes next (design.md §5).

mod effects;
mod facts;
mod http;
mod letters;
mod link;
mod migration;
mod people;
mod secrets;
mod token;

use doorward_domain::engine::{AwaitingScript, Denial, Proceeded, Progress, SignIn};
use doorward_domain::script::{EVENT_LIMIT, Limit, Run, RunEnd};
use doorward_domain::script_link;
use doorward_sandbox::PoolError;
use serde_json::{Value, json};

pub use effects::Sent;
use facts::Facts;
use link::{Association, Linked};
pub use token::Tokens;

use super::fault::SignInFault;
use super::hop::{Hop, Terms};
use super::refusal;
use super::transaction::Transaction;
use crate::log::chain;

/// Longest log that is kept of one sign-in, in bytes.
const LOG_LIMIT: usize = 8 * 1024;

/// What a script led to.
pub struct Resolved {
    pub state: SignIn,
    pub sent: Sent,
    /// What it wrote since the sign-in began; `None` where it was not run.
    pub log: Option<Vec<String>>,
    /// The account it linked, to be written with the step.
    pub association: Option<Association>,
}

/// What a script led to, before anything of it takes effect.
pub struct Ran {
    pub state: SignIn,
    /// The last run, where there was one.
    pub last: Option<Run>,
    pub association: Option<Association>,
}

/// Runs the script until it says what comes next; a state that waits for something else stays as it is. A refusal by
/// the script is on record then.
///
/// # Errors
/// `EndedByScript` for `fail()`, `DeniedByScript`, those of the database.
pub async fn resolve(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    state: SignIn,
) -> Result<Resolved, SignInFault> {
    let SignIn::AwaitingScript(awaiting) = &state else {
        return Ok(Resolved {
            state,
            sent: Sent::default(),
            log: None,
            association: None,
        });
    };
    let before = awaiting.progress().clone();
    let Ran {
        state: next,
        last,
        association,
    } = run(hop, terms, transaction, state).await?;
    if let SignIn::Denied(denied) = &next
        && matches!(
            denied.reason,
            Denial::ByScript | Denial::ScriptFailed(_) | Denial::NoOptionLeft | Denial::Incomplete
        )
    {
        let told = last.as_ref().map_or(Value::Null, told);
        refusal::record_script(hop, terms, denied.reason, &before, told).await;
        let ends = last.as_ref().is_some_and(|run| matches!(run.end, RunEnd::Fail { .. }));
        return Err(if ends {
            SignInFault::EndedByScript
        } else {
            SignInFault::DeniedByScript(denied.reason)
        });
    }
    Ok(Resolved {
        state: next,
        sent: Sent::of_run(hop, terms, last.as_ref()),
        log: last.as_ref().map(log),
        association,
    })
}

/// The lines a script wrote, as many as are kept.
#[must_use]
pub fn log(run: &Run) -> Vec<String> {
    let mut left = LOG_LIMIT;
    let mut lines = Vec::new();
    for line in &run.log {
        let text = format!("{}: {}", line.level, line.text);
        let Some(rest) = left.checked_sub(text.len()) else {
            lines.push("… more than is kept".to_owned());
            break;
        };
        left = rest;
        lines.push(text);
    }
    lines
}

/// What the log keeps of a run that let nobody through: where and why, and what the author wrote.
fn told(run: &Run) -> Value {
    let log = log(run);
    match &run.end {
        RunEnd::Broken { message, line } => json!({"message": message, "line": line, "log": log}),
        RunEnd::Limit { limit } => json!({"limit": limit.as_str(), "log": log}),
        RunEnd::Fail { code, message, line } => json!({"code": code, "message": message, "line": line, "log": log}),
        RunEnd::SendError { line } => json!({"line": line, "log": log}),
        RunEnd::Step(request) => json!({"step": request.step, "line": request.line, "log": log}),
        RunEnd::Ask { .. } | RunEnd::Done => json!({"log": log}),
    }
}

/// Runs the script of a state that waits for it, without setting or recording anything.
///
/// # Errors
/// Those of the database; `Broken` when there is no process to run it in.
pub async fn run(hop: &Hop, terms: &Terms, transaction: &Transaction, mut state: SignIn) -> Result<Ran, SignInFault> {
    let mut last = None;
    let mut source = None;
    let mut association = None;
    let mut facts = Facts::new(hop, terms, transaction);
    while let SignIn::AwaitingScript(awaiting) = state {
        let text = match source.take() {
            Some(text) => text,
            None => find_source(hop, terms, awaiting.progress()).await?,
        };
        let (mut run, next) = once(hop, terms, &mut facts, &mut association, awaiting, text.as_deref()).await?;
        if let Some(before) = last.take() {
            let Run { effects, .. } = before;
            // Each run repeats what was done before it; what it does is what counts.
            if run.effects.is_empty() {
                run.effects = effects;
            }
        }
        last = Some(run);
        source = Some(text);
        state = next;
    }
    Ok(Ran {
        state,
        last,
        association,
    })
}

async fn once(
    hop: &Hop,
    terms: &Terms,
    facts: &mut Facts<'_>,
    association: &mut Option<Association>,
    awaiting: AwaitingScript,
    source: Option<&str>,
) -> Result<(Run, SignIn), SignInFault> {
    let run = match source {
        Some(source) if awaiting.progress().events().len() <= EVENT_LIMIT => {
            let owner = terms.application().map_or("", |application| application.id.as_str());
            let ran = hop.state.sandbox.run_for(owner, source, awaiting.progress().events());
            ran.await.map_err(|error| {
                if matches!(error, PoolError::Busy) {
                    return SignInFault::ScriptsBusy;
                }
                tracing::error!(error = chain(&error), "a script could not be run");
                SignInFault::Broken("a script could not be run")
            })?
        }
        Some(_) => ended(RunEnd::Limit { limit: Limit::Calls }),
        None => ended(RunEnd::Broken {
            message: "The version of the script that this sign-in began with is gone.".to_owned(),
            line: None,
        }),
    };
    let next = match awaiting.proceed(run.end.clone(), &terms.demands(), hop.now)? {
        Proceeded::Next(next) => *next,
        Proceeded::Ask(awaiting, question) if question.call == script_link::QUESTION => {
            let told = match link::link(hop, terms, awaiting.progress(), &question).await? {
                Linked::Told(answer) => awaiting.tell(question, answer.into()),
                Linked::Now(linked) => {
                    let (person, new) = *linked;
                    *association = Some(new);
                    facts.forget_account();
                    awaiting.associate(question, person)
                }
            };
            SignIn::AwaitingScript(told)
        }
        Proceeded::Ask(awaiting, question) => {
            let answer = facts.answer(awaiting.progress(), awaiting.known(), &question).await?;
            SignIn::AwaitingScript(awaiting.tell(question, answer))
        }
    };
    Ok((run, next))
}

fn ended(end: RunEnd) -> Run {
    Run {
        end,
        log: vec![],
        effects: vec![],
    }
}

/// The source a sign-in began with, whatever the application's script is now.
async fn find_source(hop: &Hop, terms: &Terms, progress: &Progress) -> Result<Option<String>, SignInFault> {
    let (Some(version), Some(application)) = (progress.script_version(), terms.application()) else {
        return Ok(None);
    };
    if let Some(source) = &application.flow.script
        && doorward_storage::script::version(source) == version
    {
        return Ok(Some(source.clone()));
    }
    Ok(doorward_storage::script::find(hop.state.store.read(), &application.id, version).await?)
}
