//! Server functions that read applications, and those that try something without saving it.

use doorward_domain::analysis::Analysis;
use doorward_domain::rehearsal::Rehearsal;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::{
    AnalysisRequest, ApplicationName, ApplicationQuery, ApplicationSummary, ApplicationView, ProviderEndpoints,
    RehearsalRequest,
};
use crate::api::error::ConsoleError;
use crate::api::page::Page;

#[cfg(feature = "ssr")]
use {
    super::{Applications, FreshSecrets},
    crate::api::error::service,
    crate::api::session::require_admin,
};

/// One page of the list.
#[server(prefix = "/console/fn", endpoint = "applications/list", input = Json)]
pub async fn list_applications(query: ApplicationQuery) -> Result<Page<ApplicationSummary>, ConsoleError> {
    require_admin()?;
    service::<Applications>()?.list(query).await
}

/// Every application, by name.
#[server(prefix = "/console/fn", endpoint = "applications/names", input = Json)]
pub async fn list_application_names() -> Result<Vec<ApplicationName>, ConsoleError> {
    require_admin()?;
    service::<Applications>()?.names().await
}

/// One application, by id or handle.
#[server(prefix = "/console/fn", endpoint = "applications/find", input = Json)]
pub async fn find_application(key: String) -> Result<ApplicationView, ConsoleError> {
    require_admin()?;
    Ok(service::<Applications>()?.find(&key).await?.for_forms())
}

/// What the analyser says of an application as it is saved.
#[server(prefix = "/console/fn", endpoint = "applications/analysis", input = Json)]
pub async fn application_analysis(key: String) -> Result<Analysis, ConsoleError> {
    require_admin()?;
    service::<Applications>()?.analysis(&key).await
}

/// What the analyser says about a flow while it is edited; nothing is saved.
#[server(prefix = "/console/fn", endpoint = "applications/analyse", input = Json)]
pub async fn analyse_flow(request: AnalysisRequest) -> Result<Analysis, ConsoleError> {
    require_admin()?;
    service::<Applications>()?.analyse(request).await
}

/// Somebody's way through a flow while it is edited; nothing is written.
#[server(prefix = "/console/fn", endpoint = "applications/rehearse", input = Json)]
pub async fn rehearse_flow(request: RehearsalRequest) -> Result<Rehearsal, ConsoleError> {
    require_admin()?;
    service::<Applications>()?.rehearse(request).await
}

/// The addresses an application's developer copies.
#[server(prefix = "/console/fn", endpoint = "applications/endpoints", input = Json)]
pub async fn load_provider_endpoints() -> Result<ProviderEndpoints, ConsoleError> {
    require_admin()?;
    Ok(service::<Applications>()?.endpoints())
}

/// The client secret made in this browser within the last two minutes, if it belongs to this application: the page
/// after a creation shows it once, with or without wasm.
#[server(prefix = "/console/fn", endpoint = "applications/new-secret", input = Json)]
pub async fn new_client_secret(id: String) -> Result<Option<String>, ConsoleError> {
    let administrator = require_admin()?;
    Ok(service::<FreshSecrets>()?.show(&administrator.account, &id))
}
