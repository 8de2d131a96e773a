//! What the browser is asked, in the JSON of `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` (§5.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coset::iana::EnumI64;
use serde_json::{Value, json};

use crate::ceremony::{Expected, Party};
use crate::key::ALGORITHMS;

/// How long the browser waits for the person, in milliseconds; at the low end of what §15.1 recommends.
const TIMEOUT_MILLIS: u32 = 300_000;

/// Whom a new credential is for.
#[derive(Debug, Clone, Copy)]
pub struct User<'a> {
    /// Opaque: it must not tell who somebody is (§14.6.1).
    pub handle: &'a [u8],
    /// What the person knows themself by; shown by the authenticator.
    pub name: &'a str,
    pub display_name: &'a str,
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn descriptors<'a>(ids: impl IntoIterator<Item = &'a [u8]>) -> Value {
    let descriptor = |id: &[u8]| json!({"type": "public-key", "id": encode(id)});
    ids.into_iter().map(descriptor).collect()
}

fn wish(must: bool) -> &'static str {
    if must { "required" } else { "preferred" }
}

impl Party {
    /// Options to make a credential (§5.4). It is kept by the authenticator, so that it can say who somebody is, and
    /// `others` are the ones the account has: a device that holds one of them makes no second.
    #[must_use]
    pub fn creation_options<'a>(
        &self,
        name: &str,
        user: &User<'_>,
        expected: &Expected<'_>,
        others: impl IntoIterator<Item = &'a [u8]>,
    ) -> Value {
        let algorithm = |algorithm: coset::iana::Algorithm| json!({"type": "public-key", "alg": algorithm.to_i64()});
        json!({
            "rp": {"id": self.id(), "name": name},
            "user": {"id": encode(user.handle), "name": user.name, "displayName": user.display_name},
            "challenge": encode(expected.challenge),
            "pubKeyCredParams": ALGORITHMS.map(algorithm),
            "timeout": TIMEOUT_MILLIS,
            "excludeCredentials": descriptors(others),
            "authenticatorSelection": {
                "residentKey": "required",
                "requireResidentKey": true,
                "userVerification": wish(expected.must_verify),
            },
            "attestation": "none",
        })
    }

    /// Options to use a credential (§5.5): one of `allowed`, or without any whichever the person has here.
    #[must_use]
    pub fn request_options<'a>(&self, expected: &Expected<'_>, allowed: impl IntoIterator<Item = &'a [u8]>) -> Value {
        json!({
            "challenge": encode(expected.challenge),
            "timeout": TIMEOUT_MILLIS,
            "rpId": self.id(),
            "allowCredentials": descriptors(allowed),
            "userVerification": wish(expected.must_verify),
        })
    }
}
