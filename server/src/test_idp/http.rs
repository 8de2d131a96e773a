//! The endpoints below `/test-idp`.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_domain::text::is_misleading;
use doorward_vault::equal;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::code::{Choice, Code, Request, expiry, open, seal};
use super::persona::{Behaviour, Persona, is_name};
use super::{CLIENT_ID, TestIdp, page, token};

/// How long the slow persona takes: longer than any client should wait.
const SLOW: Duration = Duration::from_secs(30);

/// The routes of the provider, below the server's root.
pub fn router<S: Clone + Send + Sync + 'static>(idp: Arc<TestIdp>) -> Router<S> {
    Router::new()
        .route("/test-idp/.well-known/openid-configuration", get(discovery))
        .route("/test-idp/jwks", get(jwks))
        .route("/test-idp/authorize", get(authorize).post(choose))
        .route("/test-idp/token", post(redeem))
        .with_state(idp)
}

async fn discovery(State(idp): State<Arc<TestIdp>>) -> Json<Value> {
    let issuer = idp.issuer();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
        "scopes_supported": ["openid", "email", "profile"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn jwks(State(idp): State<Arc<TestIdp>>) -> Json<Value> {
    Json(token::jwks(&idp.keyring))
}

#[derive(Deserialize)]
struct Authorize {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    login_hint: Option<String>,
}

async fn authorize(State(idp): State<Arc<TestIdp>>, query: Result<Query<Authorize>, QueryRejection>) -> Response {
    let Ok(Query(query)) = query else {
        return fault(
            "This is no sign-in",
            "The Test IdP is asked by this server when somebody signs in with it. Go to an application and sign in there.",
        );
    };
    // The one client is this server: anything else must not be redirected to.
    let callback = format!("{}/federation/", idp.public_url);
    if query.client_id != CLIENT_ID {
        let asked = shown(&query.client_id);
        return fault(
            "This sign-in cannot go on",
            format!(
                "The Test IdP knows the client ID {CLIENT_ID} alone, and was asked with “{asked}”. An administrator can correct the client ID on the Settings tab of the connection."
            ),
        );
    }
    if !query.redirect_uri.starts_with(&callback) {
        return fault(
            "This sign-in cannot go on",
            format!(
                "The Test IdP sends people back only to addresses that begin with {callback}, and was asked for another one. An administrator can correct the connection."
            ),
        );
    }
    if query.response_type != "code" || query.code_challenge_method.is_some_and(|method| method != "S256") {
        return fault(
            "This sign-in cannot go on",
            "The Test IdP answers only to response_type=code with PKCE S256. Go back to the application and sign in again.",
        );
    }
    let request = Request {
        client_id: query.client_id,
        redirect_uri: query.redirect_uri,
        state: query.state,
        nonce: query.nonce,
        code_challenge: query.code_challenge,
        expires_at: expiry((idp.now)()),
    };
    let typed = query.login_hint.filter(|hint| is_name(hint)).unwrap_or_default();
    people(&seal(&idp.keyring, "request", &request), &typed, None)
}

fn people(request: &str, typed: &str, fault: Option<&'static str>) -> Response {
    let stylesheet = crate::assets::console().stylesheet;
    answered(StatusCode::OK, page::personas(&stylesheet, request, typed, fault))
}

fn fault(title: &'static str, sentence: impl Into<String>) -> Response {
    let stylesheet = crate::assets::console().stylesheet;
    answered(
        StatusCode::BAD_REQUEST,
        page::fault(&stylesheet, title, sentence.into()),
    )
}

/// What a stranger sent, as far as it may stand in a sentence: nothing that turns the words around it, and no long text.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !is_misleading(*c)).take(80).collect()
}

fn answered(status: StatusCode, page: String) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

#[derive(Deserialize)]
struct Chosen {
    request: String,
    persona: Option<String>,
    #[serde(default)]
    name: String,
}

async fn choose(State(idp): State<Arc<TestIdp>>, form: Result<Form<Chosen>, FormRejection>) -> Response {
    let Ok(Form(form)) = form else {
        return fault(
            "This is no sign-in",
            "Nobody was picked on the page of the Test IdP. Go back to the application and sign in again.",
        );
    };
    let opened = open::<Request>(&idp.keyring, "request", &form.request);
    let Some(request) = opened.filter(|request| request.expires_at > (idp.now)()) else {
        return fault(
            "This page is too old",
            "The sign-in began too long ago to go on. Go back to the application and sign in again.",
        );
    };
    let choice = match form.persona.as_deref().map(Persona::find) {
        Some(Some(persona)) => Choice::Persona(persona),
        Some(None) => {
            return fault(
                "There is no such person",
                "The Test IdP knows only the people on its page. Go back to it and pick one of them.",
            );
        }
        None if is_name(&form.name) => Choice::Name(form.name),
        None => {
            let sentence =
                "Enter 1 to 40 small letters, digits, dots or hyphens, with a letter or digit first and last.";
            return people(&form.request, &form.name, Some(sentence));
        }
    };
    answer(&idp, request, choice)
}

fn answer(idp: &TestIdp, request: Request, choice: Choice) -> Response {
    let Ok(mut target) = Url::parse(&request.redirect_uri) else {
        return fault(
            "This sign-in cannot go on",
            "The redirect URI is not an address. Go back to the application and sign in again.",
        );
    };
    let state = request.state.clone();
    {
        let mut query = target.query_pairs_mut();
        if behaviour(&choice) == Behaviour::Denies {
            query.append_pair("error", "access_denied");
        } else {
            let code = Code {
                request,
                choice,
                id: doorward_vault::random_text::<16>(),
            };
            query.append_pair("code", &seal(&idp.keyring, "code", &code));
        }
        query.append_pair("iss", &idp.issuer());
        if let Some(state) = state {
            query.append_pair("state", &state);
        }
    }
    Redirect::to(target.as_str()).into_response()
}

fn behaviour(choice: &Choice) -> Behaviour {
    match choice {
        Choice::Persona(persona) => persona.behaviour(),
        Choice::Name(_) => Behaviour::Correct,
    }
}

#[derive(Deserialize)]
struct Redeem {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

async fn redeem(State(idp): State<Arc<TestIdp>>, headers: HeaderMap, Form(form): Form<Redeem>) -> Response {
    if !knows_secret(&idp, &headers, &form) {
        return oauth_error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if form.grant_type != "authorization_code" {
        return oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let Some(code) = open::<Code>(&idp.keyring, "code", &form.code).filter(|code| fits(code, &form, (idp.now)()))
    else {
        return oauth_error(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    match idp
        .codes
        .first_use(&format!("test-idp:{}", code.id), code.request.expires_at)
        .await
    {
        Some(true) => {}
        Some(false) => return oauth_error(StatusCode::BAD_REQUEST, "invalid_grant"),
        None => return oauth_error(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
    }
    let behaviour = behaviour(&code.choice);
    if behaviour == Behaviour::Slow {
        tokio::time::sleep(SLOW).await;
    }
    let Some(id_token) = token::id_token(&idp.keyring, &idp.issuer(), &code, behaviour, (idp.now)()) else {
        return oauth_error(StatusCode::INTERNAL_SERVER_ERROR, "server_error");
    };
    let body = json!({
        "access_token": doorward_vault::random_text::<32>(), "token_type": "Bearer", "expires_in": 300, "id_token": id_token,
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn oauth_error(status: StatusCode, error: &'static str) -> Response {
    (
        status,
        [(header::CACHE_CONTROL, "no-store")],
        Json(json!({ "error": error })),
    )
        .into_response()
}

/// `client_secret_basic` or `client_secret_post` (RFC 6749 §2.3.1); id and secret need no decoding here, they hold
/// only characters that form encoding leaves alone.
fn knows_secret(idp: &TestIdp, headers: &HeaderMap, form: &Redeem) -> bool {
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
        .and_then(|text| String::from_utf8(STANDARD.decode(text).ok()?).ok());
    let (id, secret) = match basic.as_deref().and_then(|text| text.split_once(':')) {
        Some(pair) => pair,
        None => (
            form.client_id.as_deref().unwrap_or_default(),
            form.client_secret.as_deref().unwrap_or_default(),
        ),
    };
    id == CLIENT_ID && equal(secret.as_bytes(), token::client_secret(&idp.keyring).as_bytes())
}

/// Whether a code belongs to this token request: time, redirect URI (RFC 6749 §4.1.3) and PKCE (RFC 7636 §4.6).
fn fits(code: &Code, form: &Redeem, now: doorward_domain::Timestamp) -> bool {
    let proven = match (&code.request.code_challenge, &form.code_verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
            equal(challenge.as_bytes(), URL_SAFE_NO_PAD.encode(hash).as_bytes())
        }
        (Some(_), None) | (None, Some(_)) => false,
    };
    proven && code.request.redirect_uri == form.redirect_uri && now < code.request.expires_at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_that_cannot_go_on_ends_on_a_page() {
        let answer = fault("This page is too old", "Go back to the application and sign in again.");
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    }
}
