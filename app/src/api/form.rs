//! Small helpers between HTML forms and the service calls behind them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One attribute in a form: `attributes[0][name]=locale&attributes[0][value]=de`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AttributeField {
    pub name: String,
    pub value: String,
}

/// Words between white space and commas, such as scopes.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// One entry per line, such as redirect URIs; empty lines do not count.
#[must_use]
pub fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A field that may stay empty.
#[must_use]
pub fn optional(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// Attributes of a form by name; an empty value takes the attribute away, a row without a name is an empty row.
#[must_use]
pub fn attributes(fields: Vec<AttributeField>) -> BTreeMap<String, serde_json::Value> {
    fields
        .into_iter()
        .filter(|field| !field.name.trim().is_empty())
        .map(|field| {
            let value = match optional(&field.value) {
                Some(value) => value.into(),
                None => serde_json::Value::Null,
            };
            (field.name.trim().to_owned(), value)
        })
        .collect()
}

/// Who acts when an administrator sends a form.
#[cfg(feature = "ssr")]
#[must_use]
pub fn actor(administrator: super::session::Administrator) -> doorward_domain::audit::Actor {
    doorward_domain::audit::Actor::Administrator {
        account: administrator.account,
    }
}

/// Where the browser goes after a save that happened before wasm was there. With wasm the page is already on the
/// screen and nothing moves.
#[cfg(feature = "ssr")]
pub fn saved_at(path: &str) {
    if is_plain() {
        let joint = if path.contains('?') { '&' } else { '?' };
        go_to(&format!("{path}{joint}saved=true"));
    }
}

/// Whether the browser sent the form by itself: the answer is a page, and a refusal stands in its address.
#[cfg(feature = "ssr")]
#[must_use]
pub fn is_plain() -> bool {
    leptos::prelude::use_context::<http::request::Parts>().is_some_and(|request| {
        let accept = request.headers.get(http::header::ACCEPT);
        accept
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("text/html"))
    })
}

/// Where the browser goes after something was made or deleted, with wasm or without.
#[cfg(feature = "ssr")]
pub fn go_to(path: &str) {
    // Paths are made of our own words, handles and ids; anything else would not fit a header.
    if path.is_ascii() {
        leptos_axum::redirect(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(words(" openid,email  profile\n"), ["openid", "email", "profile"]);
        assert_eq!(
            lines("https://a.example.com/cb\r\n\r\n  https://b.example.com/cb "),
            ["https://a.example.com/cb", "https://b.example.com/cb"]
        );
        assert_eq!(optional("  "), None);
    }

    #[test]
    fn attribute_rows() {
        let row = |name: &str, value: &str| AttributeField {
            name: name.into(),
            value: value.into(),
        };
        let made = attributes(vec![row("locale", "de"), row("", "x"), row("nickname", " ")]);
        assert_eq!(
            serde_json::json!(made),
            serde_json::json!({"locale": "de", "nickname": null})
        );
    }
}
