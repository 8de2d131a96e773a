//! The pages of signing out.

use std::sync::Arc;

use axum::response::{Html, IntoResponse, Response};
use doorward_app::hosted::page::sign_out::{ConfirmSignOut, SignedOut, render_confirm, render_done};
use doorward_app::hosted::page::trouble::{self, Trouble};
use doorward_app::hosted::{ApplicationFace, Language, PageShell, UserMessage};
use doorward_storage::session::SessionKey;
use doorward_vault::{Purpose, sha256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{StatusCode, header};
use url::Url;

use super::SIGN_OUT;
use super::request::{PARAMETER, SignOut};
use crate::signin::cookie::{decode, encode};
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
    let application = asked.application.clone().map(|name| ApplicationFace { name, logo_url: None });
    let csrf = session::key(hop).map(|key| token(hop, &key)).unwrap_or_default();
    let wishes = ui_locales.unwrap_or(&asked.ui_locales);
    let shell = PageShell { application, address: Some(address), csrf, ..shell(hop, Some(wishes)) };
    let model = ConfirmSignOut { action: SIGN_OUT.to_owned(), sealed: sealed.map(str::to_owned) };
    // Some browsers hold the redirect after a form to the policy of the form's page.
    let beyond = asked.redirect.as_deref().and_then(target).unwrap_or_default();
    respond(StatusCode::OK, &shell, render_confirm(&shell, &model), &beyond)
}

/// The page afterwards.
pub(super) fn signed_out(hop: &Hop) -> Response {
    let shell = shell(hop, None);
    respond(StatusCode::OK, &shell, render_done(&shell, &SignedOut { back: None }), "")
}

/// The page that cannot go on.
pub(super) fn trouble(hop: &Hop, message: UserMessage) -> Response {
    let shell = shell(hop, None);
    let model = Trouble {
        message,
        request_id: hop.request_id.clone(),
        connection: None,
        retry: None,
        others: None,
        back: None,
    };
    let status = StatusCode::from_u16(message.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    respond(status, &shell, trouble::render(&shell, &model), "")
}

/// The page for a fault of ours.
pub(super) fn failed(hop: &Hop, fault: &SignInFault) -> Response {
    let request_id = &hop.request_id;
    if fault.is_retryable() {
        tracing::warn!(request_id, error = fault as &dyn std::error::Error, "not signed out");
    } else {
        tracing::error!(request_id, error = fault as &dyn std::error::Error, "not signed out");
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

fn shell(hop: &Hop, ui_locales: Option<&str>) -> PageShell {
    let accepted = hop.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    PageShell {
        branding: Arc::clone(&hop.snapshot.branding),
        application: None,
        language: Language::negotiate(ui_locales, accepted),
        address: None,
        csrf: String::new(),
        style: crate::assets::hosted_css(),
    }
}

/// Scheme and host of a redirect, as a source of the policy.
fn target(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let origin = url.origin();
    Some(if origin.is_tuple() { origin.ascii_serialization() } else { format!("{}:", url.scheme()) })
}

fn respond(status: StatusCode, shell: &PageShell, html: String, form_target: &str) -> Response {
    let hash = |style: &str| format!(" 'sha256-{}'", STANDARD.encode(sha256(style.as_bytes())));
    let styles: String = shell.styles().iter().map(|style| hash(style)).collect();
    let policy = format!(
        "default-src 'none'; style-src{styles}; img-src 'self' https: data:; form-action 'self' {form_target}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    (status, headers, Html(html)).into_response()
}
