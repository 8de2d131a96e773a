//! The plain link that tests a connection: it starts the test and sends the browser to the provider in one go.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use doorward_domain::audit::Actor;
use doorward_domain::text::Handle;

use crate::http::hosted::page;
use crate::service::Services;
use crate::signin::console::console_session;
use crate::signin::hop::Hop;

/// Starts a test of the connection with this handle. Whatever hinders it, its Settings tab says how to go on.
pub async fn start(hop: Hop, Extension(services): Extension<Services>, Path(handle): Path<Handle>) -> Response {
    let settings = format!("/console/connections/{handle}/settings");
    let Ok(Some(visitor)) = console_session(&hop).await else {
        return page::redirect(&settings);
    };
    let actor = Actor::Administrator {
        account: visitor.account.id,
    };
    match services.connections.start_test(&actor, handle.as_str()).await {
        Ok(Ok(address)) => page::redirect(&address),
        Ok(Err(_)) | Err(_) => page::redirect(&settings),
    }
}
