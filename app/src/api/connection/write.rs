//! Server functions behind the forms of a connection. Each sends one tab: what the tab does not show stays as it is.

#![expect(clippy::too_many_arguments, reason = "a form sends its fields flat")]

use doorward_domain::connection::{Template, UpstreamAuthMethod};
use doorward_domain::jit::{AttributeSync, LinkPolicy};
use doorward_domain::text::Handle;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::SavedConnection;
use crate::api::error::ConsoleError;
use crate::api::form::words;

#[cfg(feature = "ssr")]
use {
    super::{Connections, SaveMode},
    crate::api::audit::AuditQuery,
    crate::api::base::{Base, Present, TRIES},
    crate::api::error::service,
    crate::api::form::{self, lines, optional},
    crate::api::session::require_admin,
    doorward_domain::audit::AuditAction,
    doorward_domain::invalid::FieldError,
};

/// One row of the mapping form: `rows[0][from]=email&rows[0][to]=email&rows[0][required]=true`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MappingRow {
    /// Claim names or JSON pointers, separated by commas or spaces; the first one present wins.
    pub from: String,
    pub to: String,
    // A cleared checkbox sends no field at all.
    pub required: bool,
}

/// Adds a connection and goes to its page.
#[server(prefix = "/console/fn", endpoint = "connections/create")]
pub async fn create_connection(
    template: Template,
    handle: String,
    display_name: String,
    issuer: String,
    client_id: String,
    #[server(default)] client_secret: String,
    /// Separated by spaces; the default scopes when empty.
    #[server(default)]
    scopes: String,
    #[server(default)] token_endpoint_auth_method: UpstreamAuthMethod,
    #[server(default)] enabled: bool,
) -> Result<SavedConnection, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let mut oidc = json!({
        "issuer": issuer.trim(),
        "client_id": client_id.trim(),
        "token_endpoint_auth_method": token_endpoint_auth_method,
    });
    if let Some(secret) = optional(&client_secret) {
        oidc["client_secret"] = secret.into();
    }
    if !words(&scopes).is_empty() {
        oidc["scopes"] = words(&scopes).into();
    }
    let draft = json!({
        "template": template, "handle": handle.trim(), "display_name": display_name, "enabled": enabled, "oidc": oidc,
    });
    let saved = service::<Connections>()?.create(&actor, draft, SaveMode::Save).await?;
    form::go_to(&format!(
        "/console/connections/{}/settings?created=true",
        saved.connection.settings.handle
    ));
    Ok(saved)
}

/// Saves the General tab. Disabling what applications need asks for `confirmed`.
#[server(prefix = "/console/fn", endpoint = "connections/general")]
pub async fn save_connection_general(
    id: String,
    version: i64,
    #[server(default)] base: String,
    #[server(default)] overwrite: Option<i64>,
    display_name: String,
    #[server(default)] enabled: bool,
    #[server(default)] confirmed: bool,
) -> Result<SavedConnection, ConsoleError> {
    let patch = json!({"display_name": display_name, "enabled": enabled});
    let base = Base::new(version, base, overwrite);
    save(&id, &base, patch, Some(confirmed), "").await
}

/// Saves the Settings tab. An empty client secret keeps the one there is; an empty endpoint is discovered.
#[server(prefix = "/console/fn", endpoint = "connections/settings")]
pub async fn save_connection_settings(
    id: String,
    version: i64,
    #[server(default)] base: String,
    #[server(default)] overwrite: Option<i64>,
    issuer: String,
    client_id: String,
    #[server(default)] client_secret: String,
    scopes: String,
    token_endpoint_auth_method: UpstreamAuthMethod,
    #[server(default)] authorization_endpoint: String,
    #[server(default)] token_endpoint: String,
    #[server(default)] userinfo_endpoint: String,
    #[server(default)] jwks_uri: String,
    #[server(default)] end_session_endpoint: String,
    #[server(default)] fetch_userinfo: bool,
    clock_skew_seconds: u16,
    /// One `name=value` per line.
    #[server(default)]
    additional_parameters: String,
) -> Result<SavedConnection, ConsoleError> {
    let parameters: Vec<Value> = lines(&additional_parameters)
        .iter()
        .map(|line| line.split_once('=').unwrap_or((line, "")))
        .map(|(name, value)| json!([name.trim(), value.trim()]))
        .collect();
    let mut oidc = json!({
        "issuer": issuer.trim(),
        "client_id": client_id.trim(),
        "scopes": words(&scopes),
        "token_endpoint_auth_method": token_endpoint_auth_method,
        "authorization_endpoint": optional(&authorization_endpoint),
        "token_endpoint": optional(&token_endpoint),
        "userinfo_endpoint": optional(&userinfo_endpoint),
        "jwks_uri": optional(&jwks_uri),
        "end_session_endpoint": optional(&end_session_endpoint),
        "fetch_userinfo": fetch_userinfo,
        "clock_skew_seconds": clock_skew_seconds,
        "additional_parameters": parameters,
    });
    if let Some(secret) = optional(&client_secret) {
        oidc["client_secret"] = secret.into();
    }
    let base = Base::new(version, base, overwrite);
    save(&id, &base, json!({"oidc": oidc}), None, "/settings").await
}

/// Saves the Attributes tab. Rows with nothing in them do not count.
#[server(prefix = "/console/fn", endpoint = "connections/attributes")]
pub async fn save_connection_attributes(
    id: String,
    version: i64,
    #[server(default)] base: String,
    #[server(default)] overwrite: Option<i64>,
    #[server(default)] rows: Vec<MappingRow>,
    /// Empty means the default username.
    #[server(default)]
    username_template: String,
) -> Result<SavedConnection, ConsoleError> {
    let kept = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| optional(&row.from).is_some() || optional(&row.to).is_some());
    let (places, rules): (Vec<usize>, Vec<Value>) = kept
        .map(|(place, row)| {
            let rule = json!({"from": words(&row.from), "to": row.to.trim(), "required": row.required});
            (place, rule)
        })
        .unzip();
    let patch = json!({"attributes": rules, "username_template": optional(&username_template)});
    let base = Base::new(version, base, overwrite);
    let saved = save(&id, &base, patch, None, "/attributes").await;
    saved.map_err(|error| at_rows(error, &places))
}

/// The faults of rules as those of the rows they were written in, each with the number of its row.
#[cfg(feature = "ssr")]
fn at_rows(error: ConsoleError, places: &[usize]) -> ConsoleError {
    let at_row = |field: FieldError| {
        let of_rule = field.pointer.strip_prefix("/attributes/");
        let found = of_rule.and_then(|rest| rest.split_once('/')).and_then(|(rule, name)| {
            let place = places.get(rule.parse::<usize>().ok()?)?;
            Some((*place, name.to_owned()))
        });
        match found {
            Some((place, name)) => FieldError {
                pointer: format!("/attributes/{place}/{name}"),
                detail: format!("Row {}: {}", place + 1, field.detail),
            },
            None => field,
        }
    };
    match error {
        ConsoleError::Invalid { fields } => ConsoleError::Invalid {
            fields: fields.into_iter().map(at_row).collect(),
        },
        other => other,
    }
}

/// Saves the Advanced tab. Answers `Unconfirmed` when the change breaks an application and `confirmed` is not set.
#[server(prefix = "/console/fn", endpoint = "connections/jit")]
pub async fn save_jit(
    id: String,
    version: i64,
    #[server(default)] base: String,
    #[server(default)] overwrite: Option<i64>,
    // A cleared checkbox sends no field at all.
    #[server(default)] enabled: bool,
    attribute_sync: AttributeSync,
    linking: LinkPolicy,
    #[server(default)] factors_without_account: bool,
    #[server(default)] otp_to_asserted_email: bool,
    /// Separated by spaces.
    #[server(default)]
    trusted_acr: String,
    /// Separated by spaces.
    #[server(default)]
    trusted_amr: String,
    #[server(default)] confirmed: bool,
    /// Confirms what no preview has shown: more than the switch was changed, or an expectation breaks.
    #[server(default)]
    all_the_same: bool,
) -> Result<SavedConnection, ConsoleError> {
    let form = SaveJit {
        id,
        version,
        base,
        overwrite,
        enabled,
        attribute_sync,
        linking,
        factors_without_account,
        otp_to_asserted_email,
        trusted_acr,
        trusted_amr,
        confirmed,
        all_the_same,
    };
    let confirmed = form.confirmed || form.all_the_same;
    let (id, patch) = (form.id.clone(), form.patch());
    let base = Base::new(form.version, form.base, form.overwrite);
    save(&id, &base, patch, Some(confirmed), "/advanced").await
}

impl SaveJit {
    /// The change as a JSON merge patch (RFC 7396).
    #[must_use]
    pub fn patch(&self) -> Value {
        json!({
            "jit": {"enabled": self.enabled, "attribute_sync": self.attribute_sync, "linking": self.linking},
            "factors_without_account": self.factors_without_account,
            "otp_to_asserted_email": self.otp_to_asserted_email,
            "trusted_acr": words(&self.trusted_acr),
            "trusted_amr": words(&self.trusted_amr),
        })
    }
}

/// A change of a connection that a finding offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionRepair {
    Enable,
    TurnOnJit,
    SendCodesToAssertedAddress,
    KeepFactorsWithoutAccount,
}

impl ConnectionRepair {
    /// The change as a JSON merge patch (RFC 7396).
    #[must_use]
    pub fn patch(self) -> Value {
        match self {
            Self::Enable => json!({"enabled": true}),
            Self::TurnOnJit => json!({"jit": {"enabled": true}}),
            Self::SendCodesToAssertedAddress => json!({"otp_to_asserted_email": true}),
            Self::KeepFactorsWithoutAccount => json!({"factors_without_account": true}),
        }
    }
}

/// A repair with the connection it changes. As text, which a button can carry: `turn_on_jit acme`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionMend {
    pub repair: ConnectionRepair,
    pub connection: Handle,
}

impl std::fmt::Display for ConnectionMend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let repair = match self.repair {
            ConnectionRepair::Enable => "enable",
            ConnectionRepair::TurnOnJit => "turn_on_jit",
            ConnectionRepair::SendCodesToAssertedAddress => "send_codes_to_asserted_address",
            ConnectionRepair::KeepFactorsWithoutAccount => "keep_factors_without_account",
        };
        write!(f, "{repair} {}", self.connection)
    }
}

impl std::str::FromStr for ConnectionMend {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (repair, connection) = text.split_once(' ').ok_or(())?;
        let repair = match repair {
            "enable" => ConnectionRepair::Enable,
            "turn_on_jit" => ConnectionRepair::TurnOnJit,
            "send_codes_to_asserted_address" => ConnectionRepair::SendCodesToAssertedAddress,
            "keep_factors_without_account" => ConnectionRepair::KeepFactorsWithoutAccount,
            _ => return Err(()),
        };
        let connection = connection.parse().map_err(|_| ())?;
        Ok(Self { repair, connection })
    }
}

/// Makes the change a finding offers and leaves everything else of the connection as it is. Sent as a form, the answer
/// leads back to the page it came from.
#[server(prefix = "/console/fn", endpoint = "connections/repair")]
pub async fn repair_connection(mend: String) -> Result<SavedConnection, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let ConnectionMend { repair, connection } = mend.parse().map_err(|()| ConsoleError::Malformed)?;
    service::<Connections>()?
        .patch(
            &actor,
            connection.as_str(),
            None,
            repair.patch(),
            SaveMode::UnlessItBreaks,
        )
        .await
}

/// Deletes a connection that no application uses, and goes back to the list.
#[server(prefix = "/console/fn", endpoint = "connections/delete")]
pub async fn delete_connection(id: String, version: i64) -> Result<(), ConsoleError> {
    let actor = form::actor(require_admin()?);
    service::<Connections>()?.delete(&actor, &id, Some(version)).await?;
    form::go_to("/console/connections?deleted=true");
    Ok(())
}

/// What every tab does with its part of the settings: lays it over what is saved now, unless somebody else has saved
/// that very part since the form was made ([`Base::next`]).
#[cfg(feature = "ssr")]
async fn save(
    id: &str,
    base: &Base,
    patch: Value,
    confirmed: Option<bool>,
    tab: &str,
) -> Result<SavedConnection, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let mode = SaveMode::confirmed(confirmed.unwrap_or(true));
    let connections = service::<Connections>()?;
    let mut version = base.first();
    for _ in 0..TRIES {
        match connections.patch(&actor, id, Some(version), patch.clone(), mode).await {
            Err(ConsoleError::Changed) => {}
            Err(error) => return Err(error),
            Ok(saved) => {
                form::saved_at(&format!(
                    "/console/connections/{}{tab}",
                    saved.connection.settings.handle
                ));
                return Ok(saved.for_forms());
            }
        }
        let now = connections.find(id).await?;
        let changes = AuditQuery {
            connection: Some(now.id.to_string()),
            action: Some(AuditAction::ConnectionChanged.as_str().to_owned()),
            ..AuditQuery::default()
        };
        let present = Present {
            settings: &now.settings,
            version: now.version,
            saved_at: now.updated_at,
            changes,
        };
        version = base.next(&patch, confirmed, present).await?;
    }
    Err(ConsoleError::Changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "ssr")]
    #[test]
    fn a_fault_names_the_row_that_was_filled_in() {
        let fault = |pointer: &str, detail: &str| FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        };
        let fields = vec![
            fault("/attributes/1/to", "Enter a name."),
            fault("/username_template", "Too long."),
        ];
        let told = at_rows(ConsoleError::Invalid { fields }, &[0, 2]);
        let want = vec![
            fault("/attributes/2/to", "Row 3: Enter a name."),
            fault("/username_template", "Too long."),
        ];
        assert_eq!(told, ConsoleError::Invalid { fields: want });
    }

    #[test]
    fn a_mend_survives_the_way_through_a_form() {
        for repair in [
            ConnectionRepair::Enable,
            ConnectionRepair::TurnOnJit,
            ConnectionRepair::SendCodesToAssertedAddress,
            ConnectionRepair::KeepFactorsWithoutAccount,
        ] {
            let connection = "acme-2".parse().expect("a handle");
            let mend = ConnectionMend { repair, connection };
            assert_eq!(mend.to_string().parse(), Ok(mend));
        }
        for text in [
            "",
            "turn_on_jit",
            "turn_on_jit ",
            "turn_off_jit acme",
            "turn_on_jit a b",
        ] {
            assert!(text.parse::<ConnectionMend>().is_err(), "{text}");
        }
    }
}
