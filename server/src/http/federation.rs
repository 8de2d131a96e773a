//! Where providers send people back to.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use doorward_app::api::error::ConsoleError;
use doorward_app::hosted::UserMessage;
use doorward_domain::text::Handle;
use doorward_federation::UntrustedCallback;

use super::hosted::{page, trouble};
use crate::service::{TestRuns, is_test_state};
use crate::signin::console::console_session;
use crate::signin::dispatcher::{self, Failed};
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::state::Shared;

/// The callbacks of all connections. `tests` takes the answers to tests that were started in the console.
pub fn router(tests: TestRuns) -> Router<Shared> {
    Router::new()
        .route("/federation/{handle}/callback", get(come_back))
        .layer(axum::Extension(tests))
}

async fn come_back(
    hop: Hop,
    Path(handle): Path<String>,
    axum::Extension(tests): axum::Extension<TestRuns>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(callback) = UntrustedCallback::parse(query.as_deref().unwrap_or_default()) else {
        return trouble::failed(&hop, Failed::early(SignInFault::Malformed), None);
    };
    if callback.state().is_some_and(is_test_state) {
        return take_test(&hop, &tests, &handle, callback).await;
    }
    let Ok(handle) = handle.parse::<Handle>() else {
        return trouble::plain(&hop, UserMessage::PageNotFound, None, None);
    };
    match dispatcher::come_back(&hop, &handle, callback).await {
        Ok(answer) => page::answer(&hop, answer),
        Err(failed) => trouble::failed(&hop, failed, None),
    }
}

/// The answer to a test belongs to the administrator who started it, in the browser they started it in (S26).
async fn take_test(hop: &Hop, tests: &TestRuns, handle: &str, callback: UntrustedCallback) -> Response {
    let administrator = match console_session(hop).await {
        Ok(Some(administrator)) => administrator,
        Ok(None) => return trouble::failed(hop, Failed::early(SignInFault::NotThisBrowser), None),
        Err(fault) => return trouble::failed(hop, Failed::early(fault), None),
    };
    match tests.receive(&administrator.account, handle, callback).await {
        Ok(answer) => page::redirect(&answer.location).into_response(),
        Err(ConsoleError::Unavailable) => trouble::plain(hop, UserMessage::ServiceBusy, None, None),
        Err(ConsoleError::NotFound) => trouble::failed(hop, Failed::early(SignInFault::NotThisBrowser), None),
        Err(_) => trouble::plain(hop, UserMessage::SomethingWentWrong, None, None),
    }
}
