//! JSON objects from outside.

use doorward_domain::Claims;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// Reads one JSON object and refuses a name that stands twice.
///
/// Of two members with one name, different readers take different ones; whoever signs a token and whoever reads it
/// would then disagree on what it says (RFC 7519 §4 lets a reader refuse).
pub(crate) fn object(bytes: &[u8]) -> Option<Claims> {
    serde_json::from_slice::<UniqueObject>(bytes)
        .ok()
        .map(|unique| unique.0)
}

struct UniqueObject(Claims);

impl<'de> Deserialize<'de> for UniqueObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Claims;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object with unique names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
        let mut claims = Claims::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value()?;
            if claims.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7519_4_names_are_unique() {
        for (case, text, want) in [
            ("plain", r#"{"a":1,"b":{"a":2}}"#, true),
            ("twice", r#"{"sub":"a","sub":"b"}"#, false),
            ("twice, escaped", r#"{"sub":"a","s\u0075b":"b"}"#, false),
            ("array", "[]", false),
            ("text after it", "{}x", false),
            ("empty", "", false),
            ("not UTF-8", "\u{0}", false),
        ] {
            assert_eq!(object(text.as_bytes()).is_some(), want, "{case}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000));
        assert!(object(deep.as_bytes()).is_none(), "nesting is bounded");
    }
}
