//! The analyser on what is saved or about to be saved.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use doorward_app::api::connection::{ApplicationFindings, SaveMode};
use doorward_app::api::error::ConsoleError;
use doorward_domain::analysis::{
    Analysis, ConnectionFacts, NoScripts, ScriptFacts, analyse_expecting, brought, stopped_without_account, with_linked,
};
use doorward_domain::application::Application;
use doorward_domain::connection::Connection;
use doorward_domain::expectation::Expectation;
use doorward_domain::finding::{Finding, Severity};
use doorward_domain::flow::SignInFlow;
use doorward_domain::id::ApplicationId;
use doorward_domain::text::Handle;
use doorward_storage::{Database, StorageError, link};

use crate::state::AppState;

/// Most analyses remembered; beyond it all are forgotten.
const REMEMBERED: usize = 2_000;

/// Analyses of flows with a script, by everything they depend on: lists ask for the same ones again and again.
#[derive(Default)]
pub struct Analyses(Mutex<HashMap<[u8; 32], Analysis>>);

impl Analyses {
    fn find(&self, key: &[u8; 32]) -> Option<Analysis> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep(&self, key: [u8; 32], analysis: &Analysis) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, analysis.clone());
    }
}

/// What scripts of an application may use; of an application that is not named, nothing is known.
#[must_use]
pub fn script_facts(state: &AppState, application: Option<&ApplicationId>) -> ScriptFacts {
    ScriptFacts {
        secrets: application.map(|id| state.peek().script_secret_names(id)),
        origins: Some(Arc::new(state.config.script_origins.clone())),
    }
}

/// Analyses a flow beside these connections, and what is expected of it. A script runs in the sandbox; the thread waits
/// for it.
pub fn run(
    state: &AppState,
    flow: &SignInFlow,
    connections: &[Connection],
    script: &ScriptFacts,
    expectations: &[Expectation],
) -> Analysis {
    let mut facts: Vec<ConnectionFacts> = connections.iter().map(ConnectionFacts::from).collect();
    if flow.script.is_none() {
        return analyse_expecting(flow, &facts, script, expectations, &mut NoScripts);
    }
    facts.sort_by(|a, b| a.handle.cmp(&b.handle));
    let key = doorward_vault::sha256(format!("{flow:?}{facts:?}{script:?}{expectations:?}").as_bytes());
    if let Some(known) = state.analyses.find(&key) {
        return known;
    }
    let analysis = tokio::task::block_in_place(|| {
        let mut engine = state.sandbox.blocking(tokio::runtime::Handle::current());
        analyse_expecting(flow, &facts, script, expectations, &mut engine)
    });
    state.analyses.keep(key, &analysis);
    analysis
}

/// The findings of an application as it is; one that is switched off signs nobody in and has none.
#[must_use]
pub fn findings_of(state: &AppState, application: &Application, connections: &[Connection]) -> Vec<Finding> {
    if application.enabled {
        let script = script_facts(state, Some(&application.id));
        let expected = &application.expectations;
        run(state, &application.flow, connections, &script, expected).findings
    } else {
        Vec::new()
    }
}

/// Adds how many people go on because their accounts are linked. Asks the database only where people are stopped.
///
/// # Errors
/// Those of the database.
pub async fn tell_linked(
    db: &impl Database,
    connections: &[Connection],
    findings: Vec<Finding>,
) -> Result<Vec<Finding>, StorageError> {
    let mut linked = BTreeMap::new();
    for handle in stopped_without_account(&findings) {
        let Some(connection) = connections.iter().find(|known| known.handle == handle) else {
            continue;
        };
        let count = link::count_of_connection(db, &connection.id).await?;
        linked.insert(handle, u64::try_from(count).unwrap_or(0));
    }
    Ok(with_linked(findings, |handle| linked.get(handle).copied().unwrap_or(0)))
}

/// What a change of connections means for the applications that name `handle`; those without findings are left out.
pub fn touched(
    state: &AppState,
    applications: &[Application],
    handle: &Handle,
    connections: &[Connection],
) -> Vec<ApplicationFindings> {
    let names_it = |application: &&Application| application.names(handle);
    applications
        .iter()
        .filter(names_it)
        .map(|application| ApplicationFindings {
            application: application.handle.to_string(),
            name: application.name.clone(),
            findings: findings_of(state, application, connections),
            affected: None,
        })
        .filter(|found| !found.findings.is_empty())
        .collect()
}

/// Refuses a change that nobody confirmed and that brings an error which was not there before (design.md §4.1). What was
/// found before is asked for only where that decides: it takes an analysis.
pub fn confirm(mode: SaveMode, before: impl FnOnce() -> Vec<Finding>, after: &[Finding]) -> Result<(), ConsoleError> {
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    match mode {
        SaveMode::UnlessItBreaks if after.iter().any(is_error) => {
            let before = before();
            if brought(&before, after).into_iter().any(is_error) {
                return Err(ConsoleError::Unconfirmed);
            }
            Ok(())
        }
        SaveMode::UnlessItBreaks | SaveMode::Save | SaveMode::DryRun => Ok(()),
    }
}
