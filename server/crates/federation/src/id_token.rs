//! ID tokens: every check of OpenID Connect Core §3.1.3.7.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::{Claims, Timestamp};
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::algorithm::SignatureAlgorithm;
use crate::jws::UntrustedToken;
use crate::keys::KeySet;

/// Largest clock difference an administrator may accept, in seconds (F6).
pub(crate) const SKEW_LIMIT_SECONDS: i64 = 120;
/// Longest `sub` in characters (OpenID Connect Core §2); what else a provider names is no longer.
const IDENTIFIER_LIMIT: usize = 255;
/// 1 January 10000: later moments are not numbers anybody meant as a time.
const TIME_LIMIT: f64 = 253_402_300_800.0;

/// Why an ID token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenFault {
    #[error("it is not a signed token")]
    Malformed,
    #[error("it names a critical header that is not known")]
    Critical,
    #[error("it is a token of another type")]
    WrongType,
    #[error("its signature algorithm is not accepted")]
    AlgorithmRefused,
    #[error("its key is not in the provider's key set")]
    UnknownKey,
    #[error("its signature is wrong")]
    WrongSignature,
    #[error("the claim {0} is missing or of the wrong type")]
    Claim(&'static str),
    #[error("its issuer is not the connection's")]
    WrongIssuer,
    #[error("it was made for another client")]
    WrongAudience,
    #[error("its authorized party is another client")]
    WrongParty,
    #[error("its nonce is not the one of this sign-in")]
    WrongNonce,
    #[error("it does not belong to the access token that came with it")]
    WrongAccessToken,
    #[error("it expired {seconds_ago} seconds ago")]
    Expired { seconds_ago: i64 },
    #[error("the provider's clock is {seconds} seconds ahead of ours")]
    ClockAhead { seconds: i64 },
    #[error("the provider's clock is {seconds} seconds behind ours")]
    ClockBehind { seconds: i64 },
    #[error("the person signed in at the provider longer ago than was asked for")]
    TooLongAgo,
}

impl IdTokenFault {
    /// Whether the two clocks explain it.
    #[must_use]
    pub fn is_clock(self) -> bool {
        matches!(
            self,
            Self::Expired { .. } | Self::ClockAhead { .. } | Self::ClockBehind { .. }
        )
    }

    /// Whether other keys of the provider may help: it may have rotated them, or put a new one under an old name.
    pub(crate) fn may_be_rotation(self) -> bool {
        matches!(self, Self::UnknownKey | Self::WrongSignature)
    }
}

/// What an ID token is held against.
#[derive(Debug)]
pub(crate) struct Expectation<'a> {
    pub(crate) algorithms: &'a [SignatureAlgorithm],
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) access_token: &'a str,
    pub(crate) skew_seconds: u16,
    /// Set when the request asked for a sign-in not older than this.
    pub(crate) max_age_seconds: Option<u32>,
    pub(crate) now: Timestamp,
}

/// What a genuine ID token says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IdToken {
    pub(crate) subject: String,
    pub(crate) claims: Claims,
    pub(crate) acr: Option<String>,
    pub(crate) amr: Vec<String>,
    pub(crate) auth_time: Option<Timestamp>,
}

/// Verifies an ID token.
///
/// # Errors
/// The first check of OpenID Connect Core §3.1.3.7 that fails.
pub(crate) fn verify(token: &str, keys: &KeySet, expected: &Expectation<'_>) -> Result<IdToken, IdTokenFault> {
    let untrusted = UntrustedToken::parse(token)?;
    let claims = untrusted.verify(expected.algorithms, keys)?;
    if text(&claims, "iss")? != expected.issuer {
        return Err(IdTokenFault::WrongIssuer);
    }
    check_audience(&claims, expected.client_id)?;
    if !bool::from(text(&claims, "nonce")?.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(IdTokenFault::WrongNonce);
    }
    check_access_token(&claims, untrusted.algorithm, expected.access_token)?;
    let auth_time = check_times(&claims, expected)?;
    let subject = identifier(&claims, "sub")?.to_owned();
    let acr = match claims.get("acr") {
        None | Some(Value::Null) => None,
        Some(_) => Some(text(&claims, "acr")?.to_owned()),
    };
    Ok(IdToken {
        subject,
        acr,
        amr: amr(&claims)?,
        auth_time,
        claims,
    })
}

/// A claim that must be a text.
pub(crate) fn text<'a>(claims: &'a Claims, name: &'static str) -> Result<&'a str, IdTokenFault> {
    claims
        .get(name)
        .and_then(Value::as_str)
        .ok_or(IdTokenFault::Claim(name))
}

/// Steps 3 to 5: made for us; and when it names several clients, or the one it was handed to, handed to us (S28).
fn check_audience(claims: &Claims, client_id: &str) -> Result<(), IdTokenFault> {
    let several = match claims.get("aud") {
        Some(Value::String(one)) if one == client_id => false,
        Some(Value::Array(all)) if all.iter().any(|one| one == client_id) => all.len() > 1,
        Some(Value::String(_) | Value::Array(_)) => return Err(IdTokenFault::WrongAudience),
        _ => return Err(IdTokenFault::Claim("aud")),
    };
    match claims.get("azp") {
        None if several => Err(IdTokenFault::Claim("azp")),
        None => Ok(()),
        Some(party) if party == client_id => Ok(()),
        Some(_) => Err(IdTokenFault::WrongParty),
    }
}

/// `at_hash`: the left half of the access token's hash (§3.1.3.6).
fn check_access_token(claims: &Claims, algorithm: SignatureAlgorithm, access_token: &str) -> Result<(), IdTokenFault> {
    let Some(claimed) = claims.get("at_hash") else {
        return Ok(());
    };
    let hash = digest::digest(algorithm.digest(), access_token.as_bytes());
    let half = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..hash.as_ref().len() / 2]);
    let same = claimed
        .as_str()
        .is_some_and(|claimed| bool::from(claimed.as_bytes().ct_eq(half.as_bytes())));
    if same {
        Ok(())
    } else {
        Err(IdTokenFault::WrongAccessToken)
    }
}

/// Steps 9 to 13, with the connection's skew on both sides (S33, F6). Answers `auth_time`.
///
/// The token was made while we waited for it, so an `iat` long gone shows a slow clock (or an old token) just as one
/// to come shows a fast clock. The order is such that a clock difference is named as one wherever it can be.
fn check_times(claims: &Claims, expected: &Expectation<'_>) -> Result<Option<Timestamp>, IdTokenFault> {
    let now = expected.now.timestamp();
    let skew = i64::from(expected.skew_seconds).min(SKEW_LIMIT_SECONDS);
    let issued = time(claims, "iat")?.ok_or(IdTokenFault::Claim("iat"))?;
    let expires = time(claims, "exp")?.ok_or(IdTokenFault::Claim("exp"))?;
    let not_before = time(claims, "nbf")?.unwrap_or(issued);
    let ahead = issued.max(not_before) - now;
    if ahead > skew {
        return Err(IdTokenFault::ClockAhead { seconds: ahead });
    }
    let behind = now - issued - backdating_seconds(expected.issuer);
    if behind > skew {
        return Err(IdTokenFault::ClockBehind { seconds: behind });
    }
    if now - expires >= skew {
        return Err(IdTokenFault::Expired {
            seconds_ago: now - expires,
        });
    }
    let auth_time = time(claims, "auth_time")?;
    if let Some(max_age) = expected.max_age_seconds {
        let at = auth_time.ok_or(IdTokenFault::Claim("auth_time"))?;
        if now - at > i64::from(max_age) + skew {
            return Err(IdTokenFault::TooLongAgo);
        }
    }
    Ok(auth_time.and_then(|at| Timestamp::from_timestamp(at, 0)))
}

/// Microsoft's token service dates its tokens five minutes back, for relying parties with slow clocks.
pub(crate) fn backdating_seconds(issuer: &str) -> i64 {
    const BACKDATING: [&str; 5] = [
        "https://login.microsoftonline.com/",
        "https://login.microsoftonline.us/",
        "https://login.partner.microsoftonline.cn/",
        "https://sts.windows.net/",
        "https://login.windows.net/",
    ];
    if BACKDATING.iter().any(|start| issuer.starts_with(start)) {
        300
    } else {
        0
    }
}

/// A time in whole seconds; some providers write fractions.
pub(crate) fn time(claims: &Claims, name: &'static str) -> Result<Option<i64>, IdTokenFault> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_f64() {
            Some(seconds) if (0.0..TIME_LIMIT).contains(&seconds) => Ok(Some(seconds as i64)),
            _ => Err(IdTokenFault::Claim(name)),
        },
    }
}

/// `sub` or another name a provider gives, byte for byte. Control characters are refused: no provider means them, and logs
/// and databases choke on them.
pub(crate) fn identifier<'a>(claims: &'a Claims, name: &'static str) -> Result<&'a str, IdTokenFault> {
    let text = text(claims, name)?;
    let fine = !text.is_empty() && text.chars().count() <= IDENTIFIER_LIMIT && !text.chars().any(char::is_control);
    if fine { Ok(text) } else { Err(IdTokenFault::Claim(name)) }
}

fn amr(claims: &Claims) -> Result<Vec<String>, IdTokenFault> {
    match claims.get("amr") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(all)) => all
            .iter()
            .map(|one| one.as_str().map(str::to_owned).ok_or(IdTokenFault::Claim("amr")))
            .collect(),
        // Some providers write a single word.
        Some(Value::String(one)) => Ok(vec![one.clone()]),
        Some(_) => Err(IdTokenFault::Claim("amr")),
    }
}
