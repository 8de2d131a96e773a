//! Requests that a script makes: `httpGet`, `httpPost` and `callChoreo` (design.md §5). Where they may go, and what a script is told.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::Url;

/// The question of a script that makes a request: its number in the sign-in, method, address, headers, credentials
/// and body.
pub const QUESTION: &str = "http";
/// The question of a script that looks into an answer whose content is open: only the analyser leaves it so.
pub const DATA_QUESTION: &str = "http.data";
/// Most requests of one sign-in; a person waits for each.
pub const COUNT_LIMIT: usize = 5;
/// Largest answer, in bytes of JSON: it is kept with the sign-in.
pub const DATA_LIMIT: usize = 8 * 1024;
/// The same before somebody has passed a step: the sign-in lives in a cookie then.
pub const EARLY_DATA_LIMIT: usize = 1024;

/// The type of credentials that a token is asked for with (RFC 6749 §4.4), by the reference's name.
pub const CLIENT_CREDENTIALS: &str = "clientcredential";

/// Where a token is asked for before the request is made, with credentials of this type.
#[must_use]
pub fn token_endpoint(credentials: &Value) -> Option<&str> {
    let properties = (credentials["type"] == CLIENT_CREDENTIALS).then_some(&credentials["properties"])?;
    properties["tokenEndpoint"].as_str()
}

/// Origins that scripts may call, such as `https://risk.example.com`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins(BTreeSet<String>);

impl Origins {
    fn allows(&self, url: &Url) -> bool {
        self.0.contains(&url.origin().ascii_serialization())
    }

    /// Whether one of them is reached without encryption.
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        self.0.iter().any(|origin| !origin.starts_with("https://"))
    }
}

impl std::str::FromStr for Origins {
    type Err = String;

    /// Separated by spaces or commas.
    fn from_str(text: &str) -> Result<Self, String> {
        let words = text.split(|c: char| c.is_whitespace() || c == ',');
        words
            .filter(|word| !word.is_empty())
            .map(origin)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn origin(text: &str) -> Result<String, String> {
    let fault = || format!("must be a list of origins such as https://api.example.com; {text} is none");
    let url = Url::parse(text).map_err(|_| fault())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_anonymous = url.username().is_empty() && url.password().is_none();
    if !bare || !is_anonymous || !matches!(url.scheme(), "https" | "http") || text.contains('*') {
        return Err(fault());
    }
    Ok(url.origin().ascii_serialization())
}

/// Reads the address of a request that goes to one of these origins.
///
/// # Errors
/// A sentence for the script's author.
pub fn address(text: &str, origins: &Origins) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "The request has no valid address".to_owned())?;
    if origins.allows(&url) {
        return Ok(url);
    }
    let origin = url.origin().ascii_serialization();
    Err(format!(
        "Scripts may not call {origin}: it is not in DOORWARD_SCRIPT_ORIGINS"
    ))
}

/// The request cannot be made as it is: the script ends there.
#[must_use]
pub fn refused(why: &str) -> Value {
    json!({"refused": why})
}

/// An answer that is a success (2xx).
#[must_use]
pub fn answered(data: &Value) -> Value {
    json!({"ok": true, "data": data})
}

/// There is no answer, or it is no success.
#[must_use]
pub fn failed(why: &str, data: &Value, timed_out: bool) -> Value {
    json!({"ok": false, "why": why, "data": data, "timed_out": timed_out})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_whole() {
        let origins: Origins = "https://api.example.com, https://risk.example.com:8443\n"
            .parse()
            .expect("a list");
        for (address_of, fine) in [
            ("https://api.example.com/v1?x=1", true),
            ("https://API.example.com:443/", true),
            ("https://api.example.com", true),
            ("https://risk.example.com:8443/x", true),
            ("https://risk.example.com/x", false),
            ("http://api.example.com/", false),
            ("https://api.example.com.evil.test/", false),
            ("https://evil.test/https://api.example.com/", false),
            ("https://api.example.com@evil.test/", false),
            ("https://evil.test\\@api.example.com/", false),
            ("https://api.example.org/", false),
            ("file:///etc/passwd", false),
            ("/relative", false),
        ] {
            assert_eq!(address(address_of, &origins).is_ok(), fine, "{address_of}");
        }
        assert!(address("https://anywhere.test/", &Origins::default()).is_err());
    }

    #[test]
    fn a_list_holds_origins_alone() {
        for (text, fine) in [
            ("", true),
            ("https://a.test", true),
            ("https://a.test/ https://b.test:1", true),
            ("https://a.test/path", false),
            ("https://*.a.test", false),
            ("https://user@a.test", false),
            ("a.test", false),
            ("ftp://a.test", false),
        ] {
            assert_eq!(text.parse::<Origins>().is_ok(), fine, "{text}");
        }
        assert!("http://a.test".parse::<Origins>().expect("a list").is_insecure());
        assert!(!"https://a.test".parse::<Origins>().expect("a list").is_insecure());
    }
}
