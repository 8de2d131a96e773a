//! Which claims about a person an application gets.

mod standard;

use std::collections::BTreeMap;

use doorward_domain::Claims;
use serde_json::Value;

use crate::authorize::ClaimRequest;
use crate::scope::ScopeSet;
use standard::{Kind, STANDARD};

/// Names that mean something to the protocol. A person's attribute of such a name never reaches a token.
const RESERVED: [&str; 22] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "events",
    "cnf",
    "act",
    "client_id",
    "scope",
    "gid",
];

/// Whether a name belongs to the protocol and can be no attribute of a person.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// The claims of a person that go into the ID token or into userinfo: those of the scopes (OpenID Connect Core §5.4), those
/// asked for one by one (§5.5; pass `requested.id_token` or `requested.userinfo`), and those the administrator listed as
/// required by the application.
///
/// `source` holds what this application may learn at all. Empty values are left out (§5.3.2), standard claims of the wrong
/// type too; `email_verified` and `phone_number_verified` are real booleans, true only if they are `true` in the source.
#[must_use]
pub fn claims_for(
    scopes: ScopeSet,
    requested: &BTreeMap<String, ClaimRequest>,
    required: &[String],
    source: &Claims,
) -> Claims {
    let mut claims = Claims::new();
    for standard in STANDARD.iter().filter(|standard| scopes.contains(standard.scope)) {
        add(&mut claims, standard.name, source);
    }
    for name in requested.keys().chain(required).filter(|name| !is_reserved(name)) {
        add(&mut claims, name, source);
    }
    claims
}

fn add(claims: &mut Claims, name: &str, source: &Claims) {
    if let Some(value) = value_of(name, source) {
        claims.insert(name.to_owned(), value);
    }
}

fn value_of(name: &str, source: &Claims) -> Option<Value> {
    let kind = STANDARD
        .iter()
        .find(|standard| standard.name == name)
        .map(|standard| standard.kind);
    let value = source.get(name).filter(|value| !is_empty(value));
    match kind {
        // Says something about another claim: with that one it is always there, without it never (S2).
        Some(Kind::Verified(of)) => value_of(of, source).map(|_| Value::Bool(value == Some(&Value::Bool(true)))),
        Some(Kind::Text) => value.filter(|value| value.is_string()).cloned(),
        Some(Kind::Number) => value.filter(|value| value.is_number()).cloned(),
        Some(Kind::Object) => value.filter(|value| value.is_object()).cloned(),
        Some(Kind::Texts) => value
            .and_then(Value::as_array)
            .filter(|list| list.iter().all(Value::is_string))
            .map(|list| list.clone().into()),
        None => value.cloned(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Names of every claim we can tell, for the discovery document.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    [
        "sub",
        "iss",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "at_hash",
        "sid",
    ]
    .into_iter()
    .chain(STANDARD.iter().map(|standard| standard.name))
}
