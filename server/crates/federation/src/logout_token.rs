//! Logout tokens: a provider tells that it has logged somebody out (OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6).

use std::sync::Arc;

use doorward_domain::connection::OidcSettings;
use doorward_domain::{Claims, Timestamp};
use serde_json::Value;

use crate::algorithm::allowed;
use crate::error::Fault;
use crate::id_token::{self, IdTokenFault, SKEW_LIMIT_SECONDS};
use crate::jws::UntrustedToken;
use crate::metadata::Endpoint;
use crate::provider::Provider;

/// What `typ` may be. `logout+jwt` is recommended (§2.4); providers from before that write what stands in ID tokens.
const TYPES: [&str; 4] = ["logout+jwt", "application/logout+jwt", "JWT", "application/jwt"];
/// The member of `events` that makes a token a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How long ago a token may have been made, in seconds, the clock difference aside. It is sent at once; two minutes are
/// what a provider is told to let it live (§2.4), and some try again for a while.
const AGE_LIMIT_SECONDS: i64 = 300;

/// Why a logout token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoutTokenFault {
    /// As in an ID token.
    #[error(transparent)]
    Token(#[from] IdTokenFault),
    #[error("it was made {seconds_ago} seconds ago")]
    TooOld { seconds_ago: i64 },
    #[error("it does not say that somebody was logged out")]
    NoLogout,
    #[error("it has a nonce, which only ID tokens may have")]
    Nonce,
    #[error("it names neither a person nor a session")]
    Nobody,
}

/// Why nobody is logged out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogoutFault {
    /// The token cannot be checked: it may be a good one.
    #[error("the logout token could not be checked")]
    Provider(#[from] Fault),
    #[error("the logout token was refused")]
    Token(#[from] LogoutTokenFault),
}

impl From<IdTokenFault> for LogoutFault {
    fn from(fault: IdTokenFault) -> Self {
        Self::Token(fault.into())
    }
}

/// What a genuine logout token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedLogout {
    pub whom: LoggedOut,
    /// `jti`: whoever takes the token keeps it in mind until [`Self::good_until`], so that it counts once (§2.6 step 8).
    pub token_id: String,
    /// From then on the token is refused for its age.
    pub good_until: Timestamp,
}

/// Whom a provider has logged out, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoggedOut {
    Person {
        /// `sub`, byte for byte.
        subject: String,
        /// `sid`, where only this session has ended.
        session_id: Option<String>,
    },
    /// `sid` alone.
    Session(String),
}

/// Verifies a logout token with the keys of the connection's provider, once more with newer ones when those at hand do not
/// fit (F5).
pub(crate) async fn verified(
    provider: &Arc<Provider>,
    settings: &OidcSettings,
    token: &str,
    now: Timestamp,
) -> Result<VerifiedLogout, LogoutFault> {
    // Anybody may send anything here: what can be refused without the keys is refused first.
    let untrusted = UntrustedToken::parse_as(token, &TYPES)?;
    let algorithms = allowed(&settings.id_token_signing_alg_values);
    if algorithms.is_empty() {
        return Err(Fault::NoAlgorithm.into());
    }
    let _place = provider.gate.enter().await.ok_or(Fault::Busy)?;
    let endpoints = provider.endpoints(settings).await?;
    let keys_url = endpoints.require(Endpoint::Keys)?;
    let keys = provider.keys(keys_url).await?;
    let claims = match untrusted.verify(&algorithms, &keys) {
        Err(fault) if fault.may_be_rotation() => match provider.other_keys(&keys, keys_url).await {
            Some(newer) => untrusted.verify(&algorithms, &newer)?,
            None => return Err(fault.into()),
        },
        verified => verified?,
    };
    Ok(check(&claims, settings, now)?)
}

/// The claims, in the order of §2.6.
fn check(claims: &Claims, settings: &OidcSettings, now: Timestamp) -> Result<VerifiedLogout, LogoutTokenFault> {
    if id_token::text(claims, "iss")? != settings.issuer {
        return Err(IdTokenFault::WrongIssuer.into());
    }
    check_audience(claims, &settings.client_id)?;
    let good_until = check_times(claims, settings, now)?;
    let whom = whom(claims)?;
    let events = claims.get("events").and_then(Value::as_object);
    if !events
        .and_then(|events| events.get(EVENT))
        .is_some_and(Value::is_object)
    {
        return Err(LogoutTokenFault::NoLogout);
    }
    // Otherwise an ID token could be made to look like one (§2.4).
    if claims.contains_key("nonce") {
        return Err(LogoutTokenFault::Nonce);
    }
    Ok(VerifiedLogout {
        whom,
        token_id: id_token::identifier(claims, "jti")?.to_owned(),
        good_until,
    })
}

/// We are among those it is for. Nobody hands it on, so there is no party to look for beside them.
fn check_audience(claims: &Claims, client_id: &str) -> Result<(), IdTokenFault> {
    match claims.get("aud") {
        Some(Value::String(one)) if one == client_id => Ok(()),
        Some(Value::Array(all)) if all.iter().any(|one| one == client_id) => Ok(()),
        Some(Value::String(_) | Value::Array(_)) => Err(IdTokenFault::WrongAudience),
        _ => Err(IdTokenFault::Claim("aud")),
    }
}

/// `iat` and, where it is there, `exp`, with the connection's skew (S33). Answers until when the token is good at most.
fn check_times(claims: &Claims, settings: &OidcSettings, now: Timestamp) -> Result<Timestamp, LogoutTokenFault> {
    let (now, skew) = (
        now.timestamp(),
        i64::from(settings.clock_skew_seconds).min(SKEW_LIMIT_SECONDS),
    );
    let issued = id_token::time(claims, "iat")?.ok_or(IdTokenFault::Claim("iat"))?;
    if issued - now > skew {
        return Err(IdTokenFault::ClockAhead { seconds: issued - now }.into());
    }
    let made = issued + id_token::backdating_seconds(&settings.issuer);
    if now - made > AGE_LIMIT_SECONDS + skew {
        return Err(LogoutTokenFault::TooOld {
            seconds_ago: now - made,
        });
    }
    if let Some(expires) = id_token::time(claims, "exp")?
        && now - expires >= skew
    {
        let seconds_ago = now - expires;
        return Err(IdTokenFault::Expired { seconds_ago }.into());
    }
    // One second more, because moments are cut to whole ones.
    let last = made + AGE_LIMIT_SECONDS + skew + 1;
    Ok(Timestamp::from_timestamp(last, 0).ok_or(IdTokenFault::Claim("iat"))?)
}

fn whom(claims: &Claims) -> Result<LoggedOut, LogoutTokenFault> {
    let named = |name: &'static str| {
        let is_there = claims.contains_key(name);
        is_there
            .then(|| id_token::identifier(claims, name).map(str::to_owned))
            .transpose()
    };
    match (named("sub")?, named("sid")?) {
        (Some(subject), session_id) => Ok(LoggedOut::Person { subject, session_id }),
        (None, Some(session_id)) => Ok(LoggedOut::Session(session_id)),
        (None, None) => Err(LogoutTokenFault::Nobody),
    }
}
