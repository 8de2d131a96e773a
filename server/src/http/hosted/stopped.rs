//! What became of a provider's answer that leads to no sign-in, at an address of its own. The answer counts once (S24):
//! loaded again, it would be refused as used. This page can be loaded again, and shown in another language.

use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_app::hosted::{UserMessage, names};
use doorward_domain::id::{ConnectionId, TransactionId};
use doorward_vault::Purpose;
use serde::{Deserialize, Serialize};

use super::loaded::{Chosen, closed, load};
use super::page;
use super::trouble::{self, Left, Stop};
use crate::signin::cookie;
use crate::signin::dispatcher::{self, Failed};
use crate::signin::hop::Hop;
use crate::signin::transaction::Transaction;

/// What the page says, as it stands sealed in its address: nothing of it is secret, and nobody else makes one.
#[derive(Serialize, Deserialize)]
struct Told {
    #[serde(rename = "m")]
    number: u16,
    #[serde(rename = "r")]
    request_id: String,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    connection: Option<ConnectionId>,
    #[serde(rename = "l")]
    left: Left,
}

/// Binds it to the transaction and, through its binding, to the browser.
fn context(transaction: &Transaction) -> String {
    format!("stopped {} {}", transaction.id, transaction.binding.expose())
}

/// Whether the page can be asked for again: not what has no transaction here, or none any more, what is tried again with
/// the answer itself (F10), and trouble of ours, which the next request may not have.
pub(super) fn is_lasting(failed: &Failed, transaction: &Transaction) -> bool {
    let message = failed.fault.user_message();
    let is_ours = matches!(message, UserMessage::ServiceBusy | UserMessage::SomethingWentWrong);
    failed.sealed.is_none() && !is_ours && !trouble::is_gone(&failed.fault, transaction)
}

/// Where the page is shown.
pub(super) fn address(hop: &Hop, transaction: &Transaction, stop: &Stop) -> String {
    let told = Told {
        number: stop.message.number(),
        request_id: stop.request_id.clone(),
        connection: stop.connection.as_ref().map(|connection| connection.id.clone()),
        left: stop.left,
    };
    // These types always print.
    let json = serde_json::to_vec(&told).unwrap_or_default();
    let sealed = hop
        .state
        .keyring
        .seal(Purpose::Page, context(transaction).as_bytes(), &json);
    let page = dispatcher::address(transaction);
    format!("{page}/stopped?{}={}", names::SEALED, cookie::encode(&sealed))
}

fn open(hop: &Hop, transaction: &Transaction, sealed: &str) -> Option<Stop> {
    let sealed = cookie::decode(sealed)?;
    let json = hop
        .state
        .keyring
        .open(Purpose::Page, context(transaction).as_bytes(), &sealed)
        .ok()?;
    let told: Told = serde_json::from_slice(&json).ok()?;
    let connection = told.connection.as_ref().and_then(|id| hop.snapshot.connection(id));
    Some(Stop {
        message: UserMessage::of_number(told.number)?,
        request_id: told.request_id,
        connection: connection.cloned(),
        left: told.left,
    })
}

/// Sends the browser to the page that says why an answer was refused, or says it at once where that page would not last.
/// `asked` is the transaction the answer names.
#[must_use]
pub fn tell(mut hop: Hop, failed: Failed, asked: Option<&TransactionId>) -> Response {
    let transaction = failed.transaction.as_deref();
    let Some(transaction) = transaction.filter(|transaction| is_lasting(&failed, transaction)) else {
        // Where a sign-in is not open, the address of its page says so too.
        if let Some(id) = asked {
            hop.repeatable = closed(&failed.fault, id.as_str());
        }
        return trouble::failed(&hop, failed, None);
    };
    trouble::log(&hop, &failed.fault);
    let stop = Stop::of(&hop, &failed, transaction);
    let mut response = page::redirect(&address(&hop, transaction, &stop));
    trouble::keep(&hop, &failed, transaction, &mut response);
    response
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    sealed: String,
    ui_locales: Option<String>,
}

/// The page. An address that somebody else made leads to where the sign-in is.
pub(super) async fn show(hop: Hop, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    let Asked { sealed, ui_locales } = asked;
    let loaded = match load(hop, &id, Chosen { ui_locales }).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    match open(&loaded.hop, &loaded.transaction, &sealed) {
        Some(stop) => trouble::show(&loaded.hop, &loaded.transaction, &stop, loaded.language()),
        None => page::redirect(&dispatcher::address(&loaded.transaction)),
    }
}
