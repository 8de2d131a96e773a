//! Server functions behind the forms of an application. Each sends one tab: what the tab does not show stays.

#![expect(clippy::too_many_arguments, reason = "a form sends its fields flat")]

use doorward_domain::application::{ClientAuthMethod, ClientType, SigningAlg, SubjectType};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::SavedApplication;
use crate::api::error::ConsoleError;

#[cfg(feature = "ssr")]
use {
    super::{Applications, FreshSecrets},
    crate::api::audit::AuditQuery,
    crate::api::base::{Base, Present, TRIES},
    crate::api::connection::SaveMode,
    crate::api::error::service,
    crate::api::form::{self, lines, optional, words},
    crate::api::session::require_admin,
    doorward_domain::audit::AuditAction,
    doorward_domain::invalid::FieldError,
    serde_json::{Value, json},
};

/// One step of the flow form: `steps[0][options][0]=password&steps[0][options][1]=connection:acme`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StepForm {
    pub options: Vec<String>,
}

/// Adds an application with one step, a password, and goes to its page, where the client secret is shown once.
#[server(prefix = "/console/fn", endpoint = "applications/create")]
pub async fn create_application(
    handle: String,
    name: String,
    client_type: ClientType,
    /// One per line.
    redirect_uris: String,
    /// Options of its first step, such as `options[0]=password`; a password when none is chosen.
    #[server(default)]
    options: Vec<String>,
) -> Result<SavedApplication, ConsoleError> {
    let administrator = require_admin()?;
    let mut draft = json!({
        "handle": handle.trim(), "name": name, "client_type": client_type, "redirect_uris": lines(&redirect_uris),
    });
    if !options.is_empty() {
        draft["flow"] = json!({"steps": [{"options": options}]});
    }
    let actor = form::actor(administrator.clone());
    let saved = service::<Applications>()?.create(&actor, draft, SaveMode::Save).await?;
    show_secret_at_next_page(&administrator.account, &saved)?;
    form::go_to(&format!(
        "/console/applications/{}/protocol?created=true",
        saved.application.settings.handle
    ));
    Ok(saved)
}

/// Saves the General tab.
#[server(prefix = "/console/fn", endpoint = "applications/general")]
pub async fn save_application_general(
    id: String,
    version: i64,
    #[server(default)] base: String,
    #[server(default)] overwrite: Option<i64>,
    name: String,
    #[server(default)] enabled: bool,
) -> Result<SavedApplication, ConsoleError> {
    let patch = json!({"name": name, "enabled": enabled});
    save(&id, &Base::new(version, base, overwrite), patch, None, "").await
}

/// Saves the Protocol tab.
#[server(prefix = "/console/fn", endpoint = "applications/protocol")]
pub async fn save_application_protocol(
    id: String,
    version: i64,
    #[server(default)] base: String,
    #[server(default)] overwrite: Option<i64>,
    client_type: ClientType,
    /// One per line.
    redirect_uris: String,
    /// One per line.
    #[server(default)]
    post_logout_redirect_uris: String,
    token_endpoint_auth_method: ClientAuthMethod,
    #[server(default)] authorization_code: bool,
    #[server(default)] refresh_token: bool,
    #[server(default)] client_credentials: bool,
    id_token_signed_response_alg: SigningAlg,
    subject_type: SubjectType,
    /// Separated by spaces.
    #[server(default)]
    required_claims: String,
    /// Seconds; empty means no limit.
    #[server(default)]
    default_max_age: String,
    /// A JWK set as JSON, for `private_key_jwt`.
    #[server(default)]
    jwks: String,
) -> Result<SavedApplication, ConsoleError> {
    let grants: Vec<&str> = [
        ("authorization_code", authorization_code),
        ("refresh_token", refresh_token),
        ("client_credentials", client_credentials),
    ]
    .into_iter()
    .filter_map(|(name, chosen)| chosen.then_some(name))
    .collect();
    let patch = json!({
        "client_type": client_type,
        "redirect_uris": lines(&redirect_uris),
        "post_logout_redirect_uris": lines(&post_logout_redirect_uris),
        "token_endpoint_auth_method": token_endpoint_auth_method,
        "grant_types": grants,
        "id_token_signed_response_alg": id_token_signed_response_alg,
        "subject_type": subject_type,
        "required_claims": words(&required_claims),
        "default_max_age": parsed::<u32>("/default_max_age", &default_max_age, "Enter a number of seconds.")?,
        "jwks": parsed_json("/jwks", &jwks)?,
    });
    save(&id, &Base::new(version, base, overwrite), patch, None, "/protocol").await
}

/// Saves the Sign-in flow tab. Answers `Unconfirmed` when the change brings an error and `confirmed` is not set.
#[server(prefix = "/console/fn", endpoint = "applications/flow")]
pub async fn save_application_flow(
    id: String,
    version: i64,
    #[server(default)] base: String,
    #[server(default)] overwrite: Option<i64>,
    #[server(default)] steps: Vec<StepForm>,
    /// Blank where the steps run in their order.
    #[server(default)]
    script: String,
    #[server(default)] confirmed: bool,
    /// The connection with which the page looks at the flow, as if its just-in-time provisioning were off; it goes on so.
    #[server(default)]
    without: String,
) -> Result<SavedApplication, ConsoleError> {
    let steps = steps_of_form(steps);
    let script = script_of_form(&script, steps.len());
    save_flow(
        &id,
        &Base::new(version, base, overwrite),
        &steps,
        &script,
        confirmed,
        &without,
    )
    .await
}

/// What the editor's address ends with while it looks at the flow without a connection's just-in-time provisioning.
#[cfg(feature = "ssr")]
fn looked_at_without(handle: &str) -> String {
    let handle = handle.parse::<doorward_domain::text::Handle>();
    handle.map_or_else(|_| String::new(), |handle| format!("?without={handle}"))
}

/// The steps as they are saved. One without a way to pass it sends an empty text: a form has no other word for an empty
/// list, and the step would be left out in silence.
#[must_use]
pub fn steps_of_form(mut steps: Vec<StepForm>) -> Vec<StepForm> {
    for step in &mut steps {
        step.options.retain(|option| !option.is_empty());
    }
    steps
}

/// The script as it is saved: blank where it is still the one that is generated from so many steps. A form sends line
/// ends as the protocol wants them, not as they were typed.
#[must_use]
pub fn script_of_form(script: &str, steps: usize) -> String {
    let script = script.replace("\r\n", "\n");
    if doorward_domain::script::is_generated(&script, steps) {
        String::new()
    } else {
        script
    }
}

/// Makes a new client secret, shown once on the page that follows; the old one stops working at once.
#[server(prefix = "/console/fn", endpoint = "applications/secret")]
pub async fn regenerate_secret(id: String) -> Result<SavedApplication, ConsoleError> {
    let administrator = require_admin()?;
    let actor = form::actor(administrator.clone());
    let saved = service::<Applications>()?.regenerate_secret(&actor, &id, None).await?;
    show_secret_at_next_page(&administrator.account, &saved)?;
    form::saved_at(&format!(
        "/console/applications/{}/protocol",
        saved.application.settings.handle
    ));
    Ok(saved.for_forms())
}

/// Deletes an application, revokes its grants, and goes back to the list.
#[server(prefix = "/console/fn", endpoint = "applications/delete")]
pub async fn delete_application(id: String, version: i64) -> Result<(), ConsoleError> {
    let actor = form::actor(require_admin()?);
    service::<Applications>()?.delete(&actor, &id, Some(version)).await?;
    form::go_to("/console/applications?deleted=true");
    Ok(())
}

#[cfg(feature = "ssr")]
fn show_secret_at_next_page(
    account: &doorward_domain::id::AccountId,
    saved: &SavedApplication,
) -> Result<(), ConsoleError> {
    if let Some(secret) = &saved.client_secret {
        service::<FreshSecrets>()?.keep(account, saved.application.id.as_str(), secret);
    }
    Ok(())
}

/// Saves steps and a script, which the buttons of the steps do too before the browser's code has loaded.
#[cfg(feature = "ssr")]
pub(crate) async fn save_flow(
    id: &str,
    base: &Base,
    steps: &[StepForm],
    script: &str,
    confirmed: bool,
    without: &str,
) -> Result<SavedApplication, ConsoleError> {
    let patch = json!({"flow": {"script": script, "steps": steps}});
    let tab = format!("/flow{}", looked_at_without(without));
    save(id, base, patch, Some(confirmed), &tab).await
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
) -> Result<SavedApplication, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let mode = SaveMode::confirmed(confirmed.unwrap_or(true));
    let applications = service::<Applications>()?;
    let mut version = base.first();
    for _ in 0..TRIES {
        match applications.patch(&actor, id, Some(version), patch.clone(), mode).await {
            Err(ConsoleError::Changed) => {}
            Err(error) => return Err(error),
            Ok(saved) => {
                form::saved_at(&format!(
                    "/console/applications/{}{tab}",
                    saved.application.settings.handle
                ));
                return Ok(saved.for_forms());
            }
        }
        let now = applications.find(id).await?;
        let changes = AuditQuery {
            application: Some(now.id.to_string()),
            action: Some(AuditAction::ApplicationChanged.as_str().to_owned()),
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

#[cfg(feature = "ssr")]
fn parsed<T: std::str::FromStr>(pointer: &str, text: &str, detail: &str) -> Result<Option<T>, ConsoleError> {
    optional(text)
        .map(str::parse)
        .transpose()
        .map_err(|_| fault(pointer, detail))
}

#[cfg(feature = "ssr")]
fn parsed_json(pointer: &str, text: &str) -> Result<Option<Value>, ConsoleError> {
    optional(text)
        .map(serde_json::from_str)
        .transpose()
        .map_err(|_| fault(pointer, "Enter a JWK set as JSON, such as {\"keys\":[…]}."))
}

#[cfg(feature = "ssr")]
fn fault(pointer: &str, detail: &str) -> ConsoleError {
    ConsoleError::Invalid {
        fields: vec![FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        }],
    }
}
