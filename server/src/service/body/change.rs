//! What JSON makes of the settings there are: a whole or a patch.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// What a caller wants something of ours to become.
pub enum Change {
    /// Everything anew; what is not named takes its default, and secrets stay.
    Whole(Value),
    /// RFC 7396.
    Patch(Value),
}

impl Change {
    /// Whether it says `null` at a JSON pointer: what answers never show cannot be missed in the settings it leads to.
    #[must_use]
    pub fn takes_away(&self, pointer: &str) -> bool {
        let (Self::Whole(sent) | Self::Patch(sent)) = self;
        sent.pointer(pointer).is_some_and(Value::is_null)
    }

    /// The settings it leads to from those there are.
    #[must_use]
    pub fn onto(self, current: &Value) -> Value {
        match self {
            Self::Whole(mut draft) => {
                without_read_only(&mut draft);
                draft
            }
            Self::Patch(patch) => {
                let mut merged = current.clone();
                merge(&mut merged, patch);
                merged
            }
        }
    }
}

/// JSON merge patch (RFC 7396 §2): `null` takes a member away, objects merge, everything else replaces.
pub fn merge(target: &mut Value, patch: Value) {
    let Value::Object(changes) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(fields) = target {
        for (name, change) in changes {
            if change.is_null() {
                fields.remove(&name);
            } else {
                merge(fields.entry(name).or_insert(Value::Null), change);
            }
        }
    }
}

/// Takes away what the answer about a connection holds beyond what [`Change::onto`] takes away from every one. An
/// application has a field of that name.
#[must_use]
pub fn without_addresses(mut body: Value) -> Value {
    if let Value::Object(fields) = &mut body {
        fields.remove("backchannel_logout_uri");
    }
    body
}

/// Takes away what an answer holds beside the settings, so that what was read can be sent back changed.
fn without_read_only(body: &mut Value) {
    const READ_ONLY: [&str; 9] = [
        "id",
        "created_at",
        "updated_at",
        "version",
        "redirect_uri",
        "client_secret_set",
        "usage",
        "people_30_days",
        "last_sign_in_at",
    ];
    if let Value::Object(fields) = body {
        fields.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
    }
}

/// Names of the top-level fields that differ: what the audit log tells of a change.
#[must_use]
pub fn changed_fields(before: &Value, after: &Value) -> Vec<String> {
    let fields = |value: &Value| -> BTreeMap<String, Value> {
        let object = value.as_object().cloned().unwrap_or_default();
        object.into_iter().collect()
    };
    let (before, after) = (fields(before), fields(after));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .cloned()
        .collect()
}

/// Longest value that the audit log keeps of a change, as JSON, in bytes.
const VALUE_LIMIT: usize = 200;

/// Settings of which the audit log names a change and keeps no value: secrets and what may hold one, and what is long.
/// Each flow, with its script, is kept as a version of its own.
const NAMED_ALONE: [&str; 5] = ["client_secret", "additional_parameters", "jwks", "flow", "expectations"];

/// What the changed fields were and are, by the path to each setting: `{"jit.enabled": {"before": true, "after": false}}`.
/// Of a value that is not kept there is the path with an empty object.
#[must_use]
pub fn changes(fields: &[String], before: &Value, after: &Value) -> Value {
    let mut told = Map::new();
    for field in fields {
        let (was, is) = (&before[field.as_str()], &after[field.as_str()]);
        if was.is_object() && is.is_object() && !NAMED_ALONE.contains(&field.as_str()) {
            for part in changed_fields(was, is) {
                let values = (&was[part.as_str()], &is[part.as_str()]);
                told.insert(format!("{field}.{part}"), values_of(&part, values));
            }
        } else {
            told.insert(field.clone(), values_of(field, (was, is)));
        }
    }
    Value::Object(told)
}

fn values_of(name: &str, (was, is): (&Value, &Value)) -> Value {
    if !NAMED_ALONE.contains(&name) && may_be_kept(was) && may_be_kept(is) {
        json!({"before": was, "after": is})
    } else {
        json!({})
    }
}

/// A plain value or a list of them, short enough.
fn may_be_kept(value: &Value) -> bool {
    let is_plain = |value: &Value| match value {
        Value::String(text) => !may_hold_a_secret(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::Array(_) | Value::Object(_) => false,
    };
    let fits = match value {
        Value::Array(items) => items.iter().all(is_plain),
        other => is_plain(other),
    };
    fits && value.to_string().len() <= VALUE_LIMIT
}

/// Some write a key or a password into an address.
fn may_hold_a_secret(text: &str) -> bool {
    text.contains("://") && text.contains(['?', '@', '#'])
}
