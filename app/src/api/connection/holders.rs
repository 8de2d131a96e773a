//! Second factors that a connection keeps without a profile: views and server functions.

use doorward_domain::Timestamp;
use doorward_domain::factor::FactorKind;
use doorward_domain::id::AccountId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::api::error::ConsoleError;
use crate::api::page::PageQuery;

#[cfg(feature = "ssr")]
use {super::Connections, crate::api::error::service, crate::api::form, crate::api::session::require_admin};

/// Somebody's second factors without a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FactorHolderView {
    /// The id that an account made for the person later takes.
    pub id: AccountId,
    /// The opaque value the person is known by, as in the audit log.
    pub sub: String,
    pub factors: Vec<FactorKind>,
    /// How many passkeys.
    pub passkeys: u32,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
}

/// One page of what a connection keeps without a profile, the last used first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FactorHolders {
    pub items: Vec<FactorHolderView>,
    /// Where the next page starts; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many there are on all pages.
    pub total: u64,
    /// How many days after its last use a record is erased.
    pub kept_days: u32,
}

/// How many records were erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Erased {
    pub erased: u64,
}

/// What a connection keeps without a profile.
#[server(prefix = "/console/fn", endpoint = "connections/factor-holders", input = Json)]
pub async fn list_factor_holders(key: String, query: PageQuery) -> Result<FactorHolders, ConsoleError> {
    require_admin()?;
    service::<Connections>()?.factor_holders(&key, query).await
}

/// Erases one record; the person enrols anew.
#[server(prefix = "/console/fn", endpoint = "connections/factor-holders/erase")]
pub async fn erase_factor_holder(handle: String, holder: AccountId) -> Result<(), ConsoleError> {
    let actor = form::actor(require_admin()?);
    service::<Connections>()?
        .erase_factor_holder(&actor, &handle, &holder)
        .await?;
    form::saved_at(&format!("/console/connections/{handle}/advanced"));
    Ok(())
}

/// Erases every record of a connection.
#[server(prefix = "/console/fn", endpoint = "connections/factor-holders/erase-all")]
pub async fn erase_factor_holders(handle: String) -> Result<Erased, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let erased = service::<Connections>()?.erase_factor_holders(&actor, &handle).await?;
    form::saved_at(&format!("/console/connections/{handle}/advanced"));
    Ok(erased)
}
