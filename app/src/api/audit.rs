//! The audit log as the console and the management API show it.

use doorward_domain::audit::AuditEvent;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::api::error::ConsoleError;
use crate::api::page::Page;
#[cfg(feature = "ssr")]
use crate::api::{error::service, session::require_admin};

/// One line with the names behind its ids, where they still exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditEventView {
    #[serde(flatten)]
    pub event: AuditEvent,
    pub actor_name: Option<String>,
    pub account_name: Option<String>,
    pub application_name: Option<String>,
    pub connection_name: Option<String>,
    /// What the application was called, where it is deleted and the log still has the deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_application_name: Option<String>,
    /// What the connection was called, where it is deleted and the log still has the deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_connection_name: Option<String>,
}

/// Which events are wanted; absent fields do not filter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// A request's id, a page's number, a `sub`, or a part of a name or handle of an application or connection.
    pub q: Option<String>,
    /// An action such as `sign_in.succeeded`.
    pub action: Option<String>,
    /// An account id.
    pub account: Option<String>,
    /// An application's id or handle.
    pub application: Option<String>,
    /// A connection's id or handle.
    pub connection: Option<String>,
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

/// One page of the log, newest first.
#[server(prefix = "/console/fn", endpoint = "audit/list", input = Json)]
pub async fn list_audit(query: AuditQuery) -> Result<Page<AuditEventView>, ConsoleError> {
    require_admin()?;
    service::<AuditLog>()?.list(query).await
}

#[cfg(feature = "ssr")]
pub use service_trait::{AuditLog, AuditService};

#[cfg(feature = "ssr")]
mod service_trait {
    use std::sync::Arc;

    use super::*;

    /// The service in the context of every console request.
    pub type AuditLog = Arc<dyn AuditService>;

    /// Reading the audit log; nobody writes it through here.
    #[async_trait::async_trait]
    pub trait AuditService: Send + Sync {
        /// Newest first.
        async fn list(&self, query: AuditQuery) -> Result<Page<AuditEventView>, ConsoleError>;
    }
}
