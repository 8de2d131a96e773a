//! What an application must fit when it is saved, by whichever way: the connections there are, and the mail.

use doorward_app::api::error::ConsoleError;
use doorward_domain::application::Application;
use doorward_domain::connection::Connection;
use doorward_domain::flow::{AuthOption, SignInFlow};
use doorward_domain::invalid::{Check, Invalid};
use doorward_domain::text::Handle;

use crate::service::refusal::Outcome;
use crate::state::AppState;

/// Whether a connection exists, so that a flow may name it.
pub fn known(connections: &[Connection]) -> impl Fn(&Handle) -> bool + '_ {
    |handle| connections.iter().any(|known| known.handle == *handle)
}

/// Refuses a flow that begins to send mail where none can leave.
///
/// # Errors
/// The first step that would send one.
pub fn check_mail(state: &AppState, before: Option<&SignInFlow>, next: &SignInFlow) -> Result<(), Invalid> {
    let first = |flow: &SignInFlow| {
        let mut steps = flow.steps.iter();
        steps.position(|step| step.options.iter().any(AuthOption::is_mail))
    };
    let Some(step) = first(next) else {
        return Ok(());
    };
    let may = state.mail.is_open() || before.is_some_and(|flow| first(flow).is_some());
    let why = "No mail can be sent yet. Set DOORWARD_SMTP_URL and start the server again, or use another option.";
    let mut check = Check::default();
    check.require(may, &format!("/flow/steps/{step}/options"), why);
    check.finish()
}

/// A connection that was deleted while this application was being saved: its deletion looked for applications that
/// use it before this one was there, so this one has to look too. Both have written the configuration's version
/// first, so one of them sees the other.
///
/// # Errors
/// `Changed`.
pub fn still_known(application: &Application, connections: &[Connection]) -> Outcome<()> {
    let known = known(connections);
    match application.connections().into_iter().find(|handle| !known(handle)) {
        None => Ok(()),
        Some(_) => Err(ConsoleError::Changed.into()),
    }
}
