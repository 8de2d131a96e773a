//! A refused entry of the sign-in page, at an address of its own: whoever goes back or loads the page again sends nothing
//! once more.

use axum::response::Response;
use doorward_app::hosted::names;
use doorward_vault::Purpose;

use super::loaded::Loaded;
use super::model::{self, Typed};
use super::page;
use crate::signin::cookie;
use crate::signin::transaction::Transaction;

/// Binds it to the browser and to the stage: what was wrong at one step is not said at the next.
fn context(transaction: &Transaction) -> String {
    let (binding, stage) = (transaction.binding.expose(), transaction.stage());
    format!("refused {} {binding} {stage}", transaction.id)
}

/// Sends the browser to the page that says what is wrong.
pub(super) fn tell(loaded: &Loaded, typed: &Typed) -> Response {
    // These types always print.
    let json = serde_json::to_vec(typed).unwrap_or_default();
    let keyring = &loaded.hop.state.keyring;
    let sealed = keyring.seal(Purpose::Page, context(&loaded.transaction).as_bytes(), &json);
    let page = model::action(&loaded.transaction, "", loaded.language());
    let joint = if page.contains('?') { '&' } else { '?' };
    page::redirect(&format!("{page}{joint}{}={}", names::SEALED, cookie::encode(&sealed)))
}

/// What such an address says; `None` for one that somebody else made, and at another step.
pub(super) fn open(loaded: &Loaded, sealed: &str) -> Option<Typed> {
    let sealed = cookie::decode(sealed)?;
    let keyring = &loaded.hop.state.keyring;
    let json = keyring.open(Purpose::Page, context(&loaded.transaction).as_bytes(), &sealed);
    serde_json::from_slice(&json.ok()?).ok()
}
