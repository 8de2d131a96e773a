//! The numbers of the console's first page.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::api::error::ConsoleError;
#[cfg(feature = "ssr")]
use crate::api::{error::service, session::require_admin};

/// What is true now.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Overview {
    pub accounts: u64,
    pub created_this_week: u64,
    pub connections: u32,
    pub connections_jit_off: u32,
    pub applications: u32,
    /// Applications with at least one finding.
    pub applications_with_findings: u32,
    /// Those of them whose flow stops somebody.
    pub applications_that_stop: u32,
    /// Whether an error stops somebody in one of those, and not only a warning.
    pub stops_by_error: bool,
    /// Whether one of the others has an error.
    pub others_have_error: bool,
    /// Sign-ins per day, the last 14 days, oldest first.
    pub sign_ins_per_day: Vec<u32>,
    /// Refused sign-ins per day, the same days.
    pub refusals_per_day: Vec<u32>,
}

/// The numbers of the first page.
#[server(prefix = "/console/fn", endpoint = "overview", input = Json)]
pub async fn load_overview() -> Result<Overview, ConsoleError> {
    require_admin()?;
    service::<Overviews>()?.overview().await
}

#[cfg(feature = "ssr")]
pub use service_trait::{OverviewService, Overviews};

#[cfg(feature = "ssr")]
mod service_trait {
    use super::*;

    /// The service in the context of every console request.
    pub type Overviews = std::sync::Arc<dyn OverviewService>;

    /// Counts for the first page.
    #[async_trait::async_trait]
    pub trait OverviewService: Send + Sync {
        async fn overview(&self) -> Result<Overview, ConsoleError>;
    }
}
