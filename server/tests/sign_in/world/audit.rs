//! What the audit log has.

use doorward_app::api::audit::AuditQuery;
use doorward_domain::audit::{AuditAction, AuditEvent};
use serde_json::Value;

use super::World;

impl World {
    /// The events of one kind, newest first, up to a page of them.
    pub async fn events(&self, action: AuditAction) -> Vec<AuditEvent> {
        let query = AuditQuery {
            action: Some(action.as_str().to_owned()),
            ..AuditQuery::default()
        };
        let page = self.services.audit.list(query).await.expect("listed");
        page.items.into_iter().map(|view| view.event).collect()
    }

    /// What these events say beside who and when.
    pub async fn details(&self, action: AuditAction) -> Vec<Value> {
        let events = self.events(action).await.into_iter();
        events.map(|event| event.detail).collect()
    }
}
