//! `doorward check`: what the analyser says about every application (design.md §4.1).

use doorward_app::api::connection::ApplicationFindings;
use doorward_domain::finding::{Finding, Severity};
use doorward_storage::{application, connection};

use super::open_existing;
use super::out::plain;
use crate::config::Config;
use crate::service::{findings_of, tell_linked};

/// Prints every finding. `false` when one of them is an error.
///
/// # Errors
/// A sentence for the operator.
pub async fn run(config: Config) -> anyhow::Result<bool> {
    let state = open_existing(config).await?;
    let connections = connection::list(state.store.read()).await?;
    let applications = application::list(state.store.read()).await?;
    let mut found = Vec::with_capacity(applications.len());
    for application in &applications {
        let findings = findings_of(&state, application, &connections);
        found.push(ApplicationFindings {
            application: application.handle.to_string(),
            name: application.name.clone(),
            findings: tell_linked(state.store.read(), &connections, findings).await?,
            affected: None,
        });
    }
    print(&found, |_, _| "");
    let is_clean = !found
        .iter()
        .flat_map(|found| &found.findings)
        .any(|f| f.severity == Severity::Error);
    if is_clean {
        say!("{} checked: nobody is refused.", counted(found.len(), "application"));
    }
    Ok(is_clean)
}

/// One line for each finding, with what `mark` says of it at its end, then its story.
pub fn print(found: &[ApplicationFindings], mark: impl Fn(&ApplicationFindings, &Finding) -> &'static str) {
    for application in found {
        for finding in &application.findings {
            let place = finding.step.map(|step| format!(", step {step}")).unwrap_or_default();
            say!(
                "{}: {} ({}){place}: {}{}",
                word(&finding.severity),
                plain(&application.name),
                application.application,
                word(&finding.code),
                mark(application, finding)
            );
            say!("  {}", plain(&finding.story.join(" → ")));
        }
    }
}

/// The stable name of a code or a severity.
fn word(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_value(value).ok();
    text.and_then(|text| text.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// `1 application`, `2 applications`.
pub fn counted(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}
