//! The analyser on what is saved or about to be saved.

use doorward_app::api::connection::{ApplicationFindings, SaveMode};
use doorward_app::api::error::ConsoleError;
use doorward_domain::analysis::{Analysis, ConnectionFacts, analyse, brought};
use doorward_domain::application::Application;
use doorward_domain::connection::Connection;
use doorward_domain::finding::{Finding, Severity};
use doorward_domain::flow::SignInFlow;

/// Analyses a flow beside these connections.
pub fn run(flow: &SignInFlow, connections: &[Connection]) -> Analysis {
    let facts: Vec<ConnectionFacts> = connections.iter().map(ConnectionFacts::from).collect();
    analyse(flow, &facts)
}

/// The findings of an application as it is; one that is switched off signs nobody in and has none.
#[must_use]
pub fn findings_of(application: &Application, connections: &[Connection]) -> Vec<Finding> {
    if application.enabled {
        run(&application.flow, connections).findings
    } else {
        Vec::new()
    }
}

/// What a change of connections means for the applications that name `handle`; those without findings are left out.
pub fn touched(
    applications: &[Application],
    handle: &doorward_domain::text::Handle,
    connections: &[Connection],
) -> Vec<ApplicationFindings> {
    let names_it = |application: &&Application| application.flow.connections().contains(handle);
    applications
        .iter()
        .filter(names_it)
        .map(|application| ApplicationFindings {
            application: application.handle.to_string(),
            name: application.name.clone(),
            findings: findings_of(application, connections),
        })
        .filter(|found| !found.findings.is_empty())
        .collect()
}

/// Refuses a change that nobody confirmed and that brings an error which was not there before (design.md §4.1).
pub fn confirm(mode: SaveMode, before: &[Finding], after: &[Finding]) -> Result<(), ConsoleError> {
    let breaks = brought(before, after)
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    match mode {
        SaveMode::UnlessItBreaks if breaks => Err(ConsoleError::Unconfirmed),
        SaveMode::UnlessItBreaks | SaveMode::Save | SaveMode::DryRun => Ok(()),
    }
}
