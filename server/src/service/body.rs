//! From JSON that somebody sent to a draft, with a pointer to whatever does not fit. How a change is laid over what
//! there is stands in [`change`].

mod change;
mod plain;

use doorward_domain::application::ApplicationDraft;
use doorward_domain::connection::ConnectionDraft;
use doorward_domain::expectation::Expectation;
use doorward_domain::invalid::{Check, FieldError, Invalid};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

pub use change::{Change, changed_fields, changes, merge, without_addresses};

/// What is said of a field that is not there.
const NEEDED: &str = "This field is needed.";

/// What a connection cannot be without.
const CONNECTION_NEEDS: [&str; 4] = ["/handle", "/display_name", "/oidc/issuer", "/oidc/client_id"];

/// Reads a connection's settings.
///
/// # Errors
/// What does not fit, by JSON pointer.
pub fn connection(body: Value) -> Result<ConnectionDraft, Invalid> {
    plain_text(&body)?;
    let missing = missing(&body);
    read(body, "").map_err(|Invalid(told)| {
        // serde stops at the first field that is missing; of an object that is, the fields are named instead.
        let is_named = |fault: &FieldError| {
            let below = format!("{}/", fault.pointer);
            let names = |pointer: &&str| *pointer == fault.pointer || pointer.starts_with(&below);
            fault.detail == NEEDED && missing.iter().any(names)
        };
        let others = told.into_iter().filter(|fault| !is_named(fault));
        let lacking = missing.iter().map(|pointer| FieldError {
            pointer: (*pointer).to_owned(),
            detail: NEEDED.to_owned(),
        });
        Invalid(lacking.chain(others).collect())
    })
}

/// Pointers to the fields a connection lacks, where there is an object that could hold them or nothing at all.
fn missing(body: &Value) -> Vec<&'static str> {
    let lacks = |pointer: &&str| {
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        body.pointer(parent).is_none_or(Value::is_object) && body.pointer(pointer).is_none()
    };
    let needed = CONNECTION_NEEDS.into_iter();
    needed.filter(|pointer| body.is_object() && lacks(pointer)).collect()
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
            detail: NEEDED.to_owned(),
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
        let said = error.inner().to_string();
        let detail = bounded(&said);
        // A missing or unknown field is reported at its parent; its name belongs into the pointer.
        if let Some(name) = detail.strip_prefix("missing field ").map(unquoted) {
            return one(&(pointer + &pointer_to(name)), NEEDED);
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
        one(&pointer, &bounded(&plain::words(&said)))
    })
}

fn unquoted(name: &str) -> &str {
    name.trim_matches('`')
}

/// What is said, bounded: serde repeats the value that was sent.
fn bounded(message: &str) -> String {
    message.chars().take(200).collect()
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

#[cfg(test)]
mod tests;
