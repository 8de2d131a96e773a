//! What became of a provider's answer that leads to no sign-in, at an address of its own. The answer counts once (S24):
//! loaded again, it would be refused as used. This page can be loaded again, and shown in another language; also where a
//! script has ended the sign-in and nothing is kept of it.

use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_app::hosted::{UserMessage, names};
use doorward_domain::engine::{Denial, Denied, SignIn};
use doorward_domain::id::{ConnectionId, TransactionId};
use doorward_domain::secret::SecretText;
use doorward_oidc::authorize::{AuthorizationRequest, ClaimsRequest};
use doorward_vault::Purpose;
use serde::{Deserialize, Serialize};

use super::loaded::{Chosen, closed, load};
use super::page;
use super::trouble::{self, Left, Stop};
use crate::signin::carrier;
use crate::signin::cookie;
use crate::signin::dispatcher::{self, Failed};
use crate::signin::hop::Hop;
use crate::signin::transaction::{Home, Target, Transaction};

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
    /// What the application asked for, where nothing else is kept of the sign-in.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    request: Option<Box<AuthorizationRequest>>,
}

/// What is needed of a request to answer it with an error: addresses are short.
fn needed(request: &AuthorizationRequest) -> AuthorizationRequest {
    AuthorizationRequest {
        nonce: None,
        code_challenge: None,
        login_hint: None,
        acr_values: vec![],
        claims: ClaimsRequest::default(),
        hinted_subject: None,
        ..request.clone()
    }
}

/// Binds it to the transaction and, through its binding, to the browser.
fn context(id: &TransactionId, binding: &SecretText) -> String {
    format!("stopped {id} {}", binding.expose())
}

/// Whether the page can be asked for again: not what is tried again with the answer itself (F10), and trouble of ours,
/// which the next request may not have.
pub(super) fn is_lasting(failed: &Failed) -> bool {
    let message = failed.fault.user_message();
    let is_ours = matches!(message, UserMessage::ServiceBusy | UserMessage::SomethingWentWrong);
    failed.sealed.is_none() && !is_ours
}

/// Where the page is shown.
pub(super) fn address(hop: &Hop, transaction: &Transaction, stop: &Stop) -> String {
    let told = Told {
        number: stop.message.number(),
        request_id: stop.request_id.clone(),
        connection: stop.connection.as_ref().map(|connection| connection.id.clone()),
        left: stop.left,
        request: transaction
            .request()
            .filter(|_| stop.left == Left::Ended)
            .map(|request| Box::new(needed(request))),
    };
    // These types always print.
    let json = serde_json::to_vec(&told).unwrap_or_default();
    let context = context(&transaction.id, &transaction.binding);
    let sealed = hop.state.keyring.seal(Purpose::Page, context.as_bytes(), &json);
    let page = dispatcher::address(transaction);
    format!("{page}/stopped?{}={}", names::SEALED, cookie::encode(&sealed))
}

fn open(hop: &Hop, id: &TransactionId, binding: &SecretText, sealed: &str) -> Option<Told> {
    let sealed = cookie::decode(sealed)?;
    let context = context(id, binding);
    let json = hop
        .state
        .keyring
        .open(Purpose::Page, context.as_bytes(), &sealed)
        .ok()?;
    serde_json::from_slice(&json).ok()
}

impl Told {
    fn stop(self, hop: &Hop) -> Option<Stop> {
        let connection = self.connection.as_ref().and_then(|id| hop.snapshot.connection(id));
        Some(Stop {
            message: UserMessage::of_number(self.number)?,
            request_id: self.request_id,
            connection: connection.cloned(),
            left: self.left,
        })
    }
}

/// What is told of a sign-in that a script has ended, with what is left of it: whom it was for.
fn ended(hop: &Hop, id: &str, sealed: &str) -> Option<(Transaction, Stop)> {
    let id = id.parse::<TransactionId>().ok()?;
    let binding = carrier::binding(hop, &id)?;
    let mut told = open(hop, &id, &binding, sealed)?;
    let request = told.request.take()?;
    let transaction = Transaction {
        id,
        binding,
        target: Target::Application(request),
        state: SignIn::Denied(Denied {
            reason: Denial::ByScript,
            step: 0,
        }),
        script_log: vec![],
        asked: None,
        rests_on_session: false,
        home: Home::Row { version: 0 },
    };
    Some((transaction, told.stop(hop)?))
}

/// Sends the browser to the page that says why an answer was refused, or says it at once where that page would not last.
/// `asked` is the transaction the answer names.
#[must_use]
pub fn tell(mut hop: Hop, failed: Failed, asked: Option<&TransactionId>) -> Response {
    let transaction = failed.transaction.as_deref();
    let Some(transaction) = transaction.filter(|_| is_lasting(&failed)) else {
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
    if let Some((transaction, stop)) = ended(&hop, &id, &sealed) {
        let chosen = ui_locales.as_deref().filter(|tags| tags.len() <= 100);
        return trouble::show(&hop, &transaction, &stop, chosen);
    }
    let loaded = match load(hop, &id, Chosen { ui_locales }).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    let transaction = &loaded.transaction;
    let told = open(&loaded.hop, &transaction.id, &transaction.binding, &sealed);
    match told.and_then(|told| told.stop(&loaded.hop)) {
        Some(stop) => trouble::show(&loaded.hop, &loaded.transaction, &stop, loaded.language()),
        None => page::redirect(&dispatcher::address(&loaded.transaction)),
    }
}
