//! The audit log as the console and the management API show it.

use doorward_domain::audit::AuditEvent;
use serde::{Deserialize, Serialize};

/// One line with the names behind its ids, where they still exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditEventView {
    #[serde(flatten)]
    pub event: AuditEvent,
    pub actor_name: Option<String>,
    pub account_name: Option<String>,
    pub application_name: Option<String>,
    pub connection_name: Option<String>,
}

/// Which events are wanted; absent fields do not filter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
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

#[cfg(feature = "ssr")]
pub use service_trait::{AuditLog, AuditService};

#[cfg(feature = "ssr")]
mod service_trait {
    use std::sync::Arc;

    use super::*;
    use crate::api::error::ConsoleError;
    use crate::api::page::Page;

    /// The service in the context of every console request.
    pub type AuditLog = Arc<dyn AuditService>;

    /// Reading the audit log; nobody writes it through here.
    #[async_trait::async_trait]
    pub trait AuditService: Send + Sync {
        /// Newest first.
        async fn list(&self, query: AuditQuery) -> Result<Page<AuditEventView>, ConsoleError>;
    }
}
