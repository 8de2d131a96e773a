//! Checks of our own tokens when they come back.

use doorward_domain::Timestamp;
use serde::Deserialize;

use super::access_token::AccessTokenClaims;
use crate::jose::{Compact, JoseFault, PublicKey, SigningKeys};

/// Checks an access token of ours: signature, type, issuer, audience, expiry (RFC 9068 §4).
///
/// # Errors
/// Why it is refused, for our log; the caller learns `invalid_token`.
pub fn verify_access_token(
    keys: &SigningKeys,
    token: &str,
    issuer: &str,
    audience: &str,
    now: Timestamp,
) -> Result<AccessTokenClaims, JoseFault> {
    let token = Compact::parse(token)?;
    // An ID token signed by the same key must not pass for an access token (RFC 8725 §3.11, S28).
    if !token.is_type("at+jwt") {
        return Err(JoseFault::Type);
    }
    let claims: AccessTokenClaims = token.verify(find(&token, |kid| keys.find(kid, now))?)?;
    if claims.iss != issuer || claims.aud != audience {
        return Err(JoseFault::Audience);
    }
    if claims.exp <= now.timestamp() {
        return Err(JoseFault::Time);
    }
    Ok(claims)
}

/// What a verified `id_token_hint` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdTokenHint {
    /// The person as the application sees them.
    pub subject: String,
    /// The application it was issued to.
    pub client_id: String,
    /// The session at our side.
    pub session_id: Option<String>,
}

/// Checks an ID token that comes back as a hint: ours and unchanged. That it expired does not matter, nor that its key
/// has retired: it only says whom the application means (OpenID Connect Core §3.1.2.1, RP-Initiated Logout 1.0 §2).
///
/// # Errors
/// Why it is refused.
pub fn verify_id_token_hint(
    keys: &SigningKeys,
    token: &str,
    issuer: &str,
    now: Timestamp,
) -> Result<IdTokenHint, JoseFault> {
    #[derive(Deserialize)]
    struct Payload {
        iss: String,
        sub: String,
        aud: String,
        #[serde(default)]
        sid: Option<String>,
    }
    let token = Compact::parse(token)?;
    if !token.is_type("JWT") {
        return Err(JoseFault::Type);
    }
    let payload: Payload = token.verify(find(&token, |kid| keys.find_for_hint(kid, now))?)?;
    if payload.iss != issuer {
        return Err(JoseFault::Audience);
    }
    Ok(IdTokenHint {
        subject: payload.sub,
        client_id: payload.aud,
        session_id: payload.sid,
    })
}

fn find<'k>(
    token: &Compact<'_>,
    of_kid: impl FnOnce(&str) -> Option<&'k PublicKey>,
) -> Result<&'k PublicKey, JoseFault> {
    let kid = token.header.kid.as_deref();
    kid.and_then(of_kid).ok_or(JoseFault::UnknownKey)
}
