//! The numbers of the console's first page.

use async_trait::async_trait;
use chrono::TimeDelta;
use doorward_app::api::error::ConsoleError;
use doorward_app::api::overview::{Overview, OverviewService};
use doorward_app::ui::findings::{errors, worth_a_look};
use doorward_domain::audit::AuditAction;
use doorward_domain::finding::Finding;
use doorward_storage::{account, application, connection, statistics};

use super::analysis::findings_of;
use super::connections::usage::{first_day, per_day};
use super::core::Core;
use super::refusal::{Outcome, Refusal};

/// See [`OverviewService`].
pub struct Service {
    core: Core,
}

impl Service {
    pub fn new(core: Core) -> Self {
        Self { core }
    }

    async fn numbers(&self) -> Outcome<Overview> {
        let (db, now) = (self.core.store.read(), self.core.now());
        let connections = connection::list(db).await?;
        let applications = application::list(db).await?;
        let found: Vec<_> = applications
            .iter()
            .map(|a| findings_of(&self.core, a, &connections))
            .filter(|findings| worth_a_look(findings) > 0)
            .collect();
        let (stop, others): (Vec<_>, Vec<_>) = found
            .iter()
            .partition(|findings| findings.iter().any(Finding::stops_somebody));
        // All of them, enabled or not: the list that the line leads to shows these.
        let off = connections.iter().filter(|c| !c.jit.enabled);
        let started = first_day(now);
        let succeeded = statistics::per_day(db, AuditAction::SignedIn, started).await?;
        let refused = statistics::per_day(db, AuditAction::SignInRefused, started).await?;
        Ok(Overview {
            accounts: u64::try_from(account::count(db).await?).unwrap_or(0),
            created_this_week: u64::try_from(account::count_created_since(db, now - TimeDelta::days(7)).await?)
                .unwrap_or(0),
            connections_jit_off: small(off.count()),
            applications_with_findings: small(found.len()),
            applications_that_stop: small(stop.len()),
            stops_by_error: stop.iter().any(|findings| errors(findings) > 0),
            others_have_error: others.iter().any(|findings| errors(findings) > 0),
            connections: small(connections.len()),
            applications: small(applications.len()),
            sign_ins_per_day: per_day(succeeded.iter(), now),
            refusals_per_day: per_day(refused.iter(), now),
        })
    }
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[async_trait]
impl OverviewService for Service {
    async fn overview(&self) -> Result<Overview, ConsoleError> {
        self.numbers().await.map_err(Refusal::answer)
    }
}
