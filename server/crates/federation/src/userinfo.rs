//! The userinfo endpoint (OpenID Connect Core §5.3).

use doorward_domain::Claims;
use doorward_domain::secret::SecretText;
use serde_json::Value;
use url::Url;

use crate::error::{Call, Fault};
use crate::http::{ANSWER_LIMIT, OutboundRequest, OutboundResponse};
use crate::json;

/// Why a userinfo answer is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserinfoFault {
    #[error("it is not a JSON object")]
    NotAnObject,
    #[error("it is signed or encrypted, which is not supported")]
    NotPlain,
    #[error("it speaks of another person than the ID token")]
    WrongSubject,
}

/// Claims about the token or the sign-in rather than the person: the verified ID token alone speaks of them.
const PROTOCOL_CLAIMS: [&str; 17] = [
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "jti",
    "nonce",
    "auth_time",
    "acr",
    "amr",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "cnf",
];

/// Claims that say something about another claim, and may be read only beside the value they came with. A verified
/// mark of the ID token put to an address out of userinfo would verify an address nobody has checked (S2).
const PAIRS: [(&str, &str); 2] = [("email", "email_verified"), ("phone_number", "phone_number_verified")];

pub(crate) fn request(endpoint: &Url, access_token: &SecretText) -> OutboundRequest {
    let authorization = SecretText::new(format!("Bearer {}", access_token.expose()));
    OutboundRequest {
        authorization: Some(authorization),
        ..OutboundRequest::get_json(endpoint.clone(), ANSWER_LIMIT)
    }
}

/// Reads the answer and adds its claims to those of the ID token.
///
/// # Errors
/// When it is not about the same person (§5.3.2): an access token put in by somebody else would bring in theirs (S28).
pub(crate) fn merge(response: &OutboundResponse, subject: &str, claims: &mut Claims) -> Result<(), Fault> {
    if response.status != 200 {
        return Err(Fault::Status {
            call: Call::Userinfo,
            status: response.status,
        });
    }
    if response.content_type.as_deref() == Some("application/jwt") {
        return Err(Fault::Userinfo(UserinfoFault::NotPlain));
    }
    let answer = json::object(&response.body).ok_or(Fault::Userinfo(UserinfoFault::NotAnObject))?;
    if answer.get("sub").and_then(Value::as_str) != Some(subject) {
        return Err(Fault::Userinfo(UserinfoFault::WrongSubject));
    }
    for (value, mark) in PAIRS {
        if answer.contains_key(value) {
            claims.remove(mark);
        }
    }
    for (name, value) in answer
        .iter()
        .filter(|(name, _)| !PROTOCOL_CLAIMS.contains(&name.as_str()))
    {
        let orphan = PAIRS.iter().any(|(of, mark)| mark == name && !answer.contains_key(*of));
        if !orphan {
            claims.insert(name.clone(), value.clone());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn merged(id_token: Value, userinfo: &Value) -> Result<Value, Fault> {
        let Value::Object(mut claims) = id_token else {
            panic!("an object")
        };
        let body = userinfo.to_string().into_bytes();
        let response = OutboundResponse {
            status: 200,
            content_type: Some("application/json".into()),
            body,
        };
        merge(&response, "alice", &mut claims).map(|()| Value::Object(claims))
    }

    #[test]
    fn core_5_3_2_the_subject_must_be_the_same() {
        for other in [
            json!({}),
            json!({"sub": "Alice"}),
            json!({"sub": "bob"}),
            json!({"sub": null}),
            json!({"sub": ["alice"]}),
        ] {
            assert_eq!(
                merged(json!({}), &other),
                Err(Fault::Userinfo(UserinfoFault::WrongSubject)),
                "S28: {other}"
            );
        }
    }

    #[test]
    fn the_id_token_wins_where_it_speaks_of_the_sign_in() {
        let got = merged(
            json!({"sub": "alice", "iss": "i", "acr": "low", "name": "old"}),
            &json!({"sub": "alice", "iss": "evil", "acr": "high", "amr": ["mfa"], "auth_time": 1, "name": "new", "groups": ["a"]}),
        );
        assert_eq!(
            got.unwrap(),
            json!({"sub": "alice", "iss": "i", "acr": "low", "name": "new", "groups": ["a"]})
        );
    }

    #[test]
    fn s2_a_verified_mark_stays_with_its_address() {
        for (case, id_token, userinfo, want) in [
            (
                "address from userinfo without a mark",
                json!({"email": "a@example.com", "email_verified": true}),
                json!({"sub": "alice", "email": "victim@example.com"}),
                json!({"email": "victim@example.com"}),
            ),
            (
                "mark without an address",
                json!({"email": "a@example.com"}),
                json!({"sub": "alice", "email_verified": true}),
                json!({"email": "a@example.com"}),
            ),
            (
                "both from userinfo",
                json!({}),
                json!({"sub": "alice", "email": "a@example.com", "email_verified": true}),
                json!({"email": "a@example.com", "email_verified": true}),
            ),
            (
                "both from the ID token",
                json!({"email": "a@example.com", "email_verified": true}),
                json!({"sub": "alice"}),
                json!({"email": "a@example.com", "email_verified": true}),
            ),
        ] {
            assert_eq!(merged(id_token, &userinfo).unwrap(), want, "S2: {case}");
        }
    }
}
