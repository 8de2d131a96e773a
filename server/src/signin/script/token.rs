//! Tokens for requests of scripts: asked for with a client's own credentials, and kept until a little before they end.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::Duration;
use doorward_domain::Timestamp;
use doorward_domain::secret::SecretText;
use doorward_federation::{
    ClientCredentials, FetchError, GrantFault, Granted, OutboundRequest, OutboundResponse, OutboundSettings,
};
use doorward_vault::{Keyring, Purpose};

use super::http::READ_LIMIT;
use crate::signin::hop::Hop;

/// Most tokens that are kept.
const KEPT: usize = 64;
/// How long before its end a token is asked for anew, in seconds: it must outlive the request.
const MARGIN_SECONDS: i64 = 30;
/// Longest time for which one is kept, in seconds.
const LONGEST_SECONDS: u64 = 3_600;

/// Why a script's request got no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("{0}")]
    Request(FetchError),
    #[error("the token endpoint cannot be asked: {0}")]
    TokenEndpoint(FetchError),
    #[error("{0}")]
    NoToken(GrantFault),
}

impl Unanswered {
    pub(super) fn is_slow(&self) -> bool {
        matches!(
            self,
            Self::Request(FetchError::TimedOut) | Self::TokenEndpoint(FetchError::TimedOut)
        )
    }
}

/// Gets a token and makes the request with it, both within the time of one request; returns the token as well.
pub(super) async fn send(
    hop: &Hop,
    credentials: &ClientCredentials,
    request: OutboundRequest,
) -> Result<(OutboundResponse, SecretText), Unanswered> {
    let both = authorized(hop, credentials, request);
    tokio::time::timeout(OutboundSettings::default().call_timeout, both)
        .await
        .unwrap_or(Err(Unanswered::Request(FetchError::TimedOut)))
}

async fn authorized(
    hop: &Hop,
    credentials: &ClientCredentials,
    mut request: OutboundRequest,
) -> Result<(OutboundResponse, SecretText), Unanswered> {
    let key = key(&hop.state.keyring, credentials);
    let token = token(hop, &key, credentials).await?;
    request.authorization = Some(SecretText::new(format!("Bearer {}", token.expose())));
    let response = hop.state.fetch.fetch(request).await.map_err(Unanswered::Request)?;
    if response.status == 401 {
        hop.state.script_tokens.forget(&key, &token);
    }
    Ok((response, token))
}

async fn token(hop: &Hop, key: &Key, credentials: &ClientCredentials) -> Result<SecretText, Unanswered> {
    let now = hop.state.now();
    if let Some(token) = hop.state.script_tokens.find(key, now) {
        return Ok(token);
    }
    let answer = hop.state.fetch.fetch(credentials.request(READ_LIMIT)).await;
    let response = answer.map_err(Unanswered::TokenEndpoint)?;
    let granted = Granted::parse(&response).map_err(Unanswered::NoToken)?;
    hop.state.script_tokens.keep(*key, &granted, now);
    Ok(granted.access_token)
}

/// Names what a token was asked for with, without holding any of it.
type Key = [u8; 32];

fn key(keyring: &Keyring, credentials: &ClientCredentials) -> Key {
    let scopes = credentials.scopes.as_deref().unwrap_or_default();
    let parts = [
        "script token",
        credentials.token_endpoint.as_str(),
        credentials.id.expose(),
        credentials.secret.expose(),
        scopes,
    ];
    keyring.mac(Purpose::Secret, &parts.map(str::as_bytes))
}

/// Tokens that this node may use again.
#[derive(Debug, Default)]
pub struct Tokens(Mutex<HashMap<Key, Kept>>);

#[derive(Debug)]
struct Kept {
    token: SecretText,
    until: Timestamp,
}

impl Tokens {
    fn find(&self, key: &Key, now: Timestamp) -> Option<SecretText> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(key).filter(|kept| kept.until > now);
        found.map(|kept| kept.token.clone())
    }

    /// A token whose life nobody knows is not kept.
    fn keep(&self, key: Key, granted: &Granted, now: Timestamp) {
        let life = granted.life_seconds.unwrap_or_default().min(LONGEST_SECONDS);
        let until = now + Duration::seconds(i64::try_from(life).unwrap_or_default() - MARGIN_SECONDS);
        if until <= now {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, kept| kept.until > now);
        if kept.len() >= KEPT {
            let first = kept.iter().min_by_key(|(_, kept)| kept.until).map(|(key, _)| *key);
            if let Some(first) = first {
                kept.remove(&first);
            }
        }
        let token = granted.access_token.clone();
        kept.insert(key, Kept { token, until });
    }

    /// The service refuses this token. One that has taken its place meanwhile stays.
    fn forget(&self, key: &Key, token: &SecretText) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.get(key).is_some_and(|kept| kept.token == *token) {
            kept.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(token: &str, life_seconds: Option<u64>) -> Granted {
        Granted {
            access_token: SecretText::new(token),
            life_seconds,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + Duration::seconds(seconds)
    }

    #[test]
    fn a_token_is_kept_until_a_little_before_its_end() {
        for (case, life, seconds, want) in [
            ("at once", Some(60), 0, true),
            ("in time", Some(60), 29, true),
            ("shortly before its end", Some(60), 30, false),
            ("a short life", Some(30), 0, false),
            ("no life named", None, 0, false),
            ("no longer than an hour", Some(u64::MAX), 3_570, false),
        ] {
            let tokens = Tokens::default();
            tokens.keep([1; 32], &granted("t", life), at(0));
            assert_eq!(tokens.find(&[1; 32], at(seconds)).is_some(), want, "{case}");
            assert!(tokens.find(&[2; 32], at(seconds)).is_none(), "{case}: another key");
        }
    }

    #[test]
    fn there_is_room_for_some_and_the_first_to_end_goes() {
        let tokens = Tokens::default();
        for n in 0..=KEPT {
            let life = if n == 3 { 60 } else { 600 };
            tokens.keep([u8::try_from(n).expect("small"); 32], &granted("t", Some(life)), at(0));
        }
        assert!(tokens.find(&[3; 32], at(0)).is_none());
        assert!(tokens.find(&[64; 32], at(0)).is_some());
        assert!(tokens.find(&[0; 32], at(0)).is_some());
    }

    #[test]
    fn a_refused_token_is_forgotten_and_no_other() {
        let tokens = Tokens::default();
        tokens.keep([1; 32], &granted("new", Some(600)), at(0));
        tokens.forget(&[1; 32], &SecretText::new("old"));
        assert!(tokens.find(&[1; 32], at(0)).is_some());
        tokens.forget(&[1; 32], &SecretText::new("new"));
        assert!(tokens.find(&[1; 32], at(0)).is_none());
    }

    #[test]
    fn a_key_depends_on_everything_a_token_is_asked_for_with() {
        let keyring = Keyring::from_master([7; 32]);
        let of = |endpoint: &str, id: &str, secret: &str, scopes: Option<&str>| {
            let credentials = ClientCredentials {
                token_endpoint: endpoint.parse().expect("an address"),
                id: SecretText::new(id),
                secret: SecretText::new(secret),
                scopes: scopes.map(str::to_owned),
            };
            key(&keyring, &credentials)
        };
        let one = of("https://a.test/t", "id", "secret", None);
        assert_eq!(one, of("https://a.test/t", "id", "secret", None));
        for other in [
            of("https://a.test/u", "id", "secret", None),
            of("https://a.test/t", "ids", "ecret", None),
            of("https://a.test/t", "id", "replaced", None),
            of("https://a.test/t", "id", "secret", Some("read")),
        ] {
            assert_ne!(one, other);
        }
    }
}
