//! What may be set on a connection, and what becomes of it.

use serde::{Deserialize, Serialize};

use super::{Connection, OidcSettings, Template, UpstreamAuthMethod};
use crate::Timestamp;
use crate::id::ConnectionId;
use crate::invalid::{Check, Invalid};
use crate::jit::JitSettings;
use crate::mapping::{AttributeRule, default_rules};
use crate::text::{Handle, display_name};

/// Values of `amr` (RFC 8176 §2) for something known: beside a password, or in its place, no second factor (S37).
const ONE_FACTOR_AMR: [&str; 2] = ["pwd", "kba"];

/// What an administrator or a program may set on a connection: the JSON of `POST` and `PUT /api/v1/connections`.
///
/// A missing field takes its default, the same in the console and in the API: just-in-time provisioning is on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionDraft {
    pub handle: Handle,
    pub display_name: String,
    #[serde(default = "default_template")]
    pub template: Template,
    #[serde(default = "yes")]
    pub enabled: bool,
    pub oidc: OidcSettings,
    #[serde(default = "default_rules")]
    pub attributes: Vec<AttributeRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_template: Option<String>,
    #[serde(default)]
    pub jit: JitSettings,
    #[serde(default)]
    pub factors_without_account: bool,
    #[serde(default)]
    pub otp_to_asserted_email: bool,
    #[serde(default)]
    pub trusted_acr: Vec<String>,
    #[serde(default)]
    pub trusted_amr: Vec<String>,
}

fn default_template() -> Template {
    Template::Oidc
}

fn yes() -> bool {
    true
}

impl From<&Connection> for ConnectionDraft {
    /// The current settings without their secret.
    fn from(connection: &Connection) -> Self {
        Self {
            handle: connection.handle.clone(),
            display_name: connection.display_name.clone(),
            template: connection.template,
            enabled: connection.enabled,
            oidc: OidcSettings {
                client_secret: None,
                ..connection.oidc.clone()
            },
            attributes: connection.attributes.clone(),
            username_template: connection.username_template.clone(),
            jit: connection.jit,
            factors_without_account: connection.factors_without_account,
            otp_to_asserted_email: connection.otp_to_asserted_email,
            trusted_acr: connection.trusted_acr.clone(),
            trusted_amr: connection.trusted_amr.clone(),
        }
    }
}

impl ConnectionDraft {
    /// Makes a new connection of a draft.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn create(self, id: ConnectionId, now: Timestamp) -> Result<Connection, Invalid> {
        self.build(id, now, now, 1)
    }

    /// Changes a connection to what the draft says; a draft without a client secret keeps the one there is, as long as
    /// it goes to whom it went before.
    ///
    /// # Errors
    /// Every field that breaks a rule; the handle cannot change.
    pub fn apply(mut self, current: &Connection, now: Timestamp) -> Result<Connection, Invalid> {
        let mut check = Check::default();
        check.require(
            self.handle == current.handle,
            "/handle",
            "The handle cannot change: flows, scripts and the redirect URI use it. Change the display name instead.",
        );
        if self.oidc.client_secret.is_none() && current.oidc.client_secret.is_some() {
            // A secret is meant for one provider: whoever may change an address must not get to read it.
            match secret_goes_elsewhere(&self.oidc, &current.oidc) {
                None => self.oidc.client_secret.clone_from(&current.oidc.client_secret),
                Some(fault) => check.require(
                    self.oidc.token_endpoint_auth_method == UpstreamAuthMethod::None,
                    "/oidc/client_secret",
                    fault,
                ),
            }
        }
        check.finish()?;
        self.build(current.id.clone(), current.created_at, now, current.version + 1)
    }

    fn build(
        self,
        id: ConnectionId,
        created_at: Timestamp,
        updated_at: Timestamp,
        version: i64,
    ) -> Result<Connection, Invalid> {
        let mut check = Check::default();
        let name = check.take("/display_name", display_name(&self.display_name));
        self.oidc.check(&mut check);
        crate::mapping::check_rules(&self.attributes, &mut check);
        if let Some(template) = &self.username_template {
            check.take("/username_template", crate::mapping::check_username_template(template));
        }
        for (field, values) in [("/trusted_acr", &self.trusted_acr), ("/trusted_amr", &self.trusted_amr)] {
            let fine = values.len() <= 50 && values.iter().all(|v| (1..=200).contains(&v.len()));
            check.require(fine, field, "Enter at most 50 values of 1 to 200 characters.");
        }
        let knowledge = self
            .trusted_amr
            .iter()
            .find(|value| ONE_FACTOR_AMR.contains(&value.as_str()));
        check.require(
            knowledge.is_none(),
            "/trusted_amr",
            "Take out pwd and kba: they say that something known was typed, which is no second factor.",
        );
        check.finish()?;
        Ok(Connection {
            id,
            handle: self.handle,
            display_name: name.unwrap_or_default(),
            template: self.template,
            enabled: self.enabled,
            oidc: self.oidc,
            attributes: self.attributes,
            username_template: self.username_template,
            jit: self.jit,
            factors_without_account: self.factors_without_account,
            otp_to_asserted_email: self.otp_to_asserted_email,
            trusted_acr: self.trusted_acr,
            trusted_amr: self.trusted_amr,
            created_at,
            updated_at,
            version,
        })
    }
}

/// Why the secret of the current settings would reach somebody else under the next ones. Back to the endpoint that the
/// same issuer publishes is no such change.
fn secret_goes_elsewhere(next: &OidcSettings, current: &OidcSettings) -> Option<&'static str> {
    if next.issuer != current.issuer {
        return Some("The issuer changes: send the client secret of the new one.");
    }
    let is_typed_anew = next.token_endpoint.is_some() && next.token_endpoint != current.token_endpoint;
    is_typed_anew.then_some("The token endpoint changes: send the client secret with it.")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn draft(oidc: Value) -> ConnectionDraft {
        let draft = json!({"handle": "acme", "display_name": "Acme", "oidc": oidc});
        serde_json::from_value(draft).expect("a draft")
    }

    #[test]
    fn a_secret_stays_with_the_provider_it_was_made_for() {
        const ISSUER: &str = "https://idp.example.com";
        const OTHER: &str = "https://other.example.com";
        let token = |host: &str| format!("{host}/token");
        let current = draft(json!({"issuer": ISSUER, "client_id": "x", "client_secret": "hush",
            "token_endpoint": token(ISSUER)}));
        let id = ConnectionId::from_random([0; 16]);
        let current = current.create(id, Timestamp::UNIX_EPOCH).expect("a connection");
        let refused = Err("/oidc/client_secret".to_owned());
        for (case, oidc, want) in [
            (
                "another client id",
                json!({"issuer": ISSUER, "client_id": "y", "token_endpoint": token(ISSUER)}),
                Ok(Some("hush")),
            ),
            (
                "the endpoint is discovered",
                json!({"issuer": ISSUER, "client_id": "x"}),
                Ok(Some("hush")),
            ),
            (
                "another issuer",
                json!({"issuer": OTHER, "client_id": "x", "token_endpoint": token(ISSUER)}),
                refused.clone(),
            ),
            (
                "another token endpoint",
                json!({"issuer": ISSUER, "client_id": "x", "token_endpoint": token(OTHER)}),
                refused.clone(),
            ),
            (
                "another issuer with its secret",
                json!({"issuer": OTHER, "client_id": "x", "client_secret": "new"}),
                Ok(Some("new")),
            ),
            (
                "another issuer that wants none",
                json!({"issuer": OTHER, "client_id": "x", "token_endpoint_auth_method": "none"}),
                Ok(None),
            ),
        ] {
            let next = draft(oidc).apply(&current, Timestamp::UNIX_EPOCH);
            let secret = next.map(|next| next.oidc.client_secret.map(|secret| secret.expose().to_owned()));
            let told = secret.map_err(|Invalid(faults)| faults[0].pointer.clone());
            assert_eq!(told, want.map(|secret| secret.map(str::to_owned)), "{case}");
        }
    }
}
