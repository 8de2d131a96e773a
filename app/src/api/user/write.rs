//! Server functions behind the forms of an account.

use doorward_domain::account::Role;
use doorward_domain::factor::FactorKind;
use doorward_domain::id::{ConnectionId, FactorId};
use leptos::prelude::*;

use super::UserView;
use crate::api::error::ConsoleError;
use crate::api::form::AttributeField;

#[cfg(feature = "ssr")]
use {
    super::{UserDraft, UserPatch, Users},
    crate::api::error::service,
    crate::api::form::{self, optional},
    crate::api::session::require_admin,
    doorward_domain::account::AccountStatus,
    doorward_domain::secret::SecretText,
    doorward_domain::subject::LinkKey,
};

/// Adds an account and goes to its page.
#[server(prefix = "/console/fn", endpoint = "users/create")]
pub async fn create_user(
    /// The address when empty.
    #[server(default)]
    username: String,
    #[server(default)] email: String,
    #[server(default)] email_verified: bool,
    /// Empty means no password: the person signs in through a connection.
    #[server(default)]
    password: String,
    role: Role,
    #[server(default)] attributes: Vec<AttributeField>,
) -> Result<UserView, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let mut attributes = form::attributes(attributes);
    attributes.retain(|_, value| !value.is_null());
    let draft = UserDraft {
        username: optional(&username).map(str::to_owned),
        email: optional(&email).map(str::to_owned),
        email_verified,
        password: (!password.is_empty()).then(|| SecretText::new(password)),
        role,
        attributes,
    };
    let user = service::<Users>()?.create(&actor, draft).await?;
    form::go_to(&format!("/console/users/{}?created=true", user.summary.id));
    Ok(user)
}

/// Saves the profile: username, address and attributes. An attribute that is not sent stays, an empty one goes.
#[server(prefix = "/console/fn", endpoint = "users/profile")]
pub async fn save_user_profile(
    id: String,
    version: i64,
    username: String,
    #[server(default)] email: String,
    #[server(default)] email_verified: bool,
    #[server(default)] attributes: Vec<AttributeField>,
) -> Result<UserView, ConsoleError> {
    let patch = UserPatch {
        username: Some(username),
        email: Some(optional(&email).map_or(serde_json::Value::Null, Into::into)),
        email_verified: Some(email_verified),
        attributes: form::attributes(attributes),
        ..UserPatch::default()
    };
    save(&id, Some(version), patch).await
}

/// Gives an account a new password and ends its sessions.
#[server(prefix = "/console/fn", endpoint = "users/password")]
pub async fn set_user_password(id: String, version: i64, password: String) -> Result<UserView, ConsoleError> {
    let patch = UserPatch {
        password: Some(SecretText::new(password)),
        ..UserPatch::default()
    };
    save(&id, Some(version), patch).await
}

/// Makes an account an administrator, or an administrator a person again.
#[server(prefix = "/console/fn", endpoint = "users/role")]
pub async fn set_user_role(id: String, version: i64, role: Role) -> Result<UserView, ConsoleError> {
    let patch = UserPatch {
        role: Some(role),
        ..UserPatch::default()
    };
    save(&id, Some(version), patch).await
}

/// Disables an account: its sessions and grants end at once.
#[server(prefix = "/console/fn", endpoint = "users/disable")]
pub async fn disable_user(id: String, version: i64) -> Result<UserView, ConsoleError> {
    let patch = UserPatch {
        status: Some(AccountStatus::Disabled),
        ..UserPatch::default()
    };
    save(&id, Some(version), patch).await
}

/// Lets a disabled or locked account sign in again.
#[server(prefix = "/console/fn", endpoint = "users/enable")]
pub async fn enable_user(id: String, version: i64) -> Result<UserView, ConsoleError> {
    let patch = UserPatch {
        status: Some(AccountStatus::Active),
        ..UserPatch::default()
    };
    save(&id, Some(version), patch).await
}

/// Deletes an account with everything that belongs to it, and goes back to the list.
#[server(prefix = "/console/fn", endpoint = "users/delete")]
pub async fn delete_user(
    id: String,
    version: i64,
    /// Whether the linked identities are refused from then on.
    #[server(default)]
    keep_out: bool,
) -> Result<(), ConsoleError> {
    let actor = form::actor(require_admin()?);
    service::<Users>()?.delete(&actor, &id, Some(version), keep_out).await?;
    form::go_to("/console/users?deleted=true");
    Ok(())
}

/// Takes a linked identity away from an account and ends its sessions.
#[server(prefix = "/console/fn", endpoint = "users/unlink")]
pub async fn unlink(
    id: String,
    connection: ConnectionId,
    issuer: String,
    subject: String,
) -> Result<UserView, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let link = LinkKey {
        connection,
        issuer,
        subject,
    };
    let user = service::<Users>()?.unlink(&actor, &id, &link).await?;
    form::saved_at(&format!("/console/users/{}", user.summary.id));
    Ok(user)
}

/// Takes a second factor away from an account, so that the person enrols anew, and ends its sessions.
#[server(prefix = "/console/fn", endpoint = "users/reset-factor")]
pub async fn reset_factor(id: String, kind: FactorKind) -> Result<UserView, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let user = service::<Users>()?.reset_factor(&actor, &id, kind).await?;
    form::saved_at(&format!("/console/users/{}", user.summary.id));
    Ok(user)
}

/// Takes one passkey away from an account, and ends its sessions.
#[server(prefix = "/console/fn", endpoint = "users/remove-passkey")]
pub async fn remove_passkey(id: String, passkey: FactorId) -> Result<UserView, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let user = service::<Users>()?.remove_passkey(&actor, &id, &passkey).await?;
    form::saved_at(&format!("/console/users/{}", user.summary.id));
    Ok(user)
}

/// Ends every session of an account and revokes every grant.
#[server(prefix = "/console/fn", endpoint = "users/sign-out")]
pub async fn sign_out_everywhere(id: String) -> Result<UserView, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let user = service::<Users>()?.sign_out_everywhere(&actor, &id, None).await?;
    form::saved_at(&format!("/console/users/{}", user.summary.id));
    Ok(user)
}

#[cfg(feature = "ssr")]
async fn save(id: &str, version: Option<i64>, patch: UserPatch) -> Result<UserView, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let user = service::<Users>()?.patch(&actor, id, version, patch).await?;
    form::saved_at(&format!("/console/users/{}/settings", user.summary.id));
    Ok(user)
}
