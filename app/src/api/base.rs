//! What a form was made from: a change of something it does not show does not stand in its way.
//!
//! A page gets a mark of each part of the settings that has a form of its own, and a form sends all of them back. Where
//! another save came first, the mark of what the form sends tells whether that save changed it.

use std::hash::{DefaultHasher, Hash, Hasher};

use doorward_domain::Timestamp;
use doorward_domain::audit::Actor;
use serde::Serialize;
use serde_json::Value;

use crate::api::audit::{AuditEventView, AuditLog, AuditQuery};
use crate::api::error::{ConsoleError, service};
use crate::api::form;

/// How often a save is tried while others keep coming first.
pub const TRIES: usize = 5;
/// Between two marks.
const SEPARATOR: char = '-';
/// The only thing a connection's form sends that no answer shows, and no mark covers.
const SECRET: &str = "/oidc/client_secret";

/// What a form was made from.
pub struct Base {
    pub version: i64,
    /// Empty where the form does not know them.
    pub marks: String,
    /// The version that somebody wants to write over, having read whose it is.
    pub overwrite: Option<i64>,
}

/// What somebody else has saved.
pub struct Present<'a, S> {
    pub settings: &'a S,
    pub version: i64,
    pub saved_at: Timestamp,
    /// Asks for the changes of the item.
    pub changes: AuditQuery,
}

impl Base {
    /// As a form says it.
    #[must_use]
    pub fn new(version: i64, marks: String, overwrite: Option<i64>) -> Self {
        Self {
            version,
            marks,
            overwrite,
        }
    }

    /// The version that is tried first.
    #[must_use]
    pub fn first(&self) -> i64 {
        self.overwrite.unwrap_or(self.version)
    }

    /// The version over which the form is laid after another save came first.
    ///
    /// # Errors
    /// `Overtaken` where that save changed what the form sends, or anything where the form confirms what it breaks, which
    /// may be more by now. `confirmed` is `None` of a form that has nothing to confirm.
    pub async fn next(
        &self,
        patch: &Value,
        confirmed: Option<bool>,
        now: Present<'_, impl Serialize + Sync>,
    ) -> Result<i64, ConsoleError> {
        if confirmed == Some(true) || !self.is_still(now.settings, patch) {
            return Err(overtaken(now.changes, patch, now.version, now.saved_at).await);
        }
        Ok(now.version)
    }

    /// Whether what a JSON merge patch names is still as the form was made from.
    #[must_use]
    fn is_still(&self, settings: &impl Serialize, patch: &Value) -> bool {
        let fields: Vec<&str> = patch
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect();
        let now = mark(&serde_json::to_value(settings).unwrap_or_default(), &fields);
        patch.pointer(SECRET).is_none() && self.marks.split(SEPARATOR).any(|mark| mark == now)
    }
}

/// The marks of some parts of the settings, each the fields that one form sends.
#[must_use]
pub fn marks(settings: &impl Serialize, parts: &[&[&str]]) -> String {
    let settings = serde_json::to_value(settings).unwrap_or_default();
    let marks: Vec<String> = parts.iter().map(|fields| mark(&settings, fields)).collect();
    marks.join(&SEPARATOR.to_string())
}

/// Of another version of this server it may differ; a form made from that is refused then, and loses nothing.
fn mark(settings: &Value, fields: &[&str]) -> String {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    let mut hasher = DefaultHasher::new();
    for name in fields {
        name.hash(&mut hasher);
        settings.get(name).map(Value::to_string).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// The refusal of a form whose part somebody else has saved: at which version that is now, when it was saved and by
/// whom. `changes` asks for the changes of the item, `at` is its last one.
async fn overtaken(changes: AuditQuery, patch: &Value, version: i64, at: Timestamp) -> ConsoleError {
    let events = match service::<AuditLog>() {
        Ok(log) => log.list(changes).await.map(|page| page.items).unwrap_or_default(),
        Err(_) => vec![],
    };
    let last = events.iter().find(|event| touches(event, patch)).or(events.first());
    let (at, who) = last.map_or((at, "somebody"), |event| (event.event.at, who(event)));
    ConsoleError::Overtaken(format!("{version} {} {who}", at.timestamp()))
}

/// Whether a change was one of what a patch names.
fn touches(event: &AuditEventView, patch: &Value) -> bool {
    let fields = event.event.detail.get("fields").and_then(Value::as_array);
    let mut names = fields.into_iter().flatten().filter_map(Value::as_str);
    names.any(|name| patch.get(name).is_some() || (name == "client_secret" && patch.pointer(SECRET).is_some()))
}

/// Before the browser's code has loaded a refusal travels in an address, where nobody's name belongs.
fn who(event: &AuditEventView) -> &str {
    match &event.event.actor {
        Actor::Administrator { .. } => match &event.actor_name {
            Some(name) if !form::is_plain() => name.as_str(),
            Some(_) | None => "an administrator",
        },
        Actor::Api => "the management API",
        Actor::System => "the server",
        Actor::Person => "somebody",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_stands_as_long_as_what_it_sends_is_as_it_was() {
        let parts: [&[&str]; 2] = [&["name", "enabled"], &["oidc"]];
        let made = json!({"name": "Acme", "enabled": true, "oidc": {"issuer": "https://a.example.com"}});
        let base = Base {
            version: 1,
            marks: marks(&made, &parts),
            overwrite: None,
        };
        let renamed = json!({"name": "Other", "enabled": true, "oidc": {"issuer": "https://a.example.com"}});
        let moved = json!({"name": "Acme", "enabled": true, "oidc": {"issuer": "https://b.example.com"}});
        let (name, oidc) = (
            json!({"enabled": false, "name": "Mine"}),
            json!({"oidc": {"client_id": "x"}}),
        );
        for (case, now, patch, want) in [
            ("another part", &renamed, &oidc, true),
            ("another part, of two fields", &moved, &name, true),
            ("its own", &moved, &oidc, false),
            ("one of its own fields", &renamed, &name, false),
            (
                "a secret, which nothing tells of",
                &renamed,
                &json!({"oidc": {"client_secret": "s"}}),
                false,
            ),
            ("no part that has a mark", &made, &json!({"name": "Mine"}), false),
        ] {
            assert_eq!(base.is_still(now, patch), want, "{case}");
        }
        let none = Base {
            marks: String::new(),
            ..base
        };
        assert!(!none.is_still(&made, &oidc), "a form without marks");
    }
}
