//! From JSON that somebody sent to a draft, with a pointer to whatever does not fit.

use std::collections::BTreeMap;

use doorward_domain::application::ApplicationDraft;
use doorward_domain::connection::ConnectionDraft;
use doorward_domain::expectation::Expectation;
use doorward_domain::invalid::{Check, FieldError, Invalid};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

/// Reads a connection's settings.
///
/// # Errors
/// What does not fit, by JSON pointer.
pub fn connection(body: Value) -> Result<ConnectionDraft, Invalid> {
    plain_text(&body)?;
    read(body, "")
}

/// The fields of an application. Its protocol's fields stand among its own, so serde cannot tell a stranger by itself.
const APPLICATION_FIELDS: [&str; 18] = [
    "handle",
    "name",
    "client_id",
    "client_secret",
    "enabled",
    "flow",
    "expectations",
    "client_type",
    "redirect_uris",
    "post_logout_redirect_uris",
    "token_endpoint_auth_method",
    "grant_types",
    "id_token_signed_response_alg",
    "jwks",
    "required_claims",
    "subject_type",
    "default_max_age",
    "backchannel_logout_uri",
];

/// Reads an application's settings.
///
/// # Errors
/// What does not fit, by JSON pointer.
pub fn application(body: Value) -> Result<ApplicationDraft, Invalid> {
    plain_text(&body)?;
    let Value::Object(fields) = body else {
        return Err(one("", "Send a JSON object."));
    };
    let mut check = Check::default();
    for name in fields
        .keys()
        .filter(|name| !APPLICATION_FIELDS.contains(&name.as_str()))
    {
        check.fault(pointer_to(name), "There is no such field.");
    }
    if fields.contains_key("backchannel_logout_uri") {
        check.fault(
            "/backchannel_logout_uri",
            "This version has no back-channel logout. Remove the field.",
        );
    }
    check.finish()?;
    // A flattened type loses the path to a fault, so fields with a fault of their own are found one at a time.
    let whole = read::<ApplicationDraft>(Value::Object(fields.clone()), "");
    whole.map_err(|fault| locate(&fields).unwrap_or(fault))
}

/// Tries each field of an application alone, in a draft that is fine otherwise.
fn locate(fields: &Map<String, Value>) -> Option<Invalid> {
    let mut faults = Vec::new();
    for (name, value) in fields {
        let mut probe = Map::new();
        probe.insert("handle".into(), "probe".into());
        probe.insert("name".into(), "probe".into());
        probe.insert(name.clone(), value.clone());
        if name == "flow" {
            if let Err(Invalid(more)) = read::<doorward_domain::flow::SignInFlow>(value.clone(), "/flow") {
                faults.extend(more);
            }
        } else if name == "expectations" {
            if let Err(Invalid(more)) = read::<Vec<Expectation>>(value.clone(), "/expectations") {
                faults.extend(more);
            }
        } else if let Err(Invalid(more)) = read::<ApplicationDraft>(Value::Object(probe), "") {
            faults.extend(more.into_iter().map(|fault| FieldError {
                pointer: pointer_to(name),
                ..fault
            }));
        }
    }
    for name in ["handle", "name"]
        .into_iter()
        .filter(|name| !fields.contains_key(*name))
    {
        faults.push(FieldError {
            pointer: pointer_to(name),
            detail: "This field is needed.".to_owned(),
        });
    }
    (!faults.is_empty()).then_some(Invalid(faults))
}

/// Reads any type of ours. A whole body, with an empty `base`, is an object: serde also takes a list of the fields.
///
/// # Errors
/// What does not fit, by JSON pointer below `base`.
pub fn read<T: DeserializeOwned>(body: Value, base: &str) -> Result<T, Invalid> {
    if base.is_empty() && !body.is_object() {
        return Err(one("", "Send a JSON object."));
    }
    serde_path_to_error::deserialize(body).map_err(|error| {
        let mut pointer = base.to_owned();
        for segment in error.path() {
            match segment {
                Segment::Map { key } => pointer.push_str(&pointer_to(key)),
                Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
                // The name of the variant is the object's only member.
                Segment::Enum { variant } => pointer.push_str(&pointer_to(variant)),
                Segment::Unknown => {}
            }
        }
        let detail = sentence(&error.inner().to_string());
        // A missing or unknown field is reported at its parent; its name belongs into the pointer.
        if let Some(name) = detail.strip_prefix("missing field ").map(unquoted) {
            return one(&(pointer + &pointer_to(name)), "This field is needed.");
        }
        if let Some(rest) = detail.strip_prefix("unknown field ") {
            let name = unquoted(rest.split(", ").next().unwrap_or(rest));
            let pointer = if pointer.ends_with(&pointer_to(name)) {
                pointer
            } else {
                pointer + &pointer_to(name)
            };
            return one(&pointer, "There is no such field.");
        }
        one(&pointer, &detail)
    })
}

fn unquoted(name: &str) -> &str {
    name.trim_matches('`')
}

/// What serde says, bounded: it repeats the value that was sent.
fn sentence(message: &str) -> String {
    let short: String = message.chars().take(200).collect();
    short
}

fn pointer_to(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn one(pointer: &str, detail: &str) -> Invalid {
    Invalid(vec![FieldError {
        pointer: pointer.to_owned(),
        detail: detail.to_owned(),
    }])
}

/// Refuses the character NUL anywhere: PostgreSQL keeps no text with it, and nobody types it.
///
/// # Errors
/// The first text that holds one.
pub fn plain_text(body: &Value) -> Result<(), Invalid> {
    fn find(value: &Value, at: &mut Vec<String>) -> bool {
        match value {
            Value::String(text) => text.contains('\0'),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .any(|(index, item)| step(index.to_string(), item, at)),
            Value::Object(fields) => fields
                .iter()
                .any(|(name, field)| name.contains('\0') || step(name.clone(), field, at)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    fn step(name: String, value: &Value, at: &mut Vec<String>) -> bool {
        at.push(name);
        let found = find(value, at);
        if !found {
            at.pop();
        }
        found
    }
    let mut at = Vec::new();
    if find(body, &mut at) {
        let pointer: String = at.iter().map(|name| pointer_to(name)).collect();
        return Err(one(&pointer, "Remove the null character."));
    }
    Ok(())
}

/// What a caller wants something of ours to become.
pub enum Change {
    /// Everything anew; what is not named takes its default, and secrets stay.
    Whole(Value),
    /// RFC 7396.
    Patch(Value),
}

impl Change {
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
    let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The examples of RFC 7396 appendix A.
    #[test]
    fn merge_patch_examples() {
        for (original, patch, want) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut target = original.clone();
            merge(&mut target, patch.clone());
            assert_eq!(target, want, "{original} with {patch}");
        }
    }

    #[test]
    fn faults_have_pointers() {
        let fault = |result: Result<(), Invalid>| result.expect_err("a fault").0[0].pointer.clone();
        let oidc = json!({"issuer": "https://idp.example.com", "client_id": "x"});
        for (case, body, want) in [
            ("missing", json!({"handle": "a", "oidc": oidc}), "/display_name"),
            (
                "unknown",
                json!({"handle": "a", "display_name": "A", "oidc": oidc, "jti": {}}),
                "/jti",
            ),
            (
                "unknown below",
                json!({"handle": "a", "display_name": "A", "oidc": oidc, "jit": {"on": true}}),
                "/jit/on",
            ),
            (
                "wrong type",
                json!({"handle": "a", "display_name": "A", "oidc": oidc, "jit": {"enabled": "yes"}}),
                "/jit/enabled",
            ),
            (
                "bad handle",
                json!({"handle": "A B", "display_name": "A", "oidc": oidc}),
                "/handle",
            ),
            (
                "NUL",
                json!({"handle": "a", "display_name": "A", "oidc": {"issuer": "a\u{0}"}}),
                "/oidc/issuer",
            ),
        ] {
            assert_eq!(fault(connection(body).map(|_| ())), want, "{case}");
        }
        for (case, body, want) in [
            ("missing", json!({"handle": "a"}), "/name"),
            (
                "unknown",
                json!({"handle": "a", "name": "A", "redirect_uri": []}),
                "/redirect_uri",
            ),
            (
                "wrong type",
                json!({"handle": "a", "name": "A", "redirect_uris": "x"}),
                "/redirect_uris",
            ),
            ("no object", json!([]), ""),
            (
                "unknown option",
                json!({"handle": "a", "name": "A", "flow": {"steps": [{"options": ["magic"]}]}}),
                "/flow/steps/0/options/0",
            ),
            (
                "nobody",
                json!({"handle": "a", "name": "A", "expectations": [{"who": "me", "what": "can_sign_in"}]}),
                "/expectations/0/who",
            ),
            (
                "no such expectation",
                json!({"handle": "a", "name": "A", "expectations": [{"who": "LOCAL", "what": {"asked_for": {"option": "totp"}}}]}),
                "/expectations/0/what/asked_for/step",
            ),
        ] {
            assert_eq!(fault(application(body).map(|_| ())), want, "{case}");
        }
    }

    #[test]
    fn every_field_of_an_application_is_known() {
        let mut draft =
            application(json!({"handle": "a", "name": "A", "client_id": "c", "default_max_age": 1, "jwks": {}}))
                .expect("a draft");
        draft.client_secret = Some(doorward_domain::secret::SecretText::new("0123456789abcdef"));
        let fields = serde_json::to_value(&draft).expect("json");
        for name in fields.as_object().expect("an object").keys() {
            assert!(APPLICATION_FIELDS.contains(&name.as_str()), "{name}");
        }
    }
}
