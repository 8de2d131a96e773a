//! The sign-in flows an application had.

use doorward_domain::Timestamp;
use doorward_domain::audit::Actor;
use doorward_domain::flow::SignInFlow;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::api::error::ConsoleError;

#[cfg(feature = "ssr")]
use {
    super::Applications,
    crate::api::error::service,
    crate::api::page::{PAGE_LIMIT, PageQuery},
    crate::api::session::require_admin,
};

/// A part of a flow that may differ from one version to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FlowPart {
    Steps,
    Script,
}

/// A flow an application had, with who saved it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FlowVersionView {
    /// The application's version when it was saved.
    pub version: i64,
    pub saved_at: Timestamp,
    /// Absent where it was saved before versions were kept.
    pub actor: Option<Actor>,
    pub actor_name: Option<String>,
    /// What differs from the version before; empty for the oldest one kept.
    pub changed: Vec<FlowPart>,
    /// Whether sign-ins that begin now follow this one.
    pub is_current: bool,
    pub flow: SignInFlow,
}

/// One row of the console's list: without the flow, which may be long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowVersionRow {
    pub version: i64,
    pub saved_at: Timestamp,
    pub actor: Option<Actor>,
    pub actor_name: Option<String>,
    pub changed: Vec<FlowPart>,
    pub is_current: bool,
    pub steps: u32,
    pub script_lines: u32,
}

impl From<FlowVersionView> for FlowVersionRow {
    fn from(view: FlowVersionView) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            version: view.version,
            saved_at: view.saved_at,
            actor: view.actor,
            actor_name: view.actor_name,
            changed: view.changed,
            is_current: view.is_current,
            steps: count(view.flow.steps.len()),
            script_lines: count(view.flow.script.map_or(0, |script| script.lines().count())),
        }
    }
}

/// Every flow version kept of an application, newest first: there are never more than fit one page.
#[server(prefix = "/console/fn", endpoint = "applications/flow-versions", input = Json)]
pub async fn list_flow_versions(key: String) -> Result<Vec<FlowVersionRow>, ConsoleError> {
    require_admin()?;
    let query = PageQuery {
        limit: Some(PAGE_LIMIT),
        ..PageQuery::default()
    };
    let page = service::<Applications>()?.flow_versions(&key, query).await?;
    Ok(page.items.into_iter().map(FlowVersionRow::from).collect())
}

/// One version. Its number is text as it stands in an address.
#[server(prefix = "/console/fn", endpoint = "applications/flow-version", input = Json)]
pub async fn find_flow_version(key: String, version: String) -> Result<FlowVersionView, ConsoleError> {
    require_admin()?;
    let version = version.parse().map_err(|_| ConsoleError::NotFound)?;
    service::<Applications>()?.flow_version(&key, version).await
}
