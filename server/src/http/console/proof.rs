//! Which of the console's functions want to be shown anew that it is the administrator who asks (security.md S48): those
//! that decide who gets in as whom, and those that take something away for good. What ends an attack, such as disabling
//! somebody, asks for nothing.

use doorward_app::api::error::ConsoleError;
use doorward_app::api::session::Entrance;
use doorward_domain::id::AccountId;

use crate::signin::console::{console_session, is_proven, view};
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;

/// Their addresses, below `/console/fn/`.
const FUNCTIONS: [&str; 26] = [
    "applications/create",
    "applications/delete",
    "applications/flow",
    "applications/flow-edit",
    "applications/new-secret",
    "applications/protocol",
    "applications/remove-script-secret",
    "applications/set-script-secret",
    "connections/attributes",
    "connections/create",
    "connections/delete",
    "connections/enabled",
    "connections/factor-holders/erase",
    "connections/factor-holders/erase-all",
    "connections/jit",
    "connections/repair",
    "connections/settings",
    "users/create",
    "users/delete",
    "users/enable",
    "users/password",
    "users/profile",
    "users/remove-passkey",
    "users/reset-factor",
    "users/role",
    "users/unlink",
];

fn is_wanted(path: &str) -> bool {
    path.strip_prefix("/console/fn/")
        .is_some_and(|function| FUNCTIONS.contains(&function))
}

/// Who calls the function at `path`, if an administrator does, and whether they may.
pub async fn entrance(hop: &Hop, path: &str) -> (Option<AccountId>, Entrance) {
    let visitor = match console_session(hop).await {
        Ok(Some(visitor)) => visitor,
        Ok(None) => return (None, Err(ConsoleError::SignedOut)),
        Err(fault) => return (None, Err(unreadable(&fault))),
    };
    let administrator = Some(visitor.account.id.clone());
    let entrance = if is_wanted(path) {
        match is_proven(hop, &visitor).await {
            Ok(true) => Ok(view(&visitor.account)),
            Ok(false) => Err(ConsoleError::Unproven),
            Err(fault) => Err(unreadable(&fault)),
        }
    } else {
        Ok(view(&visitor.account))
    };
    (administrator, entrance)
}

fn unreadable(fault: &SignInFault) -> ConsoleError {
    tracing::warn!(
        error = fault as &dyn std::error::Error,
        "a console session could not be read"
    );
    ConsoleError::Unavailable
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::axum::server_fn_paths;

    use super::*;

    #[test]
    fn every_name_is_a_functions() {
        let paths: Vec<&str> = server_fn_paths().map(|(path, _)| path).collect();
        for function in FUNCTIONS {
            let path = format!("/console/fn/{function}");
            assert!(paths.contains(&path.as_str()), "{function}");
        }
    }
}
