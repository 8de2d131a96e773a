//! Server functions behind the secrets of an application's script.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::ScriptSecrets;
use crate::api::error::ConsoleError;

#[cfg(feature = "ssr")]
use {
    super::{Applications, ScriptSecretDraft},
    crate::api::error::service,
    crate::api::form,
    crate::api::session::require_admin,
    doorward_domain::invalid::FieldError,
    doorward_domain::script_secret::SecretName,
    doorward_domain::secret::SecretText,
};

/// The secrets of an application's script, without their values.
#[server(prefix = "/console/fn", endpoint = "applications/script-secrets", input = Json)]
pub async fn list_script_secrets(key: String) -> Result<ScriptSecrets, ConsoleError> {
    require_admin()?;
    service::<Applications>()?.script_secrets(&key).await
}

/// Gives a secret a value, the first or another one.
#[server(prefix = "/console/fn", endpoint = "applications/set-script-secret")]
pub async fn set_script_secret(id: String, name: String, secret_value: String) -> Result<ScriptSecrets, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let name = parsed(&name)?;
    let draft = ScriptSecretDraft {
        value: SecretText::new(secret_value),
    };
    let secrets = service::<Applications>()?
        .set_script_secret(&actor, &id, &name, draft)
        .await?;
    form::saved_at(&format!("/console/applications/{id}/flow"));
    Ok(secrets)
}

/// Takes a secret away.
#[server(prefix = "/console/fn", endpoint = "applications/remove-script-secret")]
pub async fn remove_script_secret(id: String, name: String) -> Result<ScriptSecrets, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let name = parsed(&name)?;
    let secrets = service::<Applications>()?
        .remove_script_secret(&actor, &id, &name)
        .await?;
    form::saved_at(&format!("/console/applications/{id}/flow"));
    Ok(secrets)
}

#[cfg(feature = "ssr")]
fn parsed(name: &str) -> Result<SecretName, ConsoleError> {
    name.trim().parse().map_err(
        |fault: doorward_domain::script_secret::SecretNameFault| ConsoleError::Invalid {
            fields: vec![FieldError {
                pointer: "/name".into(),
                detail: fault.to_string(),
            }],
        },
    )
}
