//! Which of the console's functions are done without being shown anew that it is the administrator who asks (security.md
//! S48): those that change nothing, decide nothing about who gets in, or end an attack, such as disabling somebody. All
//! others want a proof of the last quarter of an hour.

use doorward_app::api::error::ConsoleError;
use doorward_app::api::session::Entrance;
use doorward_domain::id::AccountId;

use crate::log::chain;
use crate::signin::console::{console_session, is_proven, view};
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;

/// Their addresses, below `/console/fn/`.
const FREE: [&str; 33] = [
    "applications/add-expectation",
    "applications/analyse",
    "applications/analysis",
    "applications/endpoints",
    "applications/find",
    "applications/flow-version",
    "applications/flow-versions",
    "applications/list",
    "applications/names",
    "applications/new-secret",
    "applications/rehearse",
    "applications/remove-expectation",
    "applications/script-secrets",
    "attempts/find",
    "attempts/list",
    "audit/list",
    "connections/applications",
    "connections/discover",
    "connections/factor-holders",
    "connections/find",
    "connections/kept-out",
    "connections/list",
    "connections/names",
    "connections/preview",
    "connections/test",
    "connections/test-report",
    "connections/usage",
    "overview",
    "theme",
    "users/disable",
    "users/find",
    "users/list",
    "users/sign-out",
];

fn is_free(path: &str) -> bool {
    path.strip_prefix("/console/fn/")
        .is_some_and(|function| FREE.contains(&function))
}

/// Who calls the function at `path`, if an administrator does, and whether they may.
pub async fn entrance(hop: &Hop, path: &str) -> (Option<AccountId>, Entrance) {
    let visitor = match console_session(hop).await {
        Ok(Some(visitor)) => visitor,
        Ok(None) => return (None, Err(ConsoleError::SignedOut)),
        Err(fault) => return (None, Err(unreadable(&fault))),
    };
    let administrator = Some(visitor.account.id.clone());
    let entrance = if is_free(path) {
        Ok(view(&visitor.account))
    } else {
        match is_proven(hop, &visitor).await {
            Ok(true) => Ok(view(&visitor.account)),
            Ok(false) => Err(ConsoleError::Unproven),
            Err(fault) => Err(unreadable(&fault)),
        }
    };
    (administrator, entrance)
}

fn unreadable(fault: &SignInFault) -> ConsoleError {
    tracing::warn!(error = chain(fault), "a console session could not be read");
    ConsoleError::Unavailable
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::axum::server_fn_paths;

    use super::*;

    #[test]
    fn every_name_is_a_functions() {
        let paths: Vec<&str> = server_fn_paths().map(|(path, _)| path).collect();
        for function in FREE {
            let path = format!("/console/fn/{function}");
            assert!(paths.contains(&path.as_str()), "{function}");
        }
    }
}
