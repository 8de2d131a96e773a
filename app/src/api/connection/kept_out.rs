//! Erased identities that a connection keeps out: views and server functions.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::api::error::ConsoleError;

#[cfg(feature = "ssr")]
use {super::Connections, crate::api::error::service, crate::api::form, crate::api::session::require_admin};

/// Erased identities that a connection keeps out. Which they are nobody can read: of each there is a keyed hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeptOut {
    pub identities: u64,
}

/// How many identities were let in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LetIn {
    pub let_in: u64,
}

/// How many identities a connection keeps out.
#[server(prefix = "/console/fn", endpoint = "connections/kept-out", input = Json)]
pub async fn count_kept_out(key: String) -> Result<KeptOut, ConsoleError> {
    require_admin()?;
    service::<Connections>()?.kept_out(&key).await
}

/// Lets every identity in again that a connection keeps out.
#[server(prefix = "/console/fn", endpoint = "connections/kept-out/let-in")]
pub async fn let_in_all(handle: String) -> Result<LetIn, ConsoleError> {
    let actor = form::actor(require_admin()?);
    let let_in = service::<Connections>()?.let_in_all(&actor, &handle).await?;
    form::saved_at(&format!("/console/connections/{handle}/advanced"));
    Ok(let_in)
}
