//! Discovery documents (OpenID Connect Discovery 1.0 §3 and §4.3).

use doorward_domain::connection::OidcSettings;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::error::Fault;
use crate::json;

/// What a provider says about itself, as far as we use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// Equal to the connection's issuer, byte for byte.
    pub issuer: String,
    pub authorization_endpoint: Option<Url>,
    pub token_endpoint: Option<Url>,
    pub userinfo_endpoint: Option<Url>,
    pub jwks_uri: Option<Url>,
    pub end_session_endpoint: Option<Url>,
    /// Every authorization response carries `iss` (RFC 9207 §3).
    pub authorization_response_iss_parameter_supported: bool,
    /// Short words only; empty when the provider does not say.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    pub id_token_signing_alg_values_supported: Vec<String>,
    pub scopes_supported: Vec<String>,
}

/// Why a discovery document is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetadataFault {
    #[error("it is not a JSON object")]
    NotAnObject,
    #[error("its issuer is not the connection's")]
    IssuerDiffers,
    #[error("its {0} is not an address that starts with https://")]
    Endpoint(Endpoint),
}

/// One of a provider's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    Authorization,
    Token,
    Userinfo,
    Keys,
}

impl Endpoint {
    /// Its name in the discovery document.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authorization => "authorization_endpoint",
            Self::Token => "token_endpoint",
            Self::Userinfo => "userinfo_endpoint",
            Self::Keys => "jwks_uri",
        }
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the discovery document of an issuer is (§4). A last slash of the issuer is not doubled.
pub(crate) fn document_url(issuer: &str) -> Result<Url, Fault> {
    let url = Url::parse(issuer).map_err(|_| Fault::Issuer)?;
    if !matches!(url.scheme(), "https" | "http") || url.query().is_some() || url.fragment().is_some() {
        return Err(Fault::Issuer);
    }
    let base = issuer.strip_suffix('/').unwrap_or(issuer);
    Url::parse(&format!("{base}/.well-known/openid-configuration")).map_err(|_| Fault::Issuer)
}

/// Reads a discovery document fetched for `issuer`.
pub(crate) fn parse(issuer: &str, body: &[u8]) -> Result<Metadata, MetadataFault> {
    let document = json::object(body).ok_or(MetadataFault::NotAnObject)?;
    // §4.3: or one provider could answer in the name of another.
    if document.get("issuer").and_then(Value::as_str) != Some(issuer) {
        return Err(MetadataFault::IssuerDiffers);
    }
    let secure = issuer.starts_with("https://");
    let required = |endpoint: Endpoint| match document.get(endpoint.as_str()) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => address(value, secure)
            .map(Some)
            .ok_or(MetadataFault::Endpoint(endpoint)),
    };
    let words = |name: &str| document.get(name).map(short_words).unwrap_or_default();
    Ok(Metadata {
        issuer: issuer.to_owned(),
        authorization_endpoint: required(Endpoint::Authorization)?,
        token_endpoint: required(Endpoint::Token)?,
        userinfo_endpoint: required(Endpoint::Userinfo)?,
        jwks_uri: required(Endpoint::Keys)?,
        end_session_endpoint: document
            .get("end_session_endpoint")
            .and_then(|value| address(value, secure)),
        authorization_response_iss_parameter_supported: document
            .get("authorization_response_iss_parameter_supported")
            .is_some_and(|value| value == &Value::Bool(true)),
        token_endpoint_auth_methods_supported: words("token_endpoint_auth_methods_supported"),
        id_token_signing_alg_values_supported: words("id_token_signing_alg_values_supported"),
        scopes_supported: words("scopes_supported"),
    })
}

/// A provider on https keeps to https: an endpoint without it would carry codes and tokens in clear.
fn address(value: &Value, secure: bool) -> Option<Url> {
    let text = value.as_str().filter(|text| text.len() <= 2048)?;
    let url = Url::parse(text).ok()?;
    let scheme_fine = url.scheme() == "https" || (url.scheme() == "http" && !secure);
    let fine = scheme_fine && url.has_host() && url.username().is_empty() && url.password().is_none();
    (fine && url.fragment().is_none()).then_some(url)
}

/// At most 50 words of visible ASCII: they are shown in the console and kept in memory.
fn short_words(value: &Value) -> Vec<String> {
    let listed = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let fine = |word: &&str| (1..=100).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_graphic());
    listed
        .iter()
        .filter_map(Value::as_str)
        .filter(fine)
        .take(50)
        .map(str::to_owned)
        .collect()
}

/// The addresses one connection uses: those typed, else those discovered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoints {
    authorization: Option<Url>,
    token: Option<Url>,
    userinfo: Option<Url>,
    keys: Option<Url>,
    /// Without a discovery document nobody said so.
    pub(crate) iss_parameter_promised: bool,
}

impl Endpoints {
    pub(crate) fn of(settings: &OidcSettings, found: Option<&Metadata>) -> Self {
        let pick =
            |typed: &Option<Url>, found: Option<&Option<Url>>| typed.clone().or_else(|| found.cloned().flatten());
        Self {
            authorization: pick(
                &settings.authorization_endpoint,
                found.map(|m| &m.authorization_endpoint),
            ),
            token: pick(&settings.token_endpoint, found.map(|m| &m.token_endpoint)),
            userinfo: pick(&settings.userinfo_endpoint, found.map(|m| &m.userinfo_endpoint)),
            keys: pick(&settings.jwks_uri, found.map(|m| &m.jwks_uri)),
            iss_parameter_promised: found.is_some_and(|m| m.authorization_response_iss_parameter_supported),
        }
    }

    /// One address.
    ///
    /// # Errors
    /// `EndpointMissing` when it is neither typed nor discovered.
    pub(crate) fn require(&self, endpoint: Endpoint) -> Result<&Url, Fault> {
        let url = match endpoint {
            Endpoint::Authorization => &self.authorization,
            Endpoint::Token => &self.token,
            Endpoint::Userinfo => &self.userinfo,
            Endpoint::Keys => &self.keys,
        };
        url.as_ref().ok_or(Fault::EndpointMissing { endpoint })
    }
}

/// Whether every address the connection needs is typed, so that nothing has to be discovered.
pub(crate) fn all_typed(settings: &OidcSettings) -> bool {
    settings.authorization_endpoint.is_some()
        && settings.token_endpoint.is_some()
        && settings.jwks_uri.is_some()
        && (settings.userinfo_endpoint.is_some() || !settings.fetch_userinfo)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ISSUER: &str = "https://idp.example.com";

    fn read(document: &Value) -> Result<Metadata, MetadataFault> {
        parse(ISSUER, document.to_string().as_bytes())
    }

    #[test]
    fn discovery_4_1_the_document_is_below_the_issuer() {
        for (issuer, want) in [
            (ISSUER, "https://idp.example.com/.well-known/openid-configuration"),
            (
                "https://idp.example.com/",
                "https://idp.example.com/.well-known/openid-configuration",
            ),
            (
                "https://idp.example.com/a/b",
                "https://idp.example.com/a/b/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(document_url(issuer).unwrap().as_str(), want);
        }
        for issuer in [
            "",
            "idp.example.com",
            "file:///etc",
            "https://a.example.com/?x=1",
            "https://a.example.com/#x",
        ] {
            assert_eq!(document_url(issuer), Err(Fault::Issuer), "{issuer}");
        }
    }

    #[test]
    fn f7_discovery_4_3_the_issuer_is_compared_byte_for_byte() {
        for issuer in [
            json!("https://idp.example.com/"),
            json!("https://IDP.example.com"),
            json!(null),
            json!([ISSUER]),
        ] {
            assert_eq!(
                read(&json!({ "issuer": issuer })),
                Err(MetadataFault::IssuerDiffers),
                "F7: {issuer}"
            );
        }
        assert!(read(&json!({ "issuer": ISSUER })).is_ok());
    }

    #[test]
    fn s31_addresses_in_the_document_are_web_addresses() {
        for address in [
            json!("javascript:alert(1)"),
            json!("http://idp.example.com/x"),
            json!("file:///etc/passwd"),
            json!("https://u:p@idp.example.com/"),
            json!("https://idp.example.com/#x"),
            json!("/relative"),
            json!(7),
            json!(""),
        ] {
            let document = json!({ "issuer": ISSUER, "authorization_endpoint": address });
            assert_eq!(
                read(&document),
                Err(MetadataFault::Endpoint(Endpoint::Authorization)),
                "S31: {address}"
            );
        }
    }

    #[test]
    fn only_true_promises_the_iss_parameter_and_lists_are_bounded() {
        for (value, want) in [
            (json!(true), true),
            (json!(false), false),
            (json!("true"), false),
            (json!(1), false),
        ] {
            let read =
                read(&json!({ "issuer": ISSUER, "authorization_response_iss_parameter_supported": value })).unwrap();
            assert_eq!(
                read.authorization_response_iss_parameter_supported, want,
                "RFC 9207 §3: {value}"
            );
        }
        let long: Vec<String> = (0..1000).map(|n| format!("scope{n}")).collect();
        let read = read(
            &json!({ "issuer": ISSUER, "scopes_supported": long, "id_token_signing_alg_values_supported": "RS256",
            "token_endpoint_auth_methods_supported": ["client secret basic", 7, "none"] }),
        )
        .unwrap();
        assert_eq!(read.scopes_supported.len(), 50);
        assert!(read.id_token_signing_alg_values_supported.is_empty());
        assert_eq!(read.token_endpoint_auth_methods_supported, ["none"]);
    }
}
