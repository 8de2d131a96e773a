//! A sign-in cannot go on: what the person sees, and what the log says.

use axum::response::Response;
use doorward_app::hosted::page::sign_in::{ConnectionOption, SignInOption};
use doorward_app::hosted::page::trouble::{OtherWays, Retry, Trouble, render};
use doorward_app::hosted::{UserMessage, names};
use doorward_domain::application::Application;
use doorward_domain::engine::{Denial, SignIn};

use super::model;
use super::page;
use crate::signin::codes::Pages;
use crate::signin::dispatcher::{self, Failed};
use crate::signin::fault::SignInFault;
use crate::signin::finish::Answer;
use crate::signin::hop::Hop;
use crate::signin::transaction::Transaction;
use crate::signin::{carrier, cookie};

/// The page after a move, whatever became of it.
#[must_use]
pub fn moved(hop: &Hop, moved: Result<Answer, Failed>) -> Response {
    match moved {
        Ok(answer) => page::answer(hop, answer),
        Err(fault) => failed(hop, fault, None),
    }
}

/// The page for a failed move.
#[must_use]
pub fn failed(hop: &Hop, failed: Failed, ui_locales: Option<&str>) -> Response {
    log(hop, &failed.fault);
    let message = failed.fault.user_message();
    let Some(transaction) = &failed.transaction else {
        return plain(hop, message, None, ui_locales);
    };
    let terms = hop.terms(transaction).ok();
    let application = terms.as_ref().and_then(|terms| terms.application());
    let wishes = model::wishes(hop, transaction, ui_locales);
    let mut shell = page::shell(hop, application, Some(&wishes));
    shell.csrf = model::csrf(hop, transaction);
    let connection = failed
        .connection
        .as_ref()
        .map(|connection| connection.display_name.clone());
    let trouble = Trouble {
        message,
        request_id: hop.request_id.clone(),
        connection,
        retry: retry(&failed, transaction),
        others: others(hop, &failed, transaction),
        back: None,
    };
    let mut response = page::html(page::status(message), &shell, render(&shell, &trouble));
    // Back at the choice: the journey that failed is over and its state is no good any more.
    // A sign-in that has gone on elsewhere meanwhile has a newer cookie, which stays.
    let keeps =
        carrier::version(transaction).is_none() && failed.sealed.is_none() && message != UserMessage::AlreadyUsed;
    if keeps && let Ok(cookies) = carrier::keep(&hop.state, &hop.headers, transaction) {
        cookie::append(response.headers_mut(), cookies);
    }
    response
}

/// A page without a transaction.
#[must_use]
pub fn plain(hop: &Hop, message: UserMessage, application: Option<&Application>, ui_locales: Option<&str>) -> Response {
    let shell = page::shell(hop, application, ui_locales);
    let trouble = Trouble {
        message,
        request_id: hop.request_id.clone(),
        connection: None,
        retry: None,
        others: None,
        back: None,
    };
    page::html(page::status(message), &shell, render(&shell, &trouble))
}

fn retry(failed: &Failed, transaction: &Transaction) -> Option<Retry> {
    let sealed = failed.sealed.clone()?;
    let action = format!("{}/resume", dispatcher::address(transaction));
    Some(Retry {
        action,
        fields: vec![(names::SEALED.to_owned(), sealed)],
    })
}

fn others(hop: &Hop, failed: &Failed, transaction: &Transaction) -> Option<OtherWays> {
    if failed.sealed.is_some() {
        return None;
    }
    // Whoever could not prove an account at another provider may prove it another way.
    if let (SignIn::AwaitingProof(_), true) = (&transaction.state, leads_back(&failed.fault)) {
        let action = dispatcher::address(transaction);
        return Some(OtherWays {
            sign_in_page: Some(action.clone()),
            connections: vec![],
            action,
        });
    }
    let terms = hop.terms(transaction).ok()?;
    let options = model::options(hop, &terms, transaction, &Pages::default()).filter(|options| !options.is_empty())?;
    let is_form = |option: &SignInOption| matches!(option, SignInOption::Password | SignInOption::ByMail(_));
    let has_password = options.iter().any(is_form);
    let mut connections: Vec<ConnectionOption> = options
        .into_iter()
        .filter_map(|option| match option {
            SignInOption::Connection(connection) => Some(connection),
            SignInOption::Password
            | SignInOption::ByMail(_)
            | SignInOption::Code(_)
            | SignInOption::MailCode(_)
            | SignInOption::BackupCode(_)
            | SignInOption::Passkey(_) => None,
        })
        .collect();
    // Through the same provider the same would come of it.
    let lacks = matches!(
        failed.fault,
        SignInFault::Denied(Denial::NeedsAccount | Denial::NoVerifiedAddress, _)
    );
    if let Some(refused) = failed.connection.as_ref().filter(|_| lacks) {
        connections.retain(|connection| connection.handle != refused.handle.as_str());
    }
    let action = dispatcher::address(transaction);
    (has_password || !connections.is_empty()).then(|| OtherWays {
        sign_in_page: has_password.then(|| action.clone()),
        connections,
        action,
    })
}

/// Whether it was about a provider that another way does without.
fn leads_back(fault: &SignInFault) -> bool {
    matches!(
        fault,
        SignInFault::ProvedAnother | SignInFault::Federation(_) | SignInFault::ConnectionUnusable
    )
}

fn log(hop: &Hop, fault: &SignInFault) {
    hop.state.metrics.sign_in(fault.word());
    let request_id = &hop.request_id;
    let error = fault as &dyn std::error::Error;
    match fault {
        SignInFault::Broken(_) => tracing::error!(request_id, error, "a sign-in failed"),
        SignInFault::Federation(fault) => {
            let explanation = fault.explanation();
            tracing::warn!(request_id, error, explanation, "a sign-in failed");
        }
        SignInFault::Storage(_) | SignInFault::Hashing(_) | SignInFault::ScriptsBusy => {
            tracing::warn!(request_id, error, "a sign-in failed");
        }
        _ => tracing::info!(request_id, error, "a sign-in was stopped"),
    }
}
