//! The pages of signing out.

use axum::response::Response;
use doorward_app::hosted::page::sign_out::{ConfirmSignOut, render_confirm, render_done};
use doorward_app::hosted::{ApplicationFace, PageShell, UserMessage};
use doorward_oidc::Params;
use doorward_storage::session::SessionKey;
use doorward_vault::Purpose;
use http::StatusCode;

use super::SIGN_OUT;
use super::request::{PARAMETER, SignOut};
use crate::http::hosted::{page, trouble as hosted_trouble};
use crate::log::chain;
use crate::signin::cookie::{decode, encode};
use crate::signin::farewell;
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::signin::session;

/// Names the form in its token.
const FORM: &[u8] = b"sign-out";

/// The question.
pub(super) fn question(hop: &Hop, asked: &SignOut, sealed: Option<&str>, ui_locales: Option<&str>) -> Response {
    let address = match sealed {
        Some(sealed) => format!("{SIGN_OUT}?{PARAMETER}={sealed}"),
        None => SIGN_OUT.to_owned(),
    };
    let application = asked
        .application
        .clone()
        .map(|name| ApplicationFace { name, logo_url: None });
    let csrf = session::key(hop).map(|key| token(hop, &key)).unwrap_or_default();
    let wishes = page::in_order([ui_locales, page::remembered(hop), Some(asked.ui_locales.as_str())]);
    let shell = PageShell {
        application,
        address: Some(address),
        csrf,
        ..page::shell(hop, None, Some(&wishes))
    };
    let model = ConfirmSignOut {
        action: SIGN_OUT.to_owned(),
        sealed: sealed.map(str::to_owned),
    };
    page::html(StatusCode::OK, &shell, render_confirm(&shell, &model))
}

/// The page afterwards.
pub(super) fn signed_out(hop: &Hop, params: &Params) -> Response {
    let shell = page::shell(hop, None, None);
    let model = farewell::model(params.get(farewell::OF), params.get(farewell::BEFORE));
    page::html(StatusCode::OK, &shell, render_done(&shell, model))
}

/// The page that cannot go on.
pub(super) fn trouble(hop: &Hop, message: UserMessage) -> Response {
    hosted_trouble::plain(hop, message, None, None)
}

/// The page for a fault of ours.
pub(super) fn failed(hop: &Hop, fault: &SignInFault) -> Response {
    let request_id = &hop.request_id;
    if fault.is_retryable() {
        tracing::warn!(request_id, error = chain(fault), "not signed out");
    } else {
        tracing::error!(request_id, error = chain(fault), "not signed out");
    }
    trouble(hop, fault.user_message())
}

/// Whether the token of a form is the one we gave this session.
pub(super) fn is_own_form(hop: &Hop, key: &SessionKey, csrf: Option<&str>) -> bool {
    let mac = csrf.and_then(decode).unwrap_or_default();
    hop.state.keyring.verify_mac(Purpose::Csrf, &[FORM, key], &mac)
}

fn token(hop: &Hop, key: &SessionKey) -> String {
    encode(&hop.state.keyring.mac(Purpose::Csrf, &[FORM, key]))
}
