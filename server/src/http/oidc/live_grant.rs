//! A grant whose tokens are good now: what userinfo and introspection ask of the database, in one read.

use std::sync::Arc;

use doorward_domain::Timestamp;
use doorward_domain::application::Application;
use doorward_domain::id::GrantId;
use doorward_storage::grant::{Grant, find_live};

use super::failure::Failure;
use crate::signin::grant::GrantDocument;
use crate::snapshot::Snapshot;
use crate::state::AppState;

/// A grant that is alive, of an application in use, by connections in use (S34).
pub(super) struct LiveGrant {
    pub grant: Grant,
    pub document: GrantDocument,
    pub application: Arc<Application>,
}

impl LiveGrant {
    /// The grant, as long as it is alive. One statement.
    ///
    /// # Errors
    /// `Storage`, `Unreadable`.
    pub async fn find(
        state: &AppState,
        snapshot: &Snapshot,
        id: &GrantId,
        now: Timestamp,
    ) -> Result<Option<Self>, Failure> {
        let Some(grant) = find_live(state.store.read(), id, now).await? else {
            return Ok(None);
        };
        let application = snapshot.application(&grant.application);
        let Some(application) = application.filter(|application| application.enabled).cloned() else {
            return Ok(None);
        };
        let document = GrantDocument::parse(&grant.request).ok_or(Failure::Unreadable)?;
        let is_vouched_for = snapshot.vouches_for(&document.evidence);
        Ok(is_vouched_for.then_some(Self {
            grant,
            document,
            application,
        }))
    }
}
