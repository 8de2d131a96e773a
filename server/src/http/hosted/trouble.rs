//! A sign-in cannot go on: what the person sees, and what the log says.

use std::sync::Arc;

use axum::response::Response;
use doorward_app::hosted::page::form_post::FormPost;
use doorward_app::hosted::page::sign_in::{ConnectionOption, SignInOption};
use doorward_app::hosted::page::trouble::{Exit, OtherWays, Retry, Trouble, render};
use doorward_app::hosted::{PageShell, UserMessage, names};
use doorward_domain::application::Application;
use doorward_domain::connection::Connection;
use doorward_domain::engine::{Denial, Progress, SignIn};
use doorward_oidc::authorize::Delivery;
use doorward_storage::Contested;
use serde::{Deserialize, Serialize};

use super::model;
use super::page;
use super::stopped;
use crate::log::chain;
use crate::signin::codes::Pages;
use crate::signin::dispatcher::{self, Failed};
use crate::signin::fault::SignInFault;
use crate::signin::finish::{self, Answer};
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

/// What a page says of a move that failed.
pub(super) struct Stop {
    pub(super) message: UserMessage,
    /// The request in which it failed.
    pub(super) request_id: String,
    /// The connection it is about.
    pub(super) connection: Option<Arc<Connection>>,
    pub(super) left: Left,
}

/// What is left to the person then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Left {
    /// Every way of the step.
    #[serde(rename = "a")]
    All,
    /// Those that lead not through the connection it is about: there the same would come of it.
    #[serde(rename = "o")]
    Others,
    /// Every way, also to prove an account: it was about a provider that another way does without.
    #[serde(rename = "p")]
    WithoutProvider,
    /// The way back to the application: the rules stop everybody, whichever way they come.
    #[serde(rename = "b")]
    Back,
    /// The way back to the application, which hears of it from the person: nothing is kept of the sign-in.
    #[serde(rename = "e")]
    Ended,
    /// The sign-in is over, and its application cannot be told any more.
    #[serde(rename = "n")]
    Nothing,
}

impl Left {
    fn after(fault: &SignInFault, transaction: &Transaction) -> Self {
        match fault {
            SignInFault::ProvedAnother | SignInFault::Federation(_) | SignInFault::ConnectionUnusable => {
                Self::WithoutProvider
            }
            SignInFault::Denied(Denial::NeedsAccount | Denial::NoVerifiedAddress, _) => Self::Others,
            SignInFault::Denied(Denial::ScriptFailed(_) | Denial::Incomplete, _)
            | SignInFault::DeniedByScript(Denial::ScriptFailed(_) | Denial::Incomplete) => Self::Back,
            fault if is_gone(fault, transaction) => Self::Ended,
            fault if fault.contested() == Some(Contested::Transaction) => Self::Nothing,
            _ => Self::All,
        }
    }
}

/// Whether nothing is left of a sign-in that could be loaded again: what a script ends takes its row with it.
fn is_gone(fault: &SignInFault, transaction: &Transaction) -> bool {
    matches!(fault, SignInFault::DeniedByScript(Denial::ByScript)) && carrier::version(transaction).is_some()
}

impl Stop {
    pub(super) fn of(hop: &Hop, failed: &Failed, transaction: &Transaction) -> Self {
        Self {
            message: failed.fault.user_message(),
            request_id: hop.request_id.clone(),
            connection: failed.connection.clone(),
            left: Left::after(&failed.fault, transaction),
        }
    }
}

/// The page for a failed move.
#[must_use]
pub fn failed(hop: &Hop, failed: Failed, ui_locales: Option<&str>) -> Response {
    log(hop, &failed.fault);
    let Some(transaction) = &failed.transaction else {
        return plain(hop, failed.fault.user_message(), None, ui_locales);
    };
    let stop = Stop::of(hop, &failed, transaction);
    // What a form was told has an address too, for its language links.
    let is_told = hop.repeatable.is_none() && stopped::is_lasting(&failed);
    let again = is_told.then(|| stopped::address(hop, transaction, &stop));
    let sealed = failed.sealed.as_deref();
    let mut response = show_at(again, hop, transaction, &stop, sealed, ui_locales);
    keep(hop, &failed, transaction, &mut response);
    response
}

/// The page of what stopped somebody, at its own address.
pub(super) fn show(hop: &Hop, transaction: &Transaction, stop: &Stop, ui_locales: Option<&str>) -> Response {
    show_at(None, hop, transaction, stop, None, ui_locales)
}

/// The same, where it is not asked for at `address`; `sealed` is an answer to try again with.
fn show_at(
    address: Option<String>,
    hop: &Hop,
    transaction: &Transaction,
    stop: &Stop,
    sealed: Option<&str>,
    ui_locales: Option<&str>,
) -> Response {
    let terms = hop.terms(transaction).ok();
    let application = terms.as_ref().and_then(|terms| terms.application());
    let wishes = model::wishes(hop, transaction, ui_locales);
    let mut shell = page::shell(hop, application, Some(&wishes));
    shell.csrf = model::csrf(hop, transaction);
    shell.home = model::home(transaction);
    shell.address = shell.address.or(address);
    let others = others(hop, stop, transaction).filter(|_| sealed.is_none());
    let end = end(hop, stop, transaction).filter(|_| others.is_none());
    let trouble = Trouble {
        message: stop.message,
        request_id: stop.request_id.clone(),
        connection: stop
            .connection
            .as_ref()
            .map(|connection| connection.display_name.clone()),
        retry: sealed.map(|sealed| retry(sealed, transaction)),
        others,
        end,
        exit: exit(hop, stop, transaction),
    };
    page::html(page::status(stop.message), &shell, render(&shell, &trouble))
}

/// Back at the choice: the journey that failed is over and its state is no good any more. A sign-in that has gone on
/// elsewhere meanwhile has a newer cookie, which stays.
pub(super) fn keep(hop: &Hop, failed: &Failed, transaction: &Transaction, response: &mut Response) {
    let is_used = failed.fault.user_message() == UserMessage::AlreadyUsed;
    let keeps = carrier::version(transaction).is_none() && failed.sealed.is_none() && !is_used;
    if keeps && let Ok(cookies) = carrier::keep(&hop.state, &hop.headers, transaction) {
        cookie::append(response.headers_mut(), cookies);
    }
}

/// A page without a transaction. Where nothing is known of what somebody wanted, or it may be done, it leads to their
/// account.
#[must_use]
pub fn plain(hop: &Hop, message: UserMessage, application: Option<&Application>, ui_locales: Option<&str>) -> Response {
    let leads_on = matches!(message, UserMessage::PageNotFound | UserMessage::DifferentBrowser);
    let exit = leads_on.then_some(Exit::Account);
    let shell = page::shell(hop, application, ui_locales);
    without_sign_in(hop, &shell, message, exit)
}

/// What stopped the test of a connection; `settings` is where an administrator finds the connection again.
#[must_use]
pub fn of_test(hop: &Hop, message: UserMessage, settings: Option<String>) -> Response {
    let shell = page::shell(hop, None, None);
    without_sign_in(hop, &shell, message, settings.map(Exit::Console))
}

fn without_sign_in(hop: &Hop, shell: &PageShell, message: UserMessage, exit: Option<Exit>) -> Response {
    let trouble = Trouble {
        message,
        request_id: hop.request_id.clone(),
        connection: None,
        retry: None,
        others: None,
        end: None,
        exit,
    };
    page::html(page::status(message), shell, render(shell, &trouble))
}

fn retry(sealed: &str, transaction: &Transaction) -> Retry {
    Retry {
        action: format!("{}/resume", dispatcher::address(transaction)),
        fields: vec![(names::SEALED.to_owned(), sealed.to_owned())],
    }
}

/// Where the form posts to that ends the sign-in and tells the application so, as long as that can be told. Whoever is at
/// their own account goes back to it.
fn end(hop: &Hop, stop: &Stop, transaction: &Transaction) -> Option<String> {
    let is_alive = |progress: &Progress| progress.check_alive(hop.now).is_ok();
    let has_origin = transaction.request().is_some() || transaction.visitor().is_some();
    let is_heard = has_origin && hop.terms(transaction).is_ok();
    let is_open = is_heard && transaction.state.progress().is_some_and(is_alive);
    let may_end = !matches!(stop.left, Left::Ended | Left::Nothing);
    (is_open && may_end).then(|| dispatcher::address(transaction))
}

/// Where the person takes the answer of a sign-in that is over, as long as the application may still get it.
fn exit(hop: &Hop, stop: &Stop, transaction: &Transaction) -> Option<Exit> {
    let is_heard = stop.left == Left::Ended && hop.terms(transaction).is_ok();
    let request = transaction.request().filter(|_| is_heard)?;
    Some(match finish::not_allowed(hop, transaction, request).delivery {
        Delivery::Redirect(address) => Exit::Application(address),
        Delivery::FormPost { action, fields } => Exit::ApplicationByForm(FormPost {
            redirect_uri: action,
            fields: fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }),
    })
}

fn others(hop: &Hop, stop: &Stop, transaction: &Transaction) -> Option<OtherWays> {
    if matches!(stop.left, Left::Back | Left::Ended) {
        return None;
    }
    // Whoever could not prove an account at another provider may prove it another way.
    if let (SignIn::AwaitingProof(_), Left::WithoutProvider) = (&transaction.state, stop.left) {
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
    if let Some(refused) = stop.connection.as_ref().filter(|_| stop.left == Left::Others) {
        connections.retain(|connection| connection.handle != refused.handle.as_str());
    }
    let action = dispatcher::address(transaction);
    (has_password || !connections.is_empty()).then(|| OtherWays {
        sign_in_page: has_password.then(|| action.clone()),
        connections,
        action,
    })
}

pub(in crate::http) fn log(hop: &Hop, fault: &SignInFault) {
    hop.state.metrics.sign_in(fault.word());
    let request_id = &hop.request_id;
    let error = chain(fault);
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
