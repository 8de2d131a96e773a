//! Where providers send people back to, and where they tell that somebody is logged out; and where the link of a
//! connection's test leads from.

mod backchannel_logout;

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::{get, post};
use doorward_app::api::error::ConsoleError;
use doorward_app::hosted::UserMessage;
use doorward_app::hosted::page::connection_test;
use doorward_domain::text::Handle;
use doorward_federation::UntrustedCallback;
use http::StatusCode;

use super::hosted::{page, stopped, trouble};
use crate::service::TestRuns;
use crate::service::connection_tests::{LIFE, LINK_PATH, TestAnswer, Visitor, is_test_state};
use crate::signin::console::console_session;
use crate::signin::cookie::{self, CONNECTION_TEST};
use crate::signin::dispatcher::{self, Failed};
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::state::Shared;

/// The callbacks of all connections. `tests` takes the answers to tests.
pub fn router(tests: TestRuns) -> Router<Shared> {
    Router::new()
        .route("/federation/{handle}/callback", get(come_back))
        .route(&format!("{LINK_PATH}/{{link}}"), get(open_test))
        .layer(axum::Extension(tests))
}

/// What providers call themselves, without a browser.
pub fn for_providers() -> Router<Shared> {
    Router::new().route(
        "/federation/{handle}/backchannel-logout",
        post(backchannel_logout::receive),
    )
}

async fn come_back(
    mut hop: Hop,
    Path(handle): Path<String>,
    axum::Extension(tests): axum::Extension<TestRuns>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(callback) = UntrustedCallback::parse(query.as_deref().unwrap_or_default()) else {
        return trouble::failed(&hop, Failed::early(SignInFault::Malformed), None);
    };
    // The answer counts once: asked for again, it would be refused, whatever came of it the first time. What has no state
    // answers nothing.
    if callback.state().is_some() {
        hop.repeatable = None;
    }
    if callback.state().is_some_and(is_test_state) {
        return take_test(&hop, &tests, &handle, callback).await;
    }
    let Ok(handle) = handle.parse::<Handle>() else {
        return trouble::plain(&hop, UserMessage::PageNotFound, None, None);
    };
    let asked = callback.state().and_then(dispatcher::transaction_of_state);
    match dispatcher::come_back(&hop, &handle, callback).await {
        Ok(answer) => page::answer(&hop, answer),
        Err(failed) => stopped::tell(hop, failed, asked.as_ref()),
    }
}

/// The link of a test: this browser goes to the provider, and its answer counts.
async fn open_test(hop: Hop, Path(link): Path<String>, axum::Extension(tests): axum::Extension<TestRuns>) -> Response {
    match tests.open(&link).await {
        Ok(opened) => {
            let mut response = page::redirect(&opened.provider);
            let cookie = hop
                .cookies()
                .set(CONNECTION_TEST, &opened.cookie, Some(LIFE.num_seconds()));
            cookie::append(response.headers_mut(), cookie);
            response
        }
        Err(error) => refused(&hop, &error, None),
    }
}

/// The answer to a test is taken in the browser it is meant for (S26).
async fn take_test(hop: &Hop, tests: &TestRuns, handle: &str, callback: UntrustedCallback) -> Response {
    let administrator = match console_session(hop).await {
        Ok(visitor) => visitor.map(|visitor| visitor.account.id),
        Err(fault) => return trouble::failed(hop, Failed::early(fault), None),
    };
    let visitor = Visitor {
        administrator: administrator.as_ref(),
        link_cookie: hop.cookies().read(&hop.headers, CONNECTION_TEST),
    };
    match tests.receive(&visitor, handle, callback).await {
        Ok(TestAnswer::Console(path)) => page::redirect(&path),
        Ok(TestAnswer::Page) => {
            let shell = page::shell(hop, None, None);
            let mut response = page::html(StatusCode::OK, &shell, connection_test::render(&shell));
            cookie::append(response.headers_mut(), hop.cookies().remove(CONNECTION_TEST));
            response
        }
        Err(error) => {
            let handle = handle.parse::<Handle>().ok().filter(|_| administrator.is_some());
            refused(hop, &error, handle.as_ref())
        }
    }
}

/// A test that cannot be gone on with. An administrator goes back to the connection, whose handle is given then.
fn refused(hop: &Hop, error: &ConsoleError, connection: Option<&Handle>) -> Response {
    let message = match error {
        ConsoleError::Unavailable => UserMessage::ServiceBusy,
        ConsoleError::NotFound => {
            let fault = SignInFault::NotThisBrowser;
            trouble::log(hop, &fault);
            fault.user_message()
        }
        _ => UserMessage::SomethingWentWrong,
    };
    let settings = connection.map(|handle| format!("/console/connections/{handle}/settings"));
    trouble::of_test(hop, message, settings)
}
