//! Logout asked for by an application (OpenID Connect RP-Initiated Logout 1.0).
//!
//! A request is checked first. If it names this browser's person, the session ends at once; otherwise the person is
//! asked, or any page could sign people out by a link (§6). A checked request travels on sealed: what comes back from
//! the browser is what we checked, and the ID token leaves the address bar.

mod page;
mod request;

use axum::Router;
use axum::extract::{DefaultBodyLimit, RawQuery};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use doorward_app::hosted::{UserMessage, names};
use doorward_oidc::Params;
use doorward_oidc::discovery::path;
use doorward_oidc::logout::LogoutRequest;
use doorward_storage::session::Session;
use http::{StatusCode, header};

use super::form::{self, BODY_LIMIT, Body};
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::signin::self_service::HOME;
use crate::signin::{console, cookie, farewell, session};
use crate::state::Shared;
use request::SignOut;

/// Where the person is asked, and answers.
const SIGN_OUT: &str = "/sign-out";

/// The endpoint and its two pages.
pub fn router() -> Router<Shared> {
    Router::new()
        .route(path::LOGOUT, get(by_get).post(by_post))
        .route(SIGN_OUT, get(ask).post(decide))
        .route(farewell::ADDRESS, get(done))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn by_get(hop: Hop, RawQuery(query): RawQuery) -> Response {
    let Some(asked) = Params::parse(&query.unwrap_or_default())
        .ok()
        .and_then(|params| check(&hop, &params))
    else {
        return page::trouble(&hop, UserMessage::LogoutFailed);
    };
    match go_on(&hop, &asked).await {
        Ok(Next::Ended(response)) => response,
        Ok(Next::Ask) => forward(&hop, &asked),
        Err(fault) => page::failed(&hop, &fault),
    }
}

/// A form posted by the application's page comes without our cookie (`SameSite=Lax`); the redirect that answers it is
/// followed with it.
async fn by_post(hop: Hop, body: Body) -> Response {
    match form::read(&hop.headers, body) {
        Err(fault) if fault.status() == StatusCode::PAYLOAD_TOO_LARGE => fault.status().into_response(),
        Err(_) => page::trouble(&hop, UserMessage::LogoutFailed),
        Ok(params) => match check(&hop, &params) {
            Some(asked) => forward(&hop, &asked),
            None => page::trouble(&hop, UserMessage::LogoutFailed),
        },
    }
}

/// The question. Also the second half of a posted request, which may need none.
async fn ask(hop: Hop, RawQuery(query): RawQuery) -> Response {
    let query = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let sealed = query.get(request::PARAMETER);
    let Some(asked) = sealed.map_or(Some(SignOut::default()), |text| SignOut::open(&hop, text)) else {
        return page::trouble(&hop, UserMessage::TransactionExpired);
    };
    match go_on(&hop, &asked).await {
        Ok(Next::Ended(response)) => response,
        Ok(Next::Ask) => page::question(&hop, &asked, sealed, query.get(names::UI_LOCALES)),
        Err(fault) => page::failed(&hop, &fault),
    }
}

async fn decide(hop: Hop, body: Body) -> Response {
    let form = match form::read(&hop.headers, body) {
        Ok(form) => form,
        Err(fault) if fault.status() == StatusCode::PAYLOAD_TOO_LARGE => return fault.status().into_response(),
        Err(_) => return page::trouble(&hop, UserMessage::BadRequest),
    };
    let sealed = form.get(names::SEALED);
    let Some(asked) = sealed.map_or(Some(SignOut::default()), |text| SignOut::open(&hop, text)) else {
        return page::trouble(&hop, UserMessage::TransactionExpired);
    };
    // Without a session there is nothing to protect, and nothing to end: a second click ends up where the first did.
    if session::key(&hop).is_some_and(|key| !page::is_own_form(&hop, &key, form.get(names::CSRF))) {
        return page::trouble(&hop, UserMessage::ForgedRequest);
    }
    if form.get(names::DECISION) != Some(names::DECISION_CONFIRM) {
        return redirect(asked.redirect.as_deref().unwrap_or(HOME));
    }
    match end(&hop, &asked).await {
        Ok(response) => response,
        Err(fault) => page::failed(&hop, &fault),
    }
}

async fn done(hop: Hop, RawQuery(query): RawQuery) -> Response {
    let query = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    page::signed_out(&hop, &query)
}

/// Checks a request; `None` when the browser must not be redirected for it (§4).
fn check(hop: &Hop, params: &Params) -> Option<SignOut> {
    let lookup = |client_id: &str| hop.snapshot.application_by_client_id(client_id).map(AsRef::as_ref);
    let parsed = LogoutRequest::parse(params, lookup, &hop.snapshot.keys, hop.state.issuer(), hop.now);
    match parsed {
        Ok(request) => Some(SignOut::new(&request)),
        Err(refused) => {
            tracing::info!(request_id = hop.request_id, %refused, "a logout request was refused");
            None
        }
    }
}

enum Next {
    Ended(Response),
    Ask,
}

/// Ends the session if the request may do so; asks otherwise. Nobody signed in is nothing to ask.
async fn go_on(hop: &Hop, asked: &SignOut) -> Result<Next, SignInFault> {
    match session::find(hop).await? {
        Some(session) if !is_meant(hop, asked, &session) => Ok(Next::Ask),
        Some(_) | None => end(hop, asked).await.map(Next::Ended),
    }
}

/// Whether the application named this session, or the person in it: it holds an ID token about them, which nobody else
/// does.
fn is_meant(hop: &Hop, asked: &SignOut, session: &Session) -> bool {
    let Some(meant) = &asked.meant else { return false };
    let sid = session::public_id(&hop.state.keyring, &session.key);
    let application = hop.snapshot.application_by_client_id(&meant.client_id);
    let subject = application.map(|application| hop.state.oidc.subjects.for_application(application, &session.sub));
    meant.session_id.as_deref() == Some(&sid) || subject.as_deref() == Some(&meant.subject)
}

/// Ends the session and what was granted in it, and goes where the application wanted.
async fn end(hop: &Hop, asked: &SignOut) -> Result<Response, SignInFault> {
    let forget = console::sign_out(hop).await?;
    let mut response = redirect(asked.redirect.as_deref().unwrap_or(farewell::ADDRESS));
    cookie::append(response.headers_mut(), forget);
    Ok(response)
}

fn forward(hop: &Hop, asked: &SignOut) -> Response {
    match asked.seal(hop) {
        Some(sealed) => redirect(&format!("{SIGN_OUT}?{}={sealed}", request::PARAMETER)),
        None => page::trouble(hop, UserMessage::LogoutFailed),
    }
}

/// `303`, so that a posted form is not posted again elsewhere.
fn redirect(address: &str) -> Response {
    let headers = [
        (header::LOCATION, address),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
