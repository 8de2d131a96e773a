//! Server functions that read connections, and those that try something without saving it.

use doorward_domain::id::ConnectionId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde_json::Value;

use super::{
    ConnectedApplication, ConnectionName, ConnectionQuery, ConnectionSummary, ConnectionUsage, ConnectionView,
    DiscoveredProvider, ProviderFault, SavedConnection, TestReport,
};
use crate::api::error::ConsoleError;
use crate::api::page::Page;

#[cfg(feature = "ssr")]
use {
    super::{Connections, SaveMode},
    crate::api::error::service,
    crate::api::form,
    crate::api::session::require_admin,
};

/// One page of the list.
#[server(prefix = "/console/fn", endpoint = "connections/list", input = Json)]
pub async fn list_connections(query: ConnectionQuery) -> Result<Page<ConnectionSummary>, ConsoleError> {
    require_admin()?;
    service::<Connections>()?.list(query).await
}

/// The connections with these ids, or every one, by display name.
#[server(prefix = "/console/fn", endpoint = "connections/names", input = Json)]
pub async fn list_connection_names(ids: Option<Vec<ConnectionId>>) -> Result<Vec<ConnectionName>, ConsoleError> {
    require_admin()?;
    service::<Connections>()?.names(ids.as_deref()).await
}

/// One connection, by id or handle.
#[server(prefix = "/console/fn", endpoint = "connections/find", input = Json)]
pub async fn find_connection(key: String) -> Result<ConnectionView, ConsoleError> {
    require_admin()?;
    Ok(service::<Connections>()?.find(&key).await?.for_forms())
}

/// What a connection means in people and applications.
#[server(prefix = "/console/fn", endpoint = "connections/usage", input = Json)]
pub async fn find_connection_usage(key: String) -> Result<ConnectionUsage, ConsoleError> {
    require_admin()?;
    service::<Connections>()?.usage(&key).await
}

/// The applications whose flow names a connection.
#[server(prefix = "/console/fn", endpoint = "connections/applications", input = Json)]
pub async fn connection_applications(key: String) -> Result<Vec<ConnectedApplication>, ConsoleError> {
    require_admin()?;
    service::<Connections>()?.applications(&key).await
}

/// What a change would do, without saving it: the live warning of the Advanced tab. `patch` is a JSON merge patch
/// (RFC 7396) such as `{"jit":{"enabled":false}}`.
#[server(prefix = "/console/fn", endpoint = "connections/preview", input = Json)]
pub async fn preview_connection(key: String, patch: Value) -> Result<SavedConnection, ConsoleError> {
    let actor = form::actor(require_admin()?);
    service::<Connections>()?
        .patch(&actor, &key, None, patch, SaveMode::DryRun)
        .await
}

/// Reads a provider's discovery document, to fill the form.
#[server(prefix = "/console/fn", endpoint = "connections/discover")]
pub async fn discover_provider(issuer: String) -> Result<Result<DiscoveredProvider, ProviderFault>, ConsoleError> {
    require_admin()?;
    service::<Connections>()?.discover(issuer.trim()).await
}

/// Starts a test; the answer is the provider's address to send the browser to. A plain link to
/// `/console/connection-tests/{handle}` does the same in one go and works before wasm.
#[server(prefix = "/console/fn", endpoint = "connections/test")]
pub async fn start_test(id: String) -> Result<Result<String, ProviderFault>, ConsoleError> {
    let actor = form::actor(require_admin()?);
    service::<Connections>()?.start_test(&actor, &id).await
}

/// The newest test of a connection by this administrator in the last 15 minutes.
#[server(prefix = "/console/fn", endpoint = "connections/test-report", input = Json)]
pub async fn find_test_report(key: String) -> Result<Option<TestReport>, ConsoleError> {
    let actor = form::actor(require_admin()?);
    service::<Connections>()?.test_report(&actor, &key).await
}
