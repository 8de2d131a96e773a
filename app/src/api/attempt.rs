//! Attempts as the console and the management API show them.

use doorward_domain::Timestamp;
use doorward_domain::attempt::{AttemptOutcome, AttemptTarget, Reason};
use doorward_domain::finding::Finding;
use doorward_domain::id::AuditEventId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::api::error::ConsoleError;
use crate::api::page::Page;
#[cfg(feature = "ssr")]
use crate::api::{error::service, session::require_admin};

/// Something an attempt is about. The handle is missing once it is deleted; the name is then what it was called, where
/// the audit log still has the deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Named {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A sign-in that ended. Of a person without an account there is an opaque `sub` and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttemptView {
    pub id: AuditEventId,
    pub at: Timestamp,
    pub outcome: AttemptOutcome,
    /// `None` where no application asked.
    pub application: Option<Named>,
    /// What it was for then; `None` for an application, and for what was written before this was told.
    pub target: Option<AttemptTarget>,
    /// `None` where it began with a password or a passkey.
    pub connection: Option<Named>,
    pub account: Option<Named>,
    pub sub: Option<String>,
    /// The browser was signed in already.
    pub single_sign_on: bool,
    /// The id that the person read on the page, and that the server's log has.
    pub request: Option<String>,
    pub reason: Option<Reason>,
    /// The number of the page that the reason shows.
    pub page: Option<u16>,
    /// 1-based step at which it ended.
    pub step: Option<u32>,
    /// How many ends alike the line stands for: more than one where nobody had proven anything.
    pub times: u64,
}

/// What the application's script said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttemptScript {
    /// 1-based line that decided.
    pub line: Option<u32>,
    pub message: Option<String>,
    /// The limit it exceeded.
    pub limit: Option<String>,
    pub log: Vec<String>,
}

/// One attempt with what helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttemptDetail {
    #[serde(flatten)]
    pub attempt: AttemptView,
    /// What happened, one sentence; `None` where it succeeded.
    pub told: Option<String>,
    pub remedies: Vec<String>,
    /// What the analyser says now of such an end; `None` where it would not come to it any more, or cannot know.
    pub finding: Option<Finding>,
    pub script: Option<AttemptScript>,
    /// What was wrong with the provider's answer, in our words, and what to do.
    pub provider: Option<String>,
    /// Of a line that stands for several ends: the newest requests, the newest last.
    pub requests: Vec<String>,
}

/// Which attempts are wanted; absent fields do not filter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AttemptQuery {
    /// A request's id, a page's number, a `sub`, or a part of an application's or connection's name.
    pub q: Option<String>,
    /// An application's id or handle.
    pub application: Option<String>,
    /// A connection's id or handle.
    pub connection: Option<String>,
    /// `succeeded`, `refused` or `failed_closed`.
    pub outcome: Option<String>,
    /// Number of the page the person saw.
    pub page: Option<String>,
    /// Id of the request.
    pub request: Option<String>,
    pub since: Option<String>,
    pub until: Option<String>,
    /// The last days only, counted by the server's clock.
    pub days: Option<u32>,
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

/// One page of the attempts, newest first.
#[server(prefix = "/console/fn", endpoint = "attempts/list", input = Json)]
pub async fn list_attempts(query: AttemptQuery) -> Result<Page<AttemptView>, ConsoleError> {
    require_admin()?;
    service::<Attempts>()?.list(query).await
}

/// One attempt.
#[server(prefix = "/console/fn", endpoint = "attempts/find", input = Json)]
pub async fn find_attempt(id: String) -> Result<AttemptDetail, ConsoleError> {
    require_admin()?;
    service::<Attempts>()?.find(&id).await
}

#[cfg(feature = "ssr")]
pub use service_trait::{AttemptService, Attempts};

#[cfg(feature = "ssr")]
mod service_trait {
    use std::sync::Arc;

    use super::*;

    /// The service in the context of every console request.
    pub type Attempts = Arc<dyn AttemptService>;

    /// Reading attempts; sign-ins write them.
    #[async_trait::async_trait]
    pub trait AttemptService: Send + Sync {
        /// Newest first.
        async fn list(&self, query: AttemptQuery) -> Result<Page<AttemptView>, ConsoleError>;
        async fn find(&self, id: &str) -> Result<AttemptDetail, ConsoleError>;
    }
}
