//! What every service works with.

use std::ops::Deref;

use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::id::AuditEventId;

use crate::log::chain;
use crate::state::{AppState, Shared};

/// The server's parts, and what all services do with them.
#[derive(Clone)]
pub struct Core(Shared);

impl Deref for Core {
    type Target = AppState;
    fn deref(&self) -> &AppState {
        &self.0
    }
}

impl Core {
    /// Services over these parts.
    #[must_use]
    pub fn new(state: Shared) -> Self {
        Self(state)
    }

    /// A new line for the audit log; the caller says whom and what it is about.
    #[must_use]
    pub fn event(&self, actor: &Actor, action: AuditAction) -> AuditEvent {
        AuditEvent {
            id: AuditEventId::from_random(self.random.id()),
            at: self.now(),
            action,
            actor: actor.clone(),
            account: None,
            application: None,
            connection: None,
            sub: None,
            detail: serde_json::Value::Null,
        }
    }

    /// What is registered at the provider.
    #[must_use]
    pub fn redirect_uri(&self, connection: &Connection) -> String {
        self.config
            .public_url
            .join(&format!("/federation/{}/callback", connection.handle))
    }

    /// Where the provider tells that it has logged somebody out.
    #[must_use]
    pub fn backchannel_logout_uri(&self, connection: &Connection) -> String {
        self.config
            .public_url
            .join(&format!("/federation/{}/backchannel-logout", connection.handle))
    }

    /// Lets this node see at once what was just saved. Every node looks by itself within a second, so a failure here
    /// only costs that second.
    pub async fn changed(&self) {
        if let Err(error) = self.refresh().await {
            tracing::warn!(
                error = chain(&error),
                "the configuration was saved but not loaded again"
            );
        }
    }
}
