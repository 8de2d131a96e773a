//! An identity provider over loopback that vouches for whomever the code names.

use std::sync::Arc;

use anyhow::Result;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use doorward_domain::Claims;
use doorward_domain::application::SigningAlg;
use doorward_oidc::jose::SigningKeys;
use doorward_oidc::mint::IdToken;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub const CLIENT_ID: &str = "doorward";

struct Provider {
    issuer: String,
    keys: SigningKeys,
}

/// Starts it on a free port and answers its issuer.
///
/// # Errors
/// When no port is free or no key can be made.
pub async fn start() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let issuer = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
    let provider = Arc::new(Provider {
        issuer: issuer.clone(),
        keys: SigningKeys::generate(now())?,
    });
    let app = Router::new()
        .route("/.well-known/openid-configuration", get(metadata))
        .route("/jwks", get(jwks))
        .route("/token", post(token))
        .with_state(provider);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(issuer)
}

/// The issuer of a provider that refuses every connection.
///
/// # Errors
/// When no port is free.
pub fn refusing() -> Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(format!("http://127.0.0.1:{}", listener.local_addr()?.port()))
}

/// The issuer of a provider that takes every connection and never answers.
///
/// # Errors
/// When no port is free.
pub async fn silent() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let issuer = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
    let app = Router::new().fallback(std::future::pending::<()>);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(issuer)
}

/// The code of a person: the subject and the nonce the request asked for.
pub fn code(subject: &str, nonce: &str) -> String {
    URL_SAFE_NO_PAD.encode(json!([subject, nonce]).to_string())
}

#[expect(clippy::disallowed_methods, reason = "a provider with a clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

async fn metadata(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    Json(json!({
        "issuer": provider.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn jwks(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(provider.keys.jwks(now()))
}

async fn token(State(provider): State<Arc<Provider>>, Form(form): Form<Vec<(String, String)>>) -> Json<Value> {
    let code = form
        .iter()
        .find(|(name, _)| name == "code")
        .map(|(_, value)| value.as_str());
    let named = code.and_then(|code| URL_SAFE_NO_PAD.decode(code).ok());
    let named: Option<(String, String)> = named.and_then(|json| serde_json::from_slice(&json).ok());
    let Some((subject, nonce)) = named else {
        return Json(json!({"error": "invalid_grant"}));
    };
    let claims: Claims = [
        ("email", json!(format!("{subject}@example.com"))),
        ("email_verified", json!(true)),
        ("name", json!("A Person")),
        ("given_name", json!("A")),
        ("family_name", json!("Person")),
        ("locale", json!("en")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect();
    let id_token = IdToken {
        issuer: &provider.issuer,
        subject: &subject,
        client_id: CLIENT_ID,
        now: now(),
        life_seconds: 300,
        auth_time: now(),
        nonce: Some(&nonce),
        acr: None,
        amr: vec!["pwd"],
        session_id: None,
        access_token: None,
        claims: &claims,
    };
    match id_token.mint(&provider.keys, SigningAlg::ES256) {
        Ok(id_token) => Json(json!({"access_token": "upstream", "token_type": "Bearer", "id_token": id_token})),
        Err(_) => Json(json!({"error": "server_error"})),
    }
}
