//! The authorization endpoint: verifies who asks and where answers go, then hands over to the sign-in.

use axum::Router;
use axum::extract::{DefaultBodyLimit, RawQuery};
use axum::response::Response;
use axum::routing::get;
use doorward_app::hosted::UserMessage;
use doorward_oidc::Params;
use doorward_oidc::authorize::{AuthorizationError, ErrorCode, RefusedOnPage, identify};
use doorward_oidc::discovery::path;

use super::form::{self, BODY_LIMIT, Body, FormFault};
use crate::http::hosted::{page, trouble};
use crate::signin::cookie::SESSION;
use crate::signin::dispatcher::{self, Failed};
use crate::signin::fault::SignInFault;
use crate::signin::finish::Answer;
use crate::signin::hop::{Hop, Terms};
use crate::state::Shared;

/// Longest posted request that is turned into an address, in bytes: proxies cut or refuse longer ones.
const REDIRECTED_LIMIT: usize = 2_000;

/// The endpoint, by GET and by POST (OpenID Connect Core §3.1.2.1).
pub fn router() -> Router<Shared> {
    Router::new()
        .route(path::AUTHORIZE, get(by_get).post(by_post))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn by_get(hop: Hop, RawQuery(query): RawQuery) -> Response {
    match Params::parse_authorization(query.as_deref().unwrap_or_default()) {
        Ok(params) => authorize(&hop, &params).await,
        Err(_) => trouble::plain(&hop, UserMessage::BadRequest, None, None),
    }
}

async fn by_post(hop: Hop, body: Body) -> Response {
    if let Some(address) = as_get(&hop, &body) {
        return page::redirect(&address);
    }
    match form::read_authorization(&hop.headers, body) {
        Ok(params) => authorize(&hop, &params).await,
        Err(fault) => {
            let mut response = trouble::plain(&hop, UserMessage::BadRequest, None, None);
            if fault == FormFault::TooLarge {
                *response.status_mut() = fault.status();
            }
            response
        }
    }
}

/// A form posted by the application's page comes without our session's cookie (`SameSite=Lax`): the person would have to
/// sign in again, and `prompt=none` could never succeed. The redirect that answers it is followed with the cookie.
fn as_get(hop: &Hop, body: &Body) -> Option<String> {
    let body = body.as_ref().ok()?;
    let fits = form::is_form(&hop.headers) && body.len() <= REDIRECTED_LIMIT;
    if !fits || hop.cookies().read(&hop.headers, SESSION).is_some() {
        return None;
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(url::form_urlencoded::parse(body))
        .finish();
    Some(format!("{}?{query}", path::AUTHORIZE))
}

async fn authorize(hop: &Hop, params: &Params) -> Response {
    let lookup = |client_id: &str| hop.snapshot.application_by_client_id(client_id).map(AsRef::as_ref);
    let identified = match identify(params, lookup) {
        Ok(identified) => identified,
        Err(refused) => return refuse_on_page(hop, refused, params.get("ui_locales")),
    };
    let (keys, issuer, client_id) = (
        &hop.snapshot.keys,
        hop.state.issuer(),
        &identified.application.client_id,
    );
    let request = identified
        .validate()
        .and_then(|request| request.resolve_hint(keys, issuer, client_id, hop.now));
    let request = match request {
        Ok(request) => request,
        Err(error) => return refuse(hop, &error),
    };
    let Some(application) = hop.snapshot.application(&request.application_id) else {
        return refuse_on_page(hop, RefusedOnPage::ClientUnknown, None);
    };
    let terms = Terms::Application(application.clone());
    let (allows_pages, locales) = (request.allows_pages(), request.ui_locales.join(" "));
    let kept = request.clone();
    match dispatcher::start(hop, &terms, request).await {
        Ok(answer) => page::answer(hop, answer),
        Err(Failed {
            fault: SignInFault::TooLarge,
            ..
        }) => refuse(
            hop,
            &kept.error(
                ErrorCode::InvalidRequest,
                "The request is too large. Send a shorter state.",
            ),
        ),
        // Without pages everything is told to the application (OpenID Connect Core §3.1.2.6).
        Err(failed) if !allows_pages => {
            let code = if failed.fault.is_retryable() {
                ErrorCode::TemporarilyUnavailable
            } else {
                ErrorCode::ServerError
            };
            refuse(hop, &kept.error(code, "The sign-in could not be done at the moment."))
        }
        Err(failed) => trouble::failed(
            hop,
            failed,
            Some(&locales).filter(|l| !l.is_empty()).map(String::as_str),
        ),
    }
}

fn refuse(hop: &Hop, error: &AuthorizationError) -> Response {
    tracing::info!(request_id = hop.request_id, %error, "an authorization request was refused");
    let delivery = error.respond(hop.state.issuer()).deliver();
    page::answer(hop, Answer::new(delivery, vec![]))
}

fn refuse_on_page(hop: &Hop, refused: RefusedOnPage, ui_locales: Option<&str>) -> Response {
    tracing::info!(request_id = hop.request_id, %refused, "an authorization request was refused on a page");
    let message = match refused {
        RefusedOnPage::Malformed(_) | RefusedOnPage::ClientMissing | RefusedOnPage::RedirectUriMissing => {
            UserMessage::BadRequest
        }
        RefusedOnPage::ClientUnknown => UserMessage::UnknownApplication,
        RefusedOnPage::ClientDisabled => UserMessage::ApplicationDisabled,
        RefusedOnPage::RedirectUriUnknown => UserMessage::RedirectUriNotRegistered,
    };
    trouble::plain(hop, message, None, ui_locales)
}
