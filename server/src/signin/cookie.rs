//! Our cookies: host-only, for one purpose each, out of reach for scripts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_app::hosted::Language;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

/// Cookie of a signed-in browser.
pub const SESSION: &str = "dw_session";
/// Remembers by which connection this browser signed in last; a hint for the page and nothing else.
pub const LAST_USED: &str = "dw_last";
/// The language somebody chose on a page of ours.
pub const LANGUAGE: &str = "dw_language";
/// What somebody has just done to their account, until the next page has said so.
pub const DONE: &str = "dw_done";
/// Shows that the answer to a connection's test belongs to the browser that opened its link.
pub const CONNECTION_TEST: &str = "dw_test";
/// Cookies of running transactions begin with this.
pub const TRANSACTION: &str = "dw_txn_";
/// Transactions one browser may have at a time; the oldest goes.
pub const TRANSACTIONS: usize = 8;
/// Longest value we send: browsers keep 4,096 bytes with name and attributes.
pub const VALUE_LIMIT: usize = 3_500;

/// Names and attributes depend on whether browsers reach us over https.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    is_secure: bool,
}

impl Cookies {
    /// For a public URL that is https or not.
    #[must_use]
    pub fn new(is_secure: bool) -> Self {
        Self { is_secure }
    }

    /// The name on the wire. `__Host-` keeps other hosts of our domain from planting a cookie of this name.
    #[must_use]
    pub fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix())
    }

    fn prefix(&self) -> &'static str {
        if self.is_secure { "__Host-" } else { "" }
    }

    /// The value of a cookie. One that is there twice was planted: neither is believed.
    #[must_use]
    pub fn read<'a>(&self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let is_it = |key: &str| key.strip_prefix(self.prefix()) == Some(name);
        let mut values = pairs(headers).filter(|(key, _)| is_it(key)).map(|(_, value)| value);
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// The language that was chosen by a link of a page, now or some other day.
    #[must_use]
    pub fn language(&self, headers: &HeaderMap) -> Option<Language> {
        self.read(headers, LANGUAGE).and_then(Language::of_tag)
    }

    /// Names, without our prefixes, and values of the transactions' cookies.
    pub fn transactions<'a>(&self, headers: &'a HeaderMap) -> Vec<(&'a str, &'a str)> {
        let start = self.name(TRANSACTION);
        pairs(headers)
            .filter_map(|(name, value)| Some((name.strip_prefix(start.as_str())?, value)))
            .collect()
    }

    /// A header that sets a cookie for the browser's session, or for some seconds.
    #[must_use]
    pub fn set(&self, name: &str, value: &str, max_age_seconds: Option<i64>) -> Option<HeaderValue> {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let age = max_age_seconds
            .map(|seconds| format!("; Max-Age={seconds}"))
            .unwrap_or_default();
        let text = format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}",
            self.name(name)
        );
        let mut header = HeaderValue::from_str(&text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// A header that removes a cookie.
    #[must_use]
    pub fn remove(&self, name: &str) -> Option<HeaderValue> {
        self.set(name, "", Some(0))
    }
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// Adds cookies to an answer.
pub fn append(headers: &mut HeaderMap, cookies: impl IntoIterator<Item = HeaderValue>) {
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
}

/// A sealed value as cookie text.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads such a text.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(cookie))])
    }

    #[test]
    fn s26_a_cookie_that_is_there_twice_is_not_believed() {
        let cookies = Cookies::new(false);
        assert_eq!(cookies.read(&headers("a=1; dw_session=x; b=2"), SESSION), Some("x"));
        assert_eq!(cookies.read(&headers("dw_session=x; dw_session=y"), SESSION), None);
        assert_eq!(
            Cookies::new(true).read(&headers("dw_session=x"), SESSION),
            None,
            "only the host's own"
        );
        assert_eq!(
            Cookies::new(true).read(&headers("__Host-dw_session=x"), SESSION),
            Some("x")
        );
    }

    #[test]
    fn attributes() {
        let text = |secure| {
            let value = Cookies::new(secure).set(SESSION, "v", None).expect("fine");
            value.to_str().expect("text").to_owned()
        };
        assert_eq!(
            text(true),
            "__Host-dw_session=v; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(text(false), "dw_session=v; Path=/; HttpOnly; SameSite=Lax");
        assert!(Cookies::new(true).set(SESSION, "a\nb", None).is_none());
    }
}
