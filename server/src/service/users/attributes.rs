//! Attributes an administrator or a program writes.

use std::collections::BTreeMap;

use doorward_domain::Timestamp;
use doorward_domain::account::{Attribute, AttributeSource, Attributes};
use doorward_domain::audit::Actor;
use doorward_domain::canonical::{address, new_username};
use doorward_domain::claim_form::fault;
use doorward_domain::invalid::Check;
use doorward_domain::mapping::VALUE_LIMIT;
use serde_json::Value;

use crate::service::body::merge;

/// Most attributes of an account.
const COUNT_LIMIT: usize = 100;
/// Names that are set by other fields or by the sign-in itself.
const RESERVED: [&str; 13] = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "nonce",
    "acr",
    "amr",
    "auth_time",
    "sid",
    "azp",
    "email",
    "email_verified",
];

/// Writes attributes with their source and time.
pub struct Writer {
    source: AttributeSource,
    at: Timestamp,
}

impl Writer {
    pub fn new(actor: &Actor, at: Timestamp) -> Self {
        let source = match actor {
            Actor::Administrator { .. } | Actor::System => AttributeSource::Administrator,
            Actor::Api => AttributeSource::Api,
            Actor::Person => AttributeSource::Person,
        };
        Self { source, at }
    }

    /// Sets a value; one that is the same already keeps its source.
    pub fn set(&self, attributes: &mut Attributes, name: &str, value: Value) {
        if attributes.get(name).is_some_and(|known| known.value == value) {
            return;
        }
        let attribute = Attribute {
            value,
            source: self.source.clone(),
            at: self.at,
        };
        attributes.insert(name.to_owned(), attribute);
    }

    /// Merges what was sent into what there is (RFC 7396 §2): `null` takes away, also within a value that is an object.
    pub fn apply(&self, attributes: &mut Attributes, sent: BTreeMap<String, Value>, check: &mut Check) {
        for (name, value) in sent {
            let pointer = format!("/attributes/{}", name.replace('~', "~0").replace('/', "~1"));
            let fine = (1..=100).contains(&name.len()) && !name.chars().any(|c| c.is_control() || c.is_whitespace());
            check.require(fine, &pointer, "Use a name of 1 to 100 characters without spaces.");
            check.require(
                !RESERVED.contains(&name.as_str()),
                &pointer,
                "This name is set elsewhere; email has fields of its own.",
            );
            let mut merged = attributes.get(&name).map_or(Value::Null, |known| known.value.clone());
            merge(&mut merged, value);
            check.require(
                merged.to_string().len() <= VALUE_LIMIT,
                &pointer,
                "Use at most 16 KiB for a value.",
            );
            let is_new = attributes.get(&name).is_none_or(|known| known.value != merged);
            if let Some(fault) = fault(&name, &merged, self.at.date_naive()).filter(|_| is_new && !merged.is_null()) {
                check.fault(pointer, fault);
            }
            if merged.is_null() {
                attributes.remove(&name);
            } else {
                self.set(attributes, &name, merged);
            }
        }
        check.require(
            attributes.len() <= COUNT_LIMIT,
            "/attributes",
            "Use at most 100 attributes.",
        );
    }

    /// Sets the address and whether it is verified.
    pub fn email(&self, attributes: &mut Attributes, email: Option<&str>, verified: bool, check: &mut Check) {
        match email {
            Some(email) => {
                check.take("/email", address(email));
                self.set(attributes, "email", email.into());
                self.set(attributes, "email_verified", verified.into());
            }
            None => {
                check.require(!verified, "/email_verified", "There is no address to be verified.");
                attributes.remove("email");
                attributes.remove("email_verified");
            }
        }
    }
}

/// Checks a username that is about to be given.
pub fn check_username(username: &str, check: &mut Check) {
    check.take("/username", new_username(username));
    // It would never be found by it: such a text names an account by its id.
    let like_id = username.trim().parse::<doorward_domain::id::AccountId>().is_ok();
    check.require(!like_id, "/username", "A username cannot look like an account's id.");
}
