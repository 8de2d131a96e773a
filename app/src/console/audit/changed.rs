//! What a change of settings changed, in words.

use doorward_domain::audit::{AuditAction, AuditEvent};
use serde_json::Value;

/// The main decisions with what they were and are, a line each, and then everything else by its name. Lines of earlier
/// releases have names alone.
#[must_use]
pub fn lines(event: &AuditEvent) -> Vec<String> {
    let mut told = Vec::new();
    let mut others = Vec::new();
    if let Some(changes) = event.detail.get("changes").and_then(Value::as_object) {
        for (path, change) in changes {
            match decision(path, change) {
                Some(line) => told.push(line),
                None => others.push(name(path)),
            }
        }
    } else if let Some(fields) = event.detail.get("fields").and_then(Value::as_array) {
        others.extend(fields.iter().filter_map(Value::as_str).map(name));
    }
    if !others.is_empty() {
        told.push(format!("Changed: {}", others.join(", ")));
    }
    told
}

/// Whether an application has got another sign-in flow.
#[must_use]
pub fn is_of_flow(event: &AuditEvent) -> bool {
    let fields = event.detail.get("fields").and_then(Value::as_array);
    let names_flow = fields.is_some_and(|fields| fields.iter().any(|field| field.as_str() == Some("flow")));
    event.action == AuditAction::ApplicationChanged && names_flow
}

fn decision(path: &str, change: &Value) -> Option<String> {
    let what = match path {
        "enabled" => "Enabled",
        "jit.enabled" => "Just-in-time provisioning",
        "jit.linking" => "When the address has an account already",
        "jit.attribute_sync" => "Attributes at later sign-ins",
        "factors_without_account" => "Second factors without a profile",
        "otp_to_asserted_email" => "Codes to the address the provider asserts",
        _ => return None,
    };
    let (before, after) = (state(change.get("before")?)?, state(change.get("after")?)?);
    Some(format!("{what}: {before} → {after}"))
}

/// As the Advanced tab calls it.
fn state(value: &Value) -> Option<&'static str> {
    if let Some(is_on) = value.as_bool() {
        return Some(if is_on { "on" } else { "off" });
    }
    Some(match value.as_str()? {
        "prove" => "ask for proof, then link",
        "verified_email" => "link at once",
        "never" => "refuse",
        "preserve_local" => "take what the provider sends, keep the rest",
        "override_all" => "mirror the provider",
        "none" => "only when the account is made",
        _ => return None,
    })
}

/// What a setting is called, by the path to it.
fn name(path: &str) -> String {
    match path.rsplit_once('.').map_or(path, |(_, last)| last) {
        "display_name" => "name".to_owned(),
        "jit" => "just-in-time provisioning".to_owned(),
        "flow" => "sign-in flow".to_owned(),
        "oidc" => "settings of the provider".to_owned(),
        "jwks" => "public keys".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use doorward_domain::Timestamp;
    use doorward_domain::audit::Actor;
    use doorward_domain::id::AuditEventId;
    use serde_json::json;

    use super::*;

    fn event(action: AuditAction, detail: Value) -> AuditEvent {
        AuditEvent {
            id: AuditEventId::from_random([0; 16]),
            at: Timestamp::UNIX_EPOCH,
            action,
            actor: Actor::Api,
            account: None,
            application: None,
            connection: None,
            sub: None,
            detail,
        }
    }

    #[test]
    fn decisions_are_told_with_what_they_were_and_are() {
        for (detail, want) in [
            (
                json!({"fields": ["jit"], "changes": {"jit.enabled": {"before": true, "after": false}}}),
                vec!["Just-in-time provisioning: on → off"],
            ),
            (
                json!({"fields": ["enabled", "jit", "oidc"], "changes": {
                    "enabled": {"before": false, "after": true},
                    "jit.linking": {"before": "prove", "after": "verified_email"},
                    "display_name": {"before": "Acme", "after": "Acme Ltd"},
                    "oidc.scopes": {},
                }}),
                vec![
                    "Enabled: off → on",
                    "When the address has an account already: ask for proof, then link → link at once",
                    "Changed: name, scopes",
                ],
            ),
            (
                json!({"fields": ["jit", "token_endpoint_auth_method"]}),
                vec!["Changed: just-in-time provisioning, token endpoint auth method"],
            ),
            // An import tells how many things it changes.
            (json!({"changes": 3}), vec![]),
            (Value::Null, vec![]),
        ] {
            assert_eq!(
                lines(&event(AuditAction::ConnectionChanged, detail.clone())),
                want,
                "{detail}"
            );
        }
    }

    #[test]
    fn another_flow_is_one_of_an_application() {
        let flow = json!({"fields": ["enabled", "flow"]});
        assert!(is_of_flow(&event(AuditAction::ApplicationChanged, flow.clone())));
        assert!(!is_of_flow(&event(AuditAction::ConnectionChanged, flow)));
        let other = json!({"fields": ["enabled"]});
        assert!(!is_of_flow(&event(AuditAction::ApplicationChanged, other)));
    }
}
