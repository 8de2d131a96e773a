//! Signature algorithms that a connection may name for ID tokens. All are asymmetric: what is unsigned, or signed with a
//! secret that two sides hold, vouches for nobody (S22, S29), so a connection that asks for it is never saved.

/// `alg` values (RFC 7518 §3.1, RFC 8037, RFC 9864).
pub const NAMES: [&str; 11] = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
];

/// Whether every value is an algorithm we accept; an empty list stands for all of them.
#[must_use]
pub fn are_known(values: &[String]) -> bool {
    values.len() <= NAMES.len() && values.iter().all(|value| NAMES.contains(&value.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::Timestamp;
    use crate::connection::ConnectionDraft;
    use crate::id::ConnectionId;

    #[test]
    fn s22_a_connection_that_accepts_unsigned_answers_is_not_saved() {
        for (values, is_saved) in [
            (json!([]), true),
            (json!(["ES256", "RS256"]), true),
            (json!(["Ed25519"]), true),
            (json!(["none"]), false),
            (json!(["None"]), false),
            (json!(["RS256", "none"]), false),
            (json!(["HS256"]), false),
            (json!(["rs256"]), false),
            (json!([""]), false),
        ] {
            for enabled in [true, false] {
                let draft: ConnectionDraft = serde_json::from_value(json!({
                    "handle": "acme", "display_name": "Acme", "enabled": enabled,
                    "oidc": {"issuer": "https://idp.example.com", "client_id": "us", "client_secret": "hush",
                             "id_token_signing_alg_values": values},
                }))
                .expect("a draft");
                let made = draft.create(ConnectionId::from_random([1; 16]), Timestamp::UNIX_EPOCH);
                assert_eq!(made.is_ok(), is_saved, "S22: {values}: {made:?}");
            }
        }
    }
}
