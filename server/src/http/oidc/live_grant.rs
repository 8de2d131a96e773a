//! A grant whose tokens are good now: what userinfo and introspection make of what the database says of it.

use std::sync::Arc;

use doorward_domain::application::Application;
use doorward_domain::id::ApplicationId;

use super::failure::Failure;
use crate::signin::grant::GrantDocument;
use crate::snapshot::Snapshot;

/// Whom a grant that is alive is for, as long as the application and every connection that vouched are in use (S34).
pub(super) struct LiveGrant {
    pub document: GrantDocument,
    pub application: Arc<Application>,
}

impl LiveGrant {
    /// `None` where one of them was switched off.
    ///
    /// # Errors
    /// `Unreadable`.
    pub fn of(snapshot: &Snapshot, application: &ApplicationId, request: &str) -> Result<Option<Self>, Failure> {
        let found = snapshot.application(application);
        let Some(application) = found.filter(|application| application.enabled).cloned() else {
            return Ok(None);
        };
        let document = GrantDocument::parse(request).ok_or(Failure::Unreadable)?;
        let is_vouched_for = snapshot.vouches_for(&document.evidence);
        Ok(is_vouched_for.then_some(Self { document, application }))
    }
}
