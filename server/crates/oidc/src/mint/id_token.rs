//! ID tokens (OpenID Connect Core §2).

use chrono::Duration;
use doorward_domain::application::SigningAlg;
use doorward_domain::{Claims, Timestamp};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::claims::is_reserved;
use crate::jose::{KeyError, SigningKeys};

/// What an ID token says. `azp` is left out: it has a meaning only when a token has several audiences, and ours have one.
#[derive(Debug, Clone)]
pub struct IdToken<'a> {
    /// Our issuer, byte for byte as in discovery.
    pub issuer: &'a str,
    /// The person, as this application sees them.
    pub subject: &'a str,
    /// The application: the one audience.
    pub client_id: &'a str,
    /// When it is issued.
    pub now: Timestamp,
    /// How long it may be accepted, in seconds.
    pub life_seconds: u32,
    /// When the person last proved something.
    pub auth_time: Timestamp,
    /// The request's nonce, exactly when there was one. Not in a refreshed token (§12.2 allows either).
    pub nonce: Option<&'a str>,
    /// The level reached, from the evidence.
    pub acr: Option<&'a str>,
    /// The checks done, from the evidence.
    pub amr: Vec<&'a str>,
    /// The session at our side, for logout.
    pub session_id: Option<&'a str>,
    /// The access token that goes with it; gives `at_hash`.
    pub access_token: Option<&'a str>,
    /// Claims about the person, from [`crate::claims::claims_for`]. Names that mean something to the protocol are left out.
    pub claims: &'a Claims,
}

impl IdToken<'_> {
    /// Signs the token.
    ///
    /// # Errors
    /// `Missing`, `Claims` or `Library`.
    pub fn mint(&self, keys: &SigningKeys, alg: SigningAlg) -> Result<String, KeyError> {
        let key = keys.signer(alg, self.now)?;
        let at_hash = self.access_token.map(|token| key.half_hash(token));
        key.sign_id_token(&Payload { token: self, at_hash })
    }
}

struct Payload<'a> {
    token: &'a IdToken<'a>,
    at_hash: Option<String>,
}

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let token = self.token;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("iss", token.issuer)?;
        map.serialize_entry("sub", token.subject)?;
        map.serialize_entry("aud", token.client_id)?;
        map.serialize_entry(
            "exp",
            &(token.now + Duration::seconds(token.life_seconds.into())).timestamp(),
        )?;
        map.serialize_entry("iat", &token.now.timestamp())?;
        map.serialize_entry("auth_time", &token.auth_time.timestamp())?;
        for (name, value) in [
            ("nonce", token.nonce),
            ("acr", token.acr),
            ("at_hash", self.at_hash.as_deref()),
            ("sid", token.session_id),
        ] {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        if !token.amr.is_empty() {
            map.serialize_entry("amr", &token.amr)?;
        }
        for (name, value) in token.claims.iter().filter(|(name, _)| !is_reserved(name)) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
