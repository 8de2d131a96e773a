//! Accounts: our own records of people, with where each attribute came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::{IdentifierKey, address, lookup_key};
use crate::id::{AccountId, ConnectionId};
use crate::subject::LinkKey;
use crate::{Claims, Timestamp};

/// Our own record of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    pub id: AccountId,
    /// What applications see as `sub`; never changes, whatever happens to connections (design.md §2.1).
    pub sub: String,
    pub username: String,
    pub status: AccountStatus,
    pub role: Role,
    pub attributes: Attributes,
    pub origin: Origin,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub last_sign_in_at: Option<Timestamp>,
    /// Counts changes; the ETag of the management API and the guard of every update.
    pub version: i64,
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AccountStatus {
    Active,
    /// Switched off by an administrator.
    Disabled,
    /// Switched off by a protection; an administrator lifts it.
    Locked,
}

/// What an account may do in the console. Never comes from a provider's claim (S19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Role {
    Person,
    Administrator,
}

/// How an account came to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Origin {
    /// The first administrator, made at start or on the command line.
    SetUp,
    /// Made by an administrator in the console.
    Administrator { by: AccountId },
    /// Made through the management API.
    Api,
    /// Made just in time at the first sign-in through a connection.
    Connection { connection: ConnectionId },
}

/// Attributes by their standard OpenID Connect claim name (OpenID Connect Core §5.1) or a custom name.
pub type Attributes = BTreeMap<String, Attribute>;

/// One attribute with its source and when it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attribute {
    pub value: Value,
    pub source: AttributeSource,
    pub at: Timestamp,
}

/// Who wrote an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AttributeSource {
    Connection { connection: ConnectionId },
    Administrator,
    Api,
    Person,
}

/// A provider's subject bound to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    #[serde(flatten)]
    pub key: LinkKey,
    pub account: AccountId,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

impl Account {
    /// The address this account owns: one that is verified. An unverified address identifies nobody.
    #[must_use]
    pub fn owned_address(&self) -> Option<&str> {
        owned_address(&self.attributes)
    }

    /// The keys this account occupies in the name space that usernames and owned addresses share.
    #[must_use]
    pub fn identifier_keys(&self) -> Vec<IdentifierKey> {
        identifier_keys(&self.username, &self.attributes)
    }

    /// The claims of this account, without their sources.
    #[must_use]
    pub fn claims(&self) -> Claims {
        claims(&self.username, &self.attributes)
    }

    /// What to call the person: their name, else their username.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.attributes
            .get("name")
            .and_then(|a| a.value.as_str())
            .filter(|n| !n.is_empty())
            .unwrap_or(&self.username)
    }
}

/// The claims that a username and attributes amount to, without their sources.
#[must_use]
pub fn claims(username: &str, attributes: &Attributes) -> Claims {
    let mut claims: Claims = attributes
        .iter()
        .map(|(name, a)| (name.clone(), a.value.clone()))
        .collect();
    if claims.contains_key("email") && !claims.contains_key("email_verified") {
        claims.insert("email_verified".into(), Value::Bool(false));
    }
    claims
        .entry("preferred_username")
        .or_insert_with(|| Value::String(username.to_owned()));
    claims
}

/// The verified address among attributes, if it is a usable one.
#[must_use]
pub fn owned_address(attributes: &Attributes) -> Option<&str> {
    let verified = attributes
        .get("email_verified")
        .is_some_and(|a| a.value == Value::Bool(true));
    let email = attributes.get("email").and_then(|a| a.value.as_str())?;
    (verified && address(email).is_ok()).then_some(email)
}

/// The verified address among claims, if it is a usable one: `email_verified` that is missing or anything but `true`
/// means not verified (S2).
#[must_use]
pub fn verified_email(claims: &Claims) -> Option<&str> {
    let verified = claims.get("email_verified") == Some(&Value::Bool(true));
    let email = claims.get("email").and_then(Value::as_str)?;
    (verified && address(email).is_ok()).then_some(email)
}

/// The distinct keys of a username and an owned address.
#[must_use]
pub fn identifier_keys(username: &str, attributes: &Attributes) -> Vec<IdentifierKey> {
    let mut keys = vec![lookup_key(username)];
    if let Some(email) = owned_address(attributes) {
        let key = lookup_key(email);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}
