//! A token that a client asks for on its own behalf (RFC 6749 §4.4). No sign-in at a provider does; scripts that call
//! other servers do.

use doorward_domain::secret::SecretText;
use reqwest::header::HeaderMap;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::http::{OutboundBody, OutboundRequest, OutboundResponse};
use crate::json;
use crate::token::{TokenFault, access_token, basic};
use crate::token_error::TokenErrorCode;

/// What a client shows at a token endpoint.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    pub token_endpoint: Url,
    /// Scripts may keep the id as a secret too.
    pub id: SecretText,
    pub secret: SecretText,
    /// Separated by spaces.
    pub scopes: Option<String>,
}

/// What it gets.
#[derive(Debug, Clone)]
pub struct Granted {
    pub access_token: SecretText,
    /// How long the token lives; `None` where the server does not say.
    pub life_seconds: Option<u64>,
}

/// Why it gets nothing. Holds no text of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantFault {
    #[error("the token endpoint refuses the credentials: {0}")]
    Refused(TokenErrorCode),
    #[error("the token endpoint answers with the status {0}")]
    Status(u16),
    #[error("the answer of the token endpoint cannot be used: {0}")]
    Token(TokenFault),
}

impl ClientCredentials {
    /// Makes the request (RFC 6749 §4.4.2); at most `body_limit` bytes of its answer are read.
    #[must_use]
    pub fn request(&self, body_limit: usize) -> OutboundRequest {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        if let Some(scopes) = &self.scopes {
            form.append_pair("scope", scopes);
        }
        OutboundRequest {
            url: self.token_endpoint.clone(),
            accept: "application/json",
            authorization: Some(basic(self.id.expose(), &self.secret)),
            headers: HeaderMap::new(),
            body: Some(OutboundBody {
                content_type: "application/x-www-form-urlencoded",
                text: SecretText::new(form.finish()),
            }),
            body_limit,
        }
    }
}

impl Granted {
    /// Reads the answer.
    ///
    /// # Errors
    /// Why there is no token in it that could be used.
    pub fn parse(response: &OutboundResponse) -> Result<Self, GrantFault> {
        let object = json::object(&response.body);
        if response.status != 200 {
            // A 5xx is the server's trouble, whatever its body says.
            let error = object.as_ref().and_then(|o| o.get("error")).and_then(Value::as_str);
            return Err(match error {
                Some(error) if response.status < 500 => GrantFault::Refused(TokenErrorCode::parse(error)),
                _ => GrantFault::Status(response.status),
            });
        }
        let object = object.ok_or(GrantFault::Token(TokenFault::NotAnObject))?;
        Ok(Self {
            access_token: access_token(&object).map_err(GrantFault::Token)?,
            life_seconds: object.get("expires_in").and_then(Value::as_u64),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    #[test]
    fn rfc_6749_4_4_2_what_is_asked() {
        let credentials = |scopes: Option<&str>| ClientCredentials {
            token_endpoint: Url::parse("https://idp.example.com/token").unwrap(),
            id: SecretText::new("us:&them"),
            secret: SecretText::new("p ä%+"),
            scopes: scopes.map(str::to_owned),
        };
        for (scopes, want) in [
            (None, "grant_type=client_credentials"),
            (Some("read write"), "grant_type=client_credentials&scope=read+write"),
        ] {
            let request = credentials(scopes).request(1_000);
            assert_eq!(request.body.as_ref().unwrap().text.expose(), want);
            // RFC 6749 §2.3.1: both parts are form-encoded.
            let pair = STANDARD.encode("us%3A%26them:p+%C3%A4%25%2B");
            let authorization = request.authorization.as_ref().unwrap();
            assert_eq!(authorization.expose(), format!("Basic {pair}"));
            let printed = format!("{request:?}{:?}", credentials(scopes));
            assert!(
                !printed.contains(&pair) && !printed.contains("them"),
                "S47: nothing secret is printed"
            );
        }
    }

    #[test]
    fn rfc_6749_5_answers() {
        let good = json!({"access_token": "at", "token_type": "bearer", "expires_in": 60});
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            changed
        };
        let token = |fault| Err(GrantFault::Token(fault));
        for (case, status, body, want) in [
            ("good", 200, good.clone(), Ok(Some(60))),
            ("no life named", 200, with("expires_in", Value::Null), Ok(None)),
            ("a strange life", 200, with("expires_in", json!(-1)), Ok(None)),
            (
                "no token",
                200,
                with("access_token", json!("")),
                token(TokenFault::Member("access_token")),
            ),
            (
                "a token with a line break",
                200,
                with("access_token", json!("a\r\nX: y")),
                token(TokenFault::Member("access_token")),
            ),
            (
                "another kind of token",
                200,
                with("token_type", json!("DPoP")),
                token(TokenFault::NotBearer),
            ),
            ("a list", 200, json!([]), token(TokenFault::NotAnObject)),
            (
                "wrong secret",
                401,
                json!({"error": "invalid_client"}),
                Err(GrantFault::Refused(TokenErrorCode::InvalidClient)),
            ),
            ("no error named", 404, json!({}), Err(GrantFault::Status(404))),
            (
                "trouble",
                500,
                json!({"error": "invalid_client"}),
                Err(GrantFault::Status(500)),
            ),
            ("elsewhere", 302, good.clone(), Err(GrantFault::Status(302))),
        ] {
            let response = OutboundResponse {
                status,
                content_type: None,
                body: body.to_string().into_bytes(),
            };
            let read = Granted::parse(&response).map(|granted| granted.life_seconds);
            assert_eq!(read, want, "{case}");
        }
    }
}
