//! A script's request as it is sent: within bounds, and with the secrets in it.

use ::http::header::{AUTHORIZATION, CONTENT_TYPE};
use ::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use doorward_domain::script_http::{CLIENT_CREDENTIALS, Origins, address, token_endpoint};
use doorward_domain::secret::SecretText;
use doorward_federation::http::OutboundBody;
use doorward_federation::{ClientCredentials, OutboundRequest};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::READ_LIMIT;
use crate::signin::script::secrets::{Secrets, change};

/// Most headers that a script sets.
const HEADERS_LIMIT: usize = 20;
const FORM: &str = "application/x-www-form-urlencoded";
/// Headers that say how a request travels, and those that are about a browser.
const NOT_SETTABLE: [&str; 13] = [
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// What is sent.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) request: OutboundRequest,
    /// What a token is asked for with before.
    pub(super) client: Option<ClientCredentials>,
}

/// What `authConfig` comes to.
enum Credentials {
    None,
    Header(SecretText),
    Client(ClientCredentials),
}

/// The request with the secrets in it. The origin is checked before: no secret can change where it goes.
pub(super) fn build(args: &[Value], origins: &Origins, secrets: &Secrets<'_>) -> Result<Built, String> {
    let text = |index: usize| args.get(index).and_then(Value::as_str).unwrap_or_default();
    let mut url = address(text(2), origins)?;
    fill(&mut url, secrets);
    let mut headers = HeaderMap::new();
    for (name, value) in args.get(3).and_then(Value::as_object).into_iter().flatten() {
        set(&mut headers, name, &secrets.fill(value.as_str().unwrap_or_default()))?;
    }
    let (authorization, client) = match credentials(args.get(4), &mut headers, origins, secrets)? {
        Credentials::None => (None, None),
        Credentials::Header(authorization) => (Some(authorization), None),
        Credentials::Client(client) => (None, Some(client)),
    };
    if (authorization.is_some() || client.is_some()) && headers.contains_key(AUTHORIZATION) {
        return Err("The request has two credentials".to_owned());
    }
    let body = (text(1) == "POST").then(|| body(args.get(5), &headers, secrets));
    let request = OutboundRequest {
        url,
        accept: "application/json, text/plain",
        authorization,
        headers,
        body,
        body_limit: READ_LIMIT,
    };
    Ok(Built { request, client })
}

fn fill(url: &mut Url, secrets: &Secrets<'_>) {
    let encode = |value: &str| {
        let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        encoded.replace('+', "%20")
    };
    let path = secrets.fill_with(url.path(), encode);
    let query = url.query().map(|query| secrets.fill_with(query, encode));
    url.set_path(&path);
    url.set_query(query.as_deref());
}

fn set(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), String> {
    let fault = || format!("The header {} cannot be set", name.chars().take(50).collect::<String>());
    let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| fault())?;
    if NOT_SETTABLE.contains(&parsed.as_str()) || headers.len() >= HEADERS_LIMIT {
        return Err(fault());
    }
    if !value.is_ascii() {
        return Err(fault());
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| fault())?;
    value.set_sensitive(true);
    headers.insert(parsed, value);
    Ok(())
}

/// `authConfig`: by the names of the reference's code and those of its documentation.
fn credentials(
    given: Option<&Value>,
    headers: &mut HeaderMap,
    origins: &Origins,
    secrets: &Secrets<'_>,
) -> Result<Credentials, String> {
    let Some(given) = given.filter(|given| !given.is_null()) else {
        return Ok(Credentials::None);
    };
    let property = |name: &str| {
        let text = given["properties"][name].as_str();
        text.map(|text| secrets.fill(text))
            .ok_or_else(|| format!("The credentials lack {name}"))
    };
    Ok(match given["type"].as_str().unwrap_or_default() {
        "basic" | "basicauth" => {
            let pair = format!("{}:{}", property("username")?, property("password")?);
            Credentials::Header(SecretText::new(format!("Basic {}", STANDARD.encode(pair))))
        }
        "bearer" | "bearertoken" => Credentials::Header(SecretText::new(format!("Bearer {}", property("token")?))),
        "apikey" => {
            set(headers, &property("headerName")?, &property("apiKey")?)?;
            Credentials::None
        }
        // As with the request, no secret can change where this goes.
        CLIENT_CREDENTIALS => Credentials::Client(ClientCredentials {
            token_endpoint: address(
                token_endpoint(given).ok_or("The credentials lack tokenEndpoint")?,
                origins,
            )?,
            id: SecretText::new(property("consumerKey")?),
            secret: SecretText::new(property("consumerSecret")?),
            scopes: given["properties"]["scopes"]
                .as_str()
                .filter(|scopes| !scopes.is_empty())
                .map(str::to_owned),
        }),
        _ => return Err("Credentials of this type are not available".to_owned()),
    })
}

/// JSON, unless the script says that it is a form or gives a text.
fn body(given: Option<&Value>, headers: &HeaderMap, secrets: &Secrets<'_>) -> OutboundBody {
    let wanted = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_form = wanted.is_some_and(|wanted| wanted.starts_with(FORM));
    let given = given
        .filter(|given| !given.is_null())
        .cloned()
        .unwrap_or_else(|| json!({}));
    let (content_type, text) = match change(given, &|text| secrets.fill(text)) {
        Value::Object(fields) if is_form => {
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (name, value) in &fields {
                form.append_pair(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            }
            (FORM, form.finish())
        }
        Value::String(text) => ("text/plain", text),
        other => ("application/json", other.to_string()),
    };
    OutboundBody {
        content_type,
        text: SecretText::new(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins() -> Origins {
        "https://api.example.com".parse().expect("a list")
    }

    fn secrets() -> Secrets<'static> {
        Secrets::of(vec![("secret_KEY_x", SecretText::new("pä/ss?word"))])
    }

    fn client(token_endpoint: &str) -> Value {
        json!({"type": "clientcredential", "properties": {
            "consumerKey": "id of secret_KEY_x", "consumerSecret": "secret_KEY_x", "tokenEndpoint": token_endpoint,
            "scopes": "read write"
        }})
    }

    #[test]
    fn s31_what_a_script_may_send() {
        let get = |address: &str, headers: Value, auth: Value| json!([1, "GET", address, headers, auth, null]);
        let fine = "https://api.example.com/v1";
        for (case, args, is_fine) in [
            ("plain", get(fine, json!({}), Value::Null), true),
            (
                "a header with more than ASCII",
                get(fine, json!({"X-Api-Key": "secret_KEY_x"}), Value::Null),
                false,
            ),
            ("a header", get(fine, json!({"X-Api-Key": "key"}), Value::Null), true),
            (
                "another origin",
                get("https://other.example.com/", json!({}), Value::Null),
                false,
            ),
            (
                "a secret as host",
                get("https://secret_KEY_x/", json!({}), Value::Null),
                false,
            ),
            ("Host", get(fine, json!({"Host": "evil.test"}), Value::Null), false),
            (
                "Content-Length",
                get(fine, json!({"content-length": "0"}), Value::Null),
                false,
            ),
            (
                "a second line",
                get(fine, json!({"X-A": "a\r\nHost: evil.test"}), Value::Null),
                false,
            ),
            (
                "a name of two",
                get(fine, json!({"X-A: b\r\nX-C": "d"}), Value::Null),
                false,
            ),
            (
                "two credentials",
                get(
                    fine,
                    json!({"authorization": "Bearer a"}),
                    json!({"type": "bearer", "properties": {"token": "b"}}),
                ),
                false,
            ),
            (
                "no token",
                get(fine, json!({}), json!({"type": "bearer", "properties": {}})),
                false,
            ),
            (
                "another type",
                get(fine, json!({}), json!({"type": "digest", "properties": {}})),
                false,
            ),
            ("a token", get(fine, json!({}), client(fine)), true),
            (
                "a token from elsewhere",
                get(fine, json!({}), client("https://other.example.com/token")),
                false,
            ),
            (
                "a token from a secret place",
                get(fine, json!({}), client("https://secret_KEY_x/token")),
                false,
            ),
            (
                "a token and other credentials",
                get(fine, json!({"authorization": "Bearer a"}), client(fine)),
                false,
            ),
            (
                "a token from nowhere",
                get(
                    fine,
                    json!({}),
                    json!({"type": "clientcredential", "properties": {"consumerKey": "a", "consumerSecret": "b"}}),
                ),
                false,
            ),
            (
                "a token without a secret",
                get(
                    fine,
                    json!({}),
                    json!({"type": "clientcredential", "properties": {"consumerKey": "a", "tokenEndpoint": fine}}),
                ),
                false,
            ),
        ] {
            let built = build(args.as_array().expect("a list"), &origins(), &secrets());
            assert_eq!(built.is_ok(), is_fine, "{case}: {built:?}");
            assert!(
                !format!("{built:?}").contains("pä/ss"),
                "{case}: no reason repeats a value"
            );
        }
    }

    #[test]
    fn s47_secrets_are_put_where_they_belong() {
        let args = json!([
            1,
            "POST",
            "https://api.example.com/v1/secret_KEY_x?key=secret_KEY_x",
            {},
            {"type": "basic", "properties": {"username": "us", "password": "secret_KEY_x"}},
            {"key": ["secret_KEY_x"], "other": "secret_KEY_y"}
        ]);
        let built = build(args.as_array().expect("a list"), &origins(), &secrets()).expect("a request");
        let built = built.request;
        assert_eq!(
            built.url.as_str(),
            "https://api.example.com/v1/p%C3%A4%2Fss%3Fword?key=p%C3%A4%2Fss%3Fword"
        );
        let authorization = built.authorization.as_ref().expect("credentials").expose();
        assert_eq!(authorization, format!("Basic {}", STANDARD.encode("us:pä/ss?word")));
        let body = built.body.as_ref().expect("a body");
        let sent: Value = serde_json::from_str(body.text.expose()).expect("json");
        assert_eq!(sent, json!({"key": ["pä/ss?word"], "other": "secret_KEY_y"}));
        let credentials = client("https://api.example.com/token");
        let args = json!([1, "GET", "https://api.example.com/", {}, credentials, null]);
        let built = build(args.as_array().expect("a list"), &origins(), &secrets()).expect("a request");
        assert!(built.request.authorization.is_none(), "the token is not there yet");
        let client = built.client.expect("credentials");
        assert_eq!(client.token_endpoint.as_str(), "https://api.example.com/token");
        assert_eq!(client.id.expose(), "id of pä/ss?word");
        assert_eq!(client.secret.expose(), "pä/ss?word");
        assert_eq!(client.scopes.as_deref(), Some("read write"));
    }
}
