//! A verified answer that could not be written goes through the retry page and comes back (F10).

use doorward_domain::engine::Federated;
use doorward_vault::Purpose;
use serde::{Deserialize, Serialize};

use super::Failed;
use super::come_back::settle;
use crate::signin::cookie;
use crate::signin::fault::SignInFault;
use crate::signin::finish::Answer;
use crate::signin::hop::Hop;
use crate::signin::transaction::Transaction;

/// A verified answer on its way through the retry page.
#[derive(Serialize, Deserialize)]
struct Parked {
    federated: Federated,
}

pub(super) fn park(hop: &Hop, transaction: &Transaction, federated: Federated) -> String {
    let json = serde_json::to_vec(&Parked { federated }).unwrap_or_default();
    let sealed = hop
        .state
        .keyring
        .seal(Purpose::Page, parked_context(transaction).as_bytes(), &json);
    cookie::encode(&sealed)
}

/// Binds a parked answer to the transaction and, through its binding, to the browser.
fn parked_context(transaction: &Transaction) -> String {
    format!("parked {} {}", transaction.id, transaction.binding.expose())
}

/// Goes on with an answer that could not be written (F10).
///
/// # Errors
/// As [`super::come_back()`].
pub async fn resume(hop: &Hop, transaction: Transaction, sealed: &str) -> Result<Answer, Failed> {
    let opened = cookie::decode(sealed)
        .and_then(|sealed| {
            hop.state
                .keyring
                .open(Purpose::Page, parked_context(&transaction).as_bytes(), &sealed)
                .ok()
        })
        .and_then(|json| serde_json::from_slice::<Parked>(&json).ok());
    let Some(Parked { federated }) = opened else {
        return Err(Failed::within(transaction, SignInFault::Forged));
    };
    let terms = hop.terms(&transaction).map_err(Failed::early)?;
    match hop.gate(federated.handle(), terms.demands().flow) {
        Ok(connection) if connection.id == federated.assertion().connection => {
            settle(hop, &terms, transaction, federated, &connection).await
        }
        Ok(_) | Err(_) => Err(Failed::within(transaction, SignInFault::ConnectionUnusable)),
    }
}
