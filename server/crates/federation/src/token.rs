//! The code exchange (RFC 6749 §4.1.3, OpenID Connect Core §3.1.3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use doorward_domain::Claims;
use doorward_domain::connection::{OidcSettings, UpstreamAuthMethod};
use doorward_domain::secret::SecretText;
use reqwest::header::HeaderMap;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::error::{Call, Fault};
use crate::http::{ANSWER_LIMIT, OutboundBody, OutboundRequest, OutboundResponse};
use crate::json;
use crate::token_error::TokenErrorCode;

/// Why a token answer is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    #[error("it is not a JSON object")]
    NotAnObject,
    #[error("{0} is missing or of the wrong type")]
    Member(&'static str),
    #[error("its token is not a bearer token")]
    NotBearer,
}

/// What a code was exchanged for. Neither token is kept longer than the sign-in takes.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) access_token: SecretText,
    pub(crate) id_token: SecretText,
}

/// Makes the request that exchanges a code.
///
/// # Errors
/// `SecretMissing` when the connection authenticates with a secret it does not have.
pub(crate) fn request(
    settings: &OidcSettings,
    endpoint: &Url,
    code: &SecretText,
    code_verifier: &SecretText,
    redirect_uri: &Url,
) -> Result<OutboundRequest, Fault> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code.expose())
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("code_verifier", code_verifier.expose());
    let secret = settings
        .client_secret
        .as_ref()
        .filter(|secret| !secret.expose().is_empty());
    let mut authorization = None;
    match settings.token_endpoint_auth_method {
        UpstreamAuthMethod::ClientSecretBasic => {
            authorization = Some(basic(&settings.client_id, secret.ok_or(Fault::SecretMissing)?));
        }
        UpstreamAuthMethod::ClientSecretPost => {
            form.append_pair("client_id", &settings.client_id)
                .append_pair("client_secret", secret.ok_or(Fault::SecretMissing)?.expose());
        }
        UpstreamAuthMethod::None => {
            form.append_pair("client_id", &settings.client_id);
        }
    }
    let body = OutboundBody {
        content_type: "application/x-www-form-urlencoded",
        text: SecretText::new(form.finish()),
    };
    Ok(OutboundRequest {
        url: endpoint.clone(),
        accept: "application/json",
        authorization,
        headers: HeaderMap::new(),
        body: Some(body),
        body_limit: ANSWER_LIMIT,
    })
}

/// RFC 6749 §2.3.1: both parts are form-encoded before they are joined, or a colon in the id would move the border.
pub(crate) fn basic(client_id: &str, secret: &SecretText) -> SecretText {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(client_id), encode(secret.expose()));
    SecretText::new(format!("Basic {}", STANDARD.encode(pair)))
}

/// Reads the answer.
///
/// # Errors
/// `TokenRefused` with the provider's code, `Status` when it gave none, `Token` when the answer makes no sense.
pub(crate) fn parse(response: &OutboundResponse) -> Result<Tokens, Fault> {
    let object = json::object(&response.body);
    if response.status != 200 {
        // A 5xx is the provider's trouble, whatever its body says.
        let error = object.as_ref().and_then(|o| o.get("error")).and_then(Value::as_str);
        return Err(match error {
            Some(error) if response.status < 500 => Fault::TokenRefused(TokenErrorCode::parse(error)),
            _ => Fault::Status {
                call: Call::Token,
                status: response.status,
            },
        });
    }
    let object = object.ok_or(Fault::Token(TokenFault::NotAnObject))?;
    Ok(Tokens {
        access_token: access_token(&object).map_err(Fault::Token)?,
        id_token: SecretText::new(text(&object, "id_token").map_err(Fault::Token)?),
    })
}

/// The access token of an answer: one that may be sent as a bearer token.
pub(crate) fn access_token(object: &Claims) -> Result<SecretText, TokenFault> {
    if !text(object, "token_type")?.eq_ignore_ascii_case("bearer") {
        return Err(TokenFault::NotBearer);
    }
    let token = text(object, "access_token")?;
    // RFC 6750 §2.1: what may stand behind `Bearer`; anything else could break out of the header.
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(TokenFault::Member("access_token"));
    }
    Ok(SecretText::new(token))
}

fn text<'o>(object: &'o Claims, name: &'static str) -> Result<&'o str, TokenFault> {
    let text = object.get(name).and_then(Value::as_str);
    text.filter(|text| !text.is_empty()).ok_or(TokenFault::Member(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request_with(method: &str) -> OutboundRequest {
        let settings: OidcSettings = serde_json::from_value(json!({
            "issuer": "https://idp.example.com", "client_id": "us:&them", "client_secret": "p ä%+", "token_endpoint_auth_method": method,
        }))
        .unwrap();
        let url = |text: &str| Url::parse(text).unwrap();
        let (code, verifier) = (SecretText::new("c&d"), SecretText::new("v"));
        request(
            &settings,
            &url("https://idp.example.com/token"),
            &code,
            &verifier,
            &url("https://door.example.com/cb"),
        )
        .unwrap()
    }

    #[test]
    fn rfc_6749_2_3_1_each_way_to_authenticate() {
        let basic = request_with("client_secret_basic");
        let header = basic.authorization.clone().unwrap();
        let pair = STANDARD
            .decode(header.expose().strip_prefix("Basic ").unwrap())
            .unwrap();
        assert_eq!(String::from_utf8(pair).unwrap(), "us%3A%26them:p+%C3%A4%25%2B");
        let body = |request: &OutboundRequest| request.body.clone().unwrap().text.expose().to_owned();
        let common =
            "grant_type=authorization_code&code=c%26d&redirect_uri=https%3A%2F%2Fdoor.example.com%2Fcb&code_verifier=v";
        assert_eq!(body(&basic), common);
        let post = request_with("client_secret_post");
        assert!(post.authorization.is_none());
        assert_eq!(
            body(&post),
            format!("{common}&client_id=us%3A%26them&client_secret=p+%C3%A4%25%2B")
        );
        let none = request_with("none");
        assert!(none.authorization.is_none());
        assert_eq!(body(&none), format!("{common}&client_id=us%3A%26them"));
        for request in [basic, post, none] {
            let printed = format!("{request:?}");
            assert!(
                !printed.contains("C3%A4") && !printed.contains("c%26d"),
                "S47: nothing secret is printed"
            );
        }
    }

    #[test]
    fn rfc_6749_5_answers() {
        let good = json!({ "access_token": "at", "token_type": "bearer", "id_token": "a.b.c", "expires_in": 1 });
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            changed
        };
        let refused = |code| Err(Fault::TokenRefused(code));
        let status = |status| {
            Err(Fault::Status {
                call: Call::Token,
                status,
            })
        };
        let member = |name| Err(Fault::Token(TokenFault::Member(name)));
        for (case, code, body, want) in [
            ("good", 200, good.clone(), Ok(())),
            ("no id token", 200, with("id_token", Value::Null), member("id_token")),
            (
                "S28: a bare access token",
                200,
                json!({"access_token": "a", "token_type": "Bearer"}),
                member("id_token"),
            ),
            (
                "no access token",
                200,
                with("access_token", json!("")),
                member("access_token"),
            ),
            (
                "access token with a line break",
                200,
                with("access_token", json!("a\r\nX: y")),
                member("access_token"),
            ),
            (
                "another kind of token",
                200,
                with("token_type", json!("DPoP")),
                Err(Fault::Token(TokenFault::NotBearer)),
            ),
            ("array", 200, json!([]), Err(Fault::Token(TokenFault::NotAnObject))),
            (
                "wrong code",
                400,
                json!({"error": "invalid_grant"}),
                refused(TokenErrorCode::InvalidGrant),
            ),
            (
                "wrong secret",
                401,
                json!({"error": "invalid_client"}),
                refused(TokenErrorCode::InvalidClient),
            ),
            (
                "unknown error",
                400,
                json!({"error": "<b>no</b>"}),
                refused(TokenErrorCode::Other),
            ),
            ("no error named", 404, json!({}), status(404)),
            ("broken provider", 500, json!({"error": "invalid_client"}), status(500)),
            ("redirect", 302, good.clone(), status(302)),
        ] {
            let response = OutboundResponse {
                status: code,
                content_type: None,
                body: body.to_string().into_bytes(),
            };
            assert_eq!(parse(&response).map(|_| ()), want, "{case}");
        }
    }
}
