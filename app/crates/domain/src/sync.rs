//! Attribute synchronisation on later sign-ins (design.md §2.2).

use serde_json::Value;

use crate::account::{Attribute, AttributeSource, Attributes};
use crate::jit::AttributeSync;
use crate::mapping::AttributeRule;
use crate::{Claims, Timestamp};

/// Attributes that recognise a person. A provider that stops sending one never clears it (S44).
const IDENTITY: [&str; 4] = ["email", "email_verified", "preferred_username", "phone_number"];

/// The attributes of a new account.
#[must_use]
pub fn first(mapped: &Claims, source: &AttributeSource, now: Timestamp) -> Attributes {
    let attribute = |value: &Value| Attribute {
        value: value.clone(),
        source: source.clone(),
        at: now,
    };
    mapped
        .iter()
        .map(|(name, value)| (name.clone(), attribute(value)))
        .collect()
}

/// What the attributes become, or `None` when nothing changes and so nothing needs to be written.
///
/// `email_free` answers whether the mapped address may be owned by this account: an address that another account owns
/// is not taken over by a synchronisation.
#[must_use]
pub fn synchronise(
    current: &Attributes,
    rules: &[AttributeRule],
    mapped: &Claims,
    policy: AttributeSync,
    source: &AttributeSource,
    email_free: bool,
    now: Timestamp,
) -> Option<Attributes> {
    if policy == AttributeSync::None {
        return None;
    }
    let mut next = current.clone();
    for (name, value) in mapped {
        let about_email = matches!(name.as_str(), "email" | "email_verified");
        if (about_email && !takes_email(current, mapped, email_free))
            || current.get(name).is_some_and(|a| a.value == *value)
        {
            continue;
        }
        next.insert(
            name.clone(),
            Attribute {
                value: value.clone(),
                source: source.clone(),
                at: now,
            },
        );
    }
    if policy == AttributeSync::OverrideAll {
        for rule in rules {
            if !mapped.contains_key(&rule.to) && !IDENTITY.contains(&rule.to.as_str()) {
                next.remove(&rule.to);
            }
        }
    }
    (next != *current).then_some(next)
}

/// An address is taken when it is free, and never in a way that makes a verified address an unverified one: that would
/// take away what the person signs in with.
fn takes_email(current: &Attributes, mapped: &Claims, email_free: bool) -> bool {
    let verified_now = mapped.get("email_verified") == Some(&Value::Bool(true));
    let owns = current
        .get("email_verified")
        .is_some_and(|a| a.value == Value::Bool(true));
    if verified_now { email_free } else { !owns }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ConnectionId;
    use crate::mapping::default_rules;
    use serde_json::json;

    fn claims(value: Value) -> Claims {
        value.as_object().cloned().expect("an object")
    }

    fn values(attributes: &Attributes) -> Value {
        attributes
            .iter()
            .map(|(name, a)| (name.clone(), a.value.clone()))
            .collect::<Claims>()
            .into()
    }

    #[test]
    fn policies() {
        let acme = AttributeSource::Connection {
            connection: ConnectionId::from_random([1; 16]),
        };
        let now = Timestamp::UNIX_EPOCH;
        let mut before = first(
            &claims(json!({"email": "a@example.com", "email_verified": true, "given_name": "Old", "locale": "de"})),
            &acme,
            now,
        );
        before.insert(
            "shoe_size".into(),
            Attribute {
                value: json!(42),
                source: AttributeSource::Administrator,
                at: now,
            },
        );
        let local = json!({"email": "a@example.com", "email_verified": true, "given_name": "New", "locale": "de", "shoe_size": 42});
        let mirror = json!({"email": "a@example.com", "email_verified": true, "given_name": "New", "shoe_size": 42});
        let moved = json!({"email": "b@example.com", "email_verified": true, "given_name": "Old", "locale": "de", "shoe_size": 42});
        use AttributeSync::{None as Never, OverrideAll, PreserveLocal};
        for (case, policy, sent, free, want) in [
            (
                "written, rest kept",
                PreserveLocal,
                json!({"given_name": "New"}),
                true,
                Some(local),
            ),
            (
                "S44: cleared, but never what identifies",
                OverrideAll,
                json!({"given_name": "New"}),
                true,
                Some(mirror),
            ),
            ("nothing at all", Never, json!({"given_name": "New"}), true, None),
            (
                "no change, no write",
                PreserveLocal,
                json!({"given_name": "Old"}),
                true,
                None,
            ),
            (
                "a free verified address moves",
                PreserveLocal,
                json!({"email": "b@example.com", "email_verified": true}),
                true,
                Some(moved),
            ),
            (
                "a taken address stays",
                PreserveLocal,
                json!({"email": "b@example.com", "email_verified": true}),
                false,
                None,
            ),
            (
                "an unverified one does not replace",
                PreserveLocal,
                json!({"email": "b@example.com", "email_verified": false}),
                true,
                None,
            ),
        ] {
            let after = synchronise(&before, &default_rules(), &claims(sent), policy, &acme, free, now);
            assert_eq!(after.as_ref().map(values), want, "{case}");
        }
    }
}
