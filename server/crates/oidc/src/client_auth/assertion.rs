//! `private_key_jwt`: an application signs who it is (RFC 7523 §3, OpenID Connect Core §9).

use chrono::DateTime;
use doorward_domain::Timestamp;
use doorward_domain::application::Application;
use serde::Deserialize;
use serde_json::Value;

use super::Verifier;
use crate::jose::public_key::ASSERTION_ALGS;
use crate::jose::{Compact, JoseFault, PublicKey};

/// Longest life of an assertion from now, in seconds. Each one is remembered until its end.
pub const MAX_LIFE_SECONDS: i64 = 3600;
/// How far the application's clock may be off, in seconds (S33).
pub const SKEW_SECONDS: i64 = 60;

/// An assertion that was accepted and must not be accepted again (RFC 7523 §3 item 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedAssertion {
    /// Whose it was; `jti` is unique within an application only.
    pub client_id: String,
    /// Its identifier, 1 to 255 bytes.
    pub jti: String,
    /// When it can be forgotten.
    pub expires_at: Timestamp,
}

/// Why an assertion proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionFault {
    /// Its form, algorithm, key or signature.
    #[error(transparent)]
    Token(#[from] JoseFault),
    /// `iss` or `sub` is not the application.
    #[error("iss or sub is not the client_id")]
    Subject,
    /// `aud` does not name us.
    #[error("aud is neither the issuer nor the token endpoint")]
    Audience,
    /// `jti` is empty or too long.
    #[error("jti is not 1 to 255 bytes")]
    Id,
    /// Past `exp`, before `nbf` or `iat`, or living longer than allowed.
    #[error("exp, nbf or iat is outside the time allowed")]
    Time,
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    sub: String,
    aud: Audience,
    exp: f64,
    jti: String,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    iat: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Checks an assertion against the application's registered keys.
///
/// # Errors
/// Why it is refused, for our log; the caller learns `invalid_client`.
pub fn verify(jwt: &str, application: &Application, verifier: &Verifier<'_>) -> Result<UsedAssertion, AssertionFault> {
    let token = Compact::parse(jwt)?;
    // An access token of ours, signed by keys an application might have copied, is not an assertion (RFC 8725 §3.11).
    if token.is_type("at+jwt") {
        return Err(JoseFault::Type.into());
    }
    let payload: Payload = verify_signature(&token, application.protocol.jwks.as_ref())?;
    let for_us = match &payload.aud {
        Audience::One(aud) => verifier.audiences.contains(&aud.as_str()),
        Audience::Many(auds) => auds.iter().any(|aud| verifier.audiences.contains(&aud.as_str())),
    };
    if payload.iss != application.client_id || payload.sub != application.client_id {
        return Err(AssertionFault::Subject);
    }
    if !for_us {
        return Err(AssertionFault::Audience);
    }
    if payload.jti.is_empty() || payload.jti.len() > 255 {
        return Err(AssertionFault::Id);
    }
    let expires_at = within_time(&payload, verifier.now)?;
    Ok(UsedAssertion {
        client_id: payload.sub,
        jti: payload.jti,
        expires_at,
    })
}

fn verify_signature(token: &Compact<'_>, jwks: Option<&Value>) -> Result<Payload, JoseFault> {
    if !ASSERTION_ALGS.contains(&token.header.alg.as_str()) {
        return Err(JoseFault::Algorithm);
    }
    let keys = jwks
        .and_then(|set| set.get("keys"))
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let named = |jwk: &&Value| {
        token.header.kid.is_none() || jwk.get("kid").and_then(Value::as_str) == token.header.kid.as_deref()
    };
    // Without a `kid` each key is tried; a registered set is small, and more than a few are not worth the work.
    let candidates = keys
        .iter()
        .filter(named)
        .filter_map(|jwk| PublicKey::from_jwk(jwk, &token.header.alg))
        .take(8);
    let mut fault = JoseFault::UnknownKey;
    for key in candidates {
        match token.verify(&key) {
            Err(error) => fault = error,
            verified => return verified,
        }
    }
    Err(fault)
}

fn within_time(payload: &Payload, now: Timestamp) -> Result<Timestamp, AssertionFault> {
    let at = |seconds: f64| -> Result<i64, AssertionFault> {
        if seconds.is_finite() && seconds.abs() < 1e11 {
            Ok(seconds as i64)
        } else {
            Err(AssertionFault::Time)
        }
    };
    let (now, exp) = (now.timestamp(), at(payload.exp)?);
    let begun = |moment: Option<f64>| {
        moment
            .map(at)
            .transpose()
            .map(|m| m.is_none_or(|m| m <= now + SKEW_SECONDS))
    };
    let alive = exp > now - SKEW_SECONDS && exp <= now + MAX_LIFE_SECONDS + SKEW_SECONDS;
    if !(alive && begun(payload.nbf)? && begun(payload.iat)?) {
        return Err(AssertionFault::Time);
    }
    // Remembered past the skew, because until then it would be accepted.
    DateTime::from_timestamp(exp + SKEW_SECONDS, 0).ok_or(AssertionFault::Time)
}
