//! Users: people's accounts as the console and the management API show them.

use doorward_domain::Timestamp;
use doorward_domain::account::{AccountStatus, Attributes, Origin, Role};
use doorward_domain::factor::FactorKind;
use doorward_domain::id::{AccountId, ConnectionId, FactorId, SessionId};
use doorward_domain::secret::SecretText;
use serde::{Deserialize, Serialize};
use serde_json::Value;

mod read;
mod write;

pub use read::*;
pub use write::*;

/// People are counted no further: a list of more has no total.
pub const COUNTED: u32 = 1_000;

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserSummary {
    pub id: AccountId,
    pub sub: String,
    pub username: String,
    pub display_name: String,
    pub email: Option<String>,
    pub email_verified: bool,
    pub status: AccountStatus,
    pub role: Role,
    pub origin: Origin,
    pub created_at: Timestamp,
    pub last_sign_in_at: Option<Timestamp>,
}

/// A whole profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserView {
    #[serde(flatten)]
    pub summary: UserSummary,
    /// Each with its source and when it was written.
    pub attributes: Attributes,
    pub links: Vec<LinkView>,
    /// Second factors, never what they are made of.
    pub factors: Vec<FactorView>,
    /// Keys that devices of the person hold.
    pub passkeys: Vec<PasskeyView>,
    pub sessions: Vec<SessionView>,
    pub has_password: bool,
    pub updated_at: Timestamp,
    /// The ETag, for `If-Match`.
    pub version: i64,
}

/// A linked identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LinkView {
    pub connection: ConnectionId,
    /// `None` when the connection is gone.
    pub connection_handle: Option<String>,
    pub connection_name: Option<String>,
    pub issuer: String,
    pub subject: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// Something the person has enrolled to confirm who they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FactorView {
    pub kind: FactorKind,
    /// How many backup codes still work; the codes themselves nobody can read. `None` for another kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes_left: Option<u8>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// A passkey, as first or second factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PasskeyView {
    pub id: FactorId,
    /// What the person calls it.
    pub name: String,
    /// Whether its key may be copied to other devices of the person.
    pub synced: bool,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionView {
    pub id: SessionId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub user_agent: Option<String>,
}

/// The JSON of `POST /api/v1/users`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserDraft {
    /// The address when absent.
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub email_verified: bool,
    #[serde(default, skip_serializing)]
    pub password: Option<SecretText>,
    #[serde(default = "person")]
    pub role: Role,
    /// More attributes by name.
    #[serde(default)]
    pub attributes: std::collections::BTreeMap<String, Value>,
}

fn person() -> Role {
    Role::Person
}

/// The JSON of `PATCH /api/v1/users/{id}`: what is absent stays; an attribute set to `null` goes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserPatch {
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub username: Option<String>,
    /// A text, or `null` to take the address away.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub email: Option<Value>,
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "bool"))]
    pub email_verified: Option<bool>,
    #[serde(skip_serializing, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "SecretText"))]
    pub password: Option<SecretText>,
    /// `active` or `disabled`; `locked` is taken where it is so already.
    #[serde(deserialize_with = "status", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "AccountStatus"))]
    pub status: Option<AccountStatus>,
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Role"))]
    pub role: Option<Role>,
    pub attributes: std::collections::BTreeMap<String, Value>,
}

/// A status that was sent, as [`present`]. What is refused is told what can be set: nobody locks an account by hand.
fn status<'de, D>(deserializer: D) -> Result<Option<AccountStatus>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    let read = AccountStatus::deserialize(deserializer);
    read.map(Some)
        .map_err(|_| serde::de::Error::custom("This must be active or disabled."))
}

/// A field that was sent: `null` must not pass for one that was left out (RFC 7396).
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(feature = "ssr")]
pub use service_trait::{UserService, Users};

#[cfg(feature = "ssr")]
mod service_trait {
    use std::sync::Arc;

    use super::*;
    use crate::api::error::ConsoleError;
    use crate::api::page::{Page, PageQuery};
    use doorward_domain::audit::Actor;
    use doorward_domain::subject::LinkKey;

    /// The service in the context of every console request.
    pub type Users = Arc<dyn UserService>;

    /// Everything the console and the management API do with accounts. `key` is an id or a username.
    #[async_trait::async_trait]
    pub trait UserService: Send + Sync {
        async fn list(&self, query: PageQuery) -> Result<Page<UserSummary>, ConsoleError>;
        async fn find(&self, key: &str) -> Result<UserView, ConsoleError>;
        async fn create(&self, actor: &Actor, draft: UserDraft) -> Result<UserView, ConsoleError>;
        /// Disabling revokes every session and grant in the same transaction.
        async fn patch(
            &self,
            actor: &Actor,
            key: &str,
            expected: Option<i64>,
            patch: UserPatch,
        ) -> Result<UserView, ConsoleError>;
        /// With `keep_out`, the linked identities are refused from then on, until a connection lets them in again.
        async fn delete(
            &self,
            actor: &Actor,
            key: &str,
            expected: Option<i64>,
            keep_out: bool,
        ) -> Result<(), ConsoleError>;
        /// Removes a link and revokes what was signed in through it.
        async fn unlink(&self, actor: &Actor, key: &str, link: &LinkKey) -> Result<UserView, ConsoleError>;
        /// Takes a factor away, so that the person enrols anew, and ends what was signed in with it.
        async fn reset_factor(&self, actor: &Actor, key: &str, kind: FactorKind) -> Result<UserView, ConsoleError>;
        /// Takes one passkey away, and ends what was signed in.
        async fn remove_passkey(&self, actor: &Actor, key: &str, passkey: &FactorId) -> Result<UserView, ConsoleError>;
        /// Ends every session and revokes every grant.
        async fn sign_out_everywhere(
            &self,
            actor: &Actor,
            key: &str,
            expected: Option<i64>,
        ) -> Result<UserView, ConsoleError>;
    }
}
