//! From a provider's claims to our attributes (design.md §2.3), and from both to a username.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Claims;
use crate::canonical::new_username;
use crate::invalid::Check;
use crate::subject::asserts_verified_email;
use crate::text::Handle;

/// Most rows of a mapping.
pub const RULE_LIMIT: usize = 100;
/// Longest attribute value that is kept, in bytes of JSON: a profile stays a profile.
pub const VALUE_LIMIT: usize = 16 * 1024;

/// One row: the first of `from` that is present becomes `to`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttributeRule {
    /// Claim names, or JSON pointers when they start with `/` (RFC 6901).
    #[serde(with = "one_or_many")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "one_or_many::schema"))]
    pub from: Vec<String>,
    /// Our attribute: a standard claim name or a custom one.
    pub to: String,
    /// The person is asked for it when the provider does not send it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// `"email"` and `["email", "mail"]` are both fine in JSON.
mod one_or_many {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        One(String),
        Many(Vec<String>),
    }

    #[cfg(feature = "schema")]
    pub fn schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
        })
    }

    pub fn serialize<S: Serializer>(value: &[String], serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            [one] => one.serialize(serializer),
            many => many.serialize(serializer),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
        Ok(match Form::deserialize(deserializer)? {
            Form::One(one) => vec![one],
            Form::Many(many) => many,
        })
    }
}

/// The rows a new OpenID Connect connection starts with: standard claims keep their names.
#[must_use]
pub fn default_rules() -> Vec<AttributeRule> {
    [
        "email",
        "email_verified",
        "name",
        "given_name",
        "family_name",
        "picture",
        "locale",
    ]
    .map(|name| AttributeRule {
        from: vec![name.to_owned()],
        to: name.to_owned(),
        required: false,
    })
    .to_vec()
}

/// Checks the rows of a mapping.
pub fn check_rules(rules: &[AttributeRule], check: &mut Check) {
    check.require(rules.len() <= RULE_LIMIT, "/attributes", "Use at most 100 rows.");
    let mut seen = std::collections::BTreeSet::new();
    for (index, rule) in rules.iter().enumerate() {
        let at = |field: &str| format!("/attributes/{index}/{field}");
        let from_fine = (1..=10).contains(&rule.from.len()) && rule.from.iter().all(|f| (1..=200).contains(&f.len()));
        check.require(
            from_fine,
            &at("from"),
            "Enter one to ten claim names of at most 200 characters.",
        );
        let name_fine =
            (1..=100).contains(&rule.to.len()) && !rule.to.chars().any(|c| c.is_control() || c.is_whitespace());
        check.require(
            name_fine,
            &at("to"),
            "Enter an attribute name without spaces, at most 100 characters.",
        );
        check.require(
            seen.insert(&rule.to),
            &at("to"),
            "Another row writes this attribute already. Add the claim to that row.",
        );
        let protected = matches!(
            rule.to.as_str(),
            "sub" | "iss" | "aud" | "exp" | "iat" | "nonce" | "acr" | "amr" | "auth_time" | "sid" | "azp"
        );
        check.require(
            !protected,
            &at("to"),
            "This name is set by the sign-in itself. Choose another attribute.",
        );
    }
}

/// Applies the rows to a provider's claims.
///
/// `email_verified` becomes a real boolean and is `false` unless the provider sent `true`; it travels with `email`
/// even when no row names it, because an address without it would be worth less than the provider said. Values over
/// [`VALUE_LIMIT`], `null` and values with U+0000 count as not sent.
#[must_use]
pub fn apply(rules: &[AttributeRule], claims: &Claims) -> Claims {
    let mut mapped = Claims::new();
    for rule in rules {
        if let Some(value) = rule.from.iter().find_map(|from| find(claims, from)) {
            mapped.insert(rule.to.clone(), value.clone());
        }
    }
    if mapped.contains_key("email") {
        // A row may feed `email` from a claim the provider's `email_verified` says nothing about.
        let same_address = mapped.get("email") == claims.get("email");
        let verified = same_address && asserts_verified_email(claims);
        mapped.insert("email_verified".into(), Value::Bool(verified));
    } else {
        mapped.remove("email_verified");
    }
    mapped
}

fn find<'a>(claims: &'a Claims, from: &str) -> Option<&'a Value> {
    let value = match from.strip_prefix('/') {
        None => claims.get(from)?,
        Some(rest) => {
            let (head, tail) = rest
                .split_once('/')
                .map_or((rest, None), |(head, tail)| (head, Some(tail)));
            let first = claims.get(&head.replace("~1", "/").replace("~0", "~"))?;
            match tail {
                None => first,
                Some(tail) => first.pointer(&format!("/{tail}"))?,
            }
        }
    };
    let empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
    (!empty && size(value) <= VALUE_LIMIT && !has_zero(value)).then_some(value)
}

/// PostgreSQL keeps no U+0000 in text, and no real name or address holds one.
fn has_zero(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_zero),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| name.contains('\0') || has_zero(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Bytes of a value as JSON, near enough to bound what is kept.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(|v| size(v) + 1).sum(),
        Value::Object(fields) => fields.iter().map(|(k, v)| k.len() + size(v) + 4).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    }
}

/// Attributes that rows require and that are still missing.
#[must_use]
pub fn missing_required<'a>(rules: &'a [AttributeRule], mapped: &Claims) -> Vec<&'a str> {
    rules
        .iter()
        .filter(|rule| rule.required && !mapped.contains_key(&rule.to))
        .map(|rule| rule.to.as_str())
        .collect()
}

/// Checks a username template: text with placeholders such as `{preferred_username}` or `{email}`.
///
/// # Errors
/// A sentence for the administrator.
pub fn check_username_template(template: &str) -> Result<(), &'static str> {
    if template.is_empty() || template.len() > 200 {
        return Err("Use 1 to 200 characters.");
    }
    let opened = template.matches('{').count();
    if opened == 0 || opened != template.matches('}').count() {
        return Err("Put at least one claim name in braces, such as {preferred_username}.");
    }
    Ok(())
}

/// The username a new account would like to have: the connection's template, else the owned address, else
/// `preferred_username`, else the handle and a short random part. Whether it is free is the caller's question; see
/// [`with_suffix`].
///
/// `random` is fresh text of letters and digits.
#[must_use]
pub fn username(template: Option<&str>, handle: &Handle, provider: &Claims, mapped: &Claims, random: &str) -> String {
    let owned = (mapped.get("email_verified") == Some(&Value::Bool(true)))
        .then(|| mapped.get("email"))
        .flatten();
    let candidates = [
        template.and_then(|t| fill(t, provider)),
        owned.and_then(Value::as_str).map(str::to_owned),
        provider
            .get("preferred_username")
            .and_then(Value::as_str)
            .filter(|name| !name.contains('@'))
            .map(str::to_owned),
    ];
    candidates
        .into_iter()
        .flatten()
        .map(|name| name.trim().to_owned())
        .find(|name| new_username(name).is_ok())
        .unwrap_or_else(|| with_suffix(handle.as_str(), random))
}

/// A name made unique by a short random part. An address keeps its shape, so that it cannot be taken for another
/// person's: the part stands where the domain was.
#[must_use]
pub fn with_suffix(name: &str, random: &str) -> String {
    let stem = name.split('@').next().unwrap_or(name);
    let mut cut = stem.len().min(200);
    while !stem.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}-{random}", &stem[..cut])
}

fn fill(template: &str, claims: &Claims) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}')?;
        filled.push_str(before);
        // A template that names an address may only do so for one the provider verified: a username equal to another
        // person's address would occupy it.
        let value = claims.get(name)?.as_str()?;
        if value.contains('@') && !(name == "email" && asserts_verified_email(claims)) {
            return None;
        }
        filled.push_str(value);
        rest = tail;
    }
    filled.push_str(rest);
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(value: Value) -> Claims {
        value.as_object().cloned().expect("an object")
    }

    fn rule(from: &[&str], to: &str) -> AttributeRule {
        AttributeRule {
            from: from.iter().map(|f| (*f).to_owned()).collect(),
            to: to.into(),
            required: false,
        }
    }

    #[test]
    fn rows() {
        let provider = claims(json!({
            "email": "a@example.com", "mail": "b@example.com", "email_verified": true,
            "org": {"unit": {"name": "Sales"}, "a/b": "slash"}, "empty": "", "nothing": null, "zero": {"a": ["x\u{0}"]}
        }));
        for (case, rules, want) in [
            (
                "plain",
                vec![rule(&["email"], "email")],
                json!({"email": "a@example.com", "email_verified": true}),
            ),
            (
                "first present wins",
                vec![rule(&["absent", "mail"], "contact")],
                json!({"contact": "b@example.com"}),
            ),
            (
                "pointer",
                vec![rule(&["/org/unit/name"], "unit")],
                json!({"unit": "Sales"}),
            ),
            (
                "pointer with escape",
                vec![rule(&["/org/a~1b"], "x")],
                json!({"x": "slash"}),
            ),
            (
                "empty is not sent",
                vec![rule(&["empty", "nothing", "zero"], "x")],
                json!({}),
            ),
            (
                "another address is not vouched for",
                vec![rule(&["mail"], "email")],
                json!({"email": "b@example.com", "email_verified": false}),
            ),
            (
                "verified alone means nothing",
                vec![rule(&["email_verified"], "email_verified")],
                json!({}),
            ),
        ] {
            assert_eq!(Value::Object(apply(&rules, &provider)), want, "{case}");
        }
    }

    #[test]
    fn usernames() {
        let handle: Handle = "acme".parse().expect("a handle");
        let verified = claims(json!({"email": "a@example.com", "email_verified": true, "preferred_username": "anna"}));
        let unverified = claims(json!({"email": "a@example.com", "preferred_username": "anna"}));
        let only_address_like = claims(json!({"preferred_username": "victim@example.com"}));
        let rules = default_rules();
        let name = |template, c: &Claims| username(template, &handle, c, &apply(&rules, c), "x7");
        assert_eq!(name(None, &verified), "a@example.com");
        assert_eq!(name(None, &unverified), "anna");
        assert_eq!(
            name(None, &only_address_like),
            "acme-x7",
            "S10: an address that nobody verified names nobody"
        );
        assert_eq!(name(None, &Claims::new()), "acme-x7");
        assert_eq!(name(Some("acme.{preferred_username}"), &verified), "acme.anna");
        assert_eq!(
            name(Some("{email}"), &unverified),
            "anna",
            "an unverified address fills no template"
        );
        assert_eq!(with_suffix("a@example.com", "x7"), "a-x7");
    }

    #[test]
    fn one_claim_or_several_in_json() {
        let rule: AttributeRule = serde_json::from_value(json!({"from": "email", "to": "email"})).expect("a row");
        assert_eq!(rule.from, ["email"]);
        assert_eq!(
            serde_json::to_value(&rule).expect("json"),
            json!({"from": "email", "to": "email"})
        );
    }
}
