//! The Test IdP's keys and ID tokens. The key is derived from the master key, so every node signs with the same one.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::{Claims, Timestamp};
use doorward_vault::{Keyring, Purpose};
use serde_json::{Value, json};

use super::code::Code;
use super::persona::Behaviour;

/// The one client the Test IdP knows.
pub const CLIENT_ID: &str = "doorward";

/// The secret of [`CLIENT_ID`], derived from the master key.
pub fn client_secret(keyring: &Keyring) -> String {
    URL_SAFE_NO_PAD.encode(keyring.mac(Purpose::TestIdp, &[b"client secret"]))
}

/// A signing key with its name in `kid`.
struct Key {
    kid: &'static str,
    pair: Ed25519KeyPair,
}

/// `None` only if the library refuses a seed of the right length.
fn key(keyring: &Keyring, kid: &'static str) -> Option<Key> {
    let seed = keyring.mac(Purpose::TestIdp, &[b"signing key", kid.as_bytes()]);
    Ed25519KeyPair::from_seed_unchecked(&seed)
        .ok()
        .map(|pair| Key { kid, pair })
}

const PUBLISHED: &str = "test-idp-1";
const UNPUBLISHED: &str = "test-idp-unknown";

/// The key set (RFC 7517 §5).
pub fn jwks(keyring: &Keyring) -> Value {
    let keys: Vec<Value> = key(keyring, PUBLISHED)
        .map(|key| {
            let x = URL_SAFE_NO_PAD.encode(key.pair.public_key().as_ref());
            json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.kid, "x": x})
        })
        .into_iter()
        .collect();
    json!({ "keys": keys })
}

/// The ID token of a code (OpenID Connect Core §2), bent where the persona says so.
pub fn id_token(keyring: &Keyring, issuer: &str, code: &Code, behaviour: Behaviour, now: Timestamp) -> Option<String> {
    let (subject, person) = code.choice.person();
    let at = match behaviour {
        Behaviour::ClockOff => now + chrono::Duration::minutes(10),
        Behaviour::Correct | Behaviour::Denies | Behaviour::Slow | Behaviour::WrongNonce | Behaviour::UnknownKey => now,
    };
    let nonce = match behaviour {
        Behaviour::WrongNonce => Some("of-another-sign-in"),
        Behaviour::Correct | Behaviour::Denies | Behaviour::Slow | Behaviour::ClockOff | Behaviour::UnknownKey => {
            code.request.nonce.as_deref()
        }
    };
    let mut claims: Claims = person;
    let protocol = json!({
        "iss": issuer, "sub": subject, "aud": code.request.client_id, "amr": ["pwd"],
        "iat": at.timestamp(), "exp": at.timestamp() + 300, "auth_time": at.timestamp(),
    });
    claims.extend(protocol.as_object().cloned().unwrap_or_default());
    if let Some(nonce) = nonce {
        claims.insert("nonce".into(), json!(nonce));
    }
    let kid = if behaviour == Behaviour::UnknownKey {
        UNPUBLISHED
    } else {
        PUBLISHED
    };
    sign(&key(keyring, kid)?, &claims)
}

fn sign(key: &Key, claims: &Claims) -> Option<String> {
    let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": key.kid});
    let part = |value: Vec<u8>| URL_SAFE_NO_PAD.encode(value);
    let signed = format!(
        "{}.{}",
        part(serde_json::to_vec(&header).ok()?),
        part(serde_json::to_vec(claims).ok()?)
    );
    let signature = URL_SAFE_NO_PAD.encode(key.pair.sign(signed.as_bytes()));
    Some(format!("{signed}.{signature}"))
}
