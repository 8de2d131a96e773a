//! What the console and the management API do: the traits of `app/src/api` on top of storage, vault and federation.
//!
//! Each method loads, asks the domain, and saves together with an audit event in one database transaction; a change of
//! the configuration also moves its version, so that every node notices. Nothing here knows HTTP. The rules are the
//! domain's; what is decided here is only who was first.

mod analysis;
mod applications;
mod attempts;
mod audit;
pub mod body;
mod connections;
mod core;
mod deleted;
mod event_filter;
mod key;
mod mail_reports;
mod overview;
mod paging;
pub mod password_policy;
mod refusal;
pub mod signing_keys;
pub mod transfer;
pub mod users;

use std::sync::Arc;

use doorward_app::api::application::Applications;
use doorward_app::api::attempt::Attempts;
use doorward_app::api::audit::AuditLog;
use doorward_app::api::connection::Connections;
use doorward_app::api::overview::Overviews;
use doorward_app::api::user::Users;

use crate::state::Shared;

pub use analysis::{Analyses, findings_of, tell_linked};
pub use connections::tests::{self as connection_tests, TestRuns};
pub use core::Core;
pub use mail_reports::MailReports;

/// Every service, as the console's context and the management API take them.
#[derive(Clone)]
pub struct Services {
    pub connections: Connections,
    pub applications: Applications,
    pub users: Users,
    pub audit: AuditLog,
    pub attempts: Attempts,
    pub overviews: Overviews,
    pub mail_reports: MailReports,
    /// The second half of a connection test, for the federation callback.
    pub tests: TestRuns,
}

impl Services {
    /// All services over the server's parts.
    #[must_use]
    pub fn new(state: Shared) -> Self {
        let core = Core::new(state);
        Self {
            connections: Arc::new(connections::Service::new(core.clone())),
            applications: Arc::new(applications::Service::new(core.clone())),
            users: Arc::new(users::Service::new(core.clone())),
            audit: Arc::new(audit::Service::new(core.clone())),
            attempts: Arc::new(attempts::Service::new(core.clone())),
            overviews: Arc::new(overview::Service::new(core.clone())),
            mail_reports: MailReports::new(core.clone()),
            tests: TestRuns::new(core),
        }
    }
}
