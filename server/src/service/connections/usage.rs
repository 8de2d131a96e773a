//! What connections mean in people and applications.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use doorward_app::api::connection::{ConnectedApplication, ConnectionUsage};
use doorward_app::ui::findings::{errors, worth_a_look};
use doorward_domain::Timestamp;
use doorward_domain::application::Application;
use doorward_domain::audit::AuditAction;
use doorward_domain::connection::Connection;
use doorward_domain::finding::Finding;
use doorward_domain::flow::AuthOption;
use doorward_storage::statistics::{By, Day, People};
use doorward_storage::{application, connection, link, statistics};

use super::Service;
use crate::service::analysis::findings_of;
use crate::service::core::Core;
use crate::service::refusal::Outcome;

/// Days shown in the small charts.
pub const DAYS: i64 = 14;

/// Everything the list of connections counts, loaded once for all of them.
pub struct Counts {
    links: HashMap<String, i64>,
    created: HashMap<String, i64>,
    people: HashMap<String, People>,
    days: Vec<Day>,
    applications: Vec<Application>,
    now: Timestamp,
}

impl Counts {
    pub async fn load(core: &Core) -> Outcome<Self> {
        let (db, now) = (core.store.read(), core.now());
        let people = statistics::people(db, By::Connection, None, now - TimeDelta::days(30)).await?;
        let links = link::count_by_connection(db).await?;
        Ok(Self {
            links: links.into_iter().map(|(id, n)| (id.to_string(), n)).collect(),
            created: statistics::provisioned(db, now - TimeDelta::days(7))
                .await?
                .into_iter()
                .collect(),
            people: people.into_iter().map(|p| (p.id.clone(), p)).collect(),
            days: statistics::per_day(db, AuditAction::SignedIn, first_day(now)).await?,
            applications: application::list(db).await?,
            now,
        })
    }

    pub fn of(&self, connection: &Connection) -> ConnectionUsage {
        let id = connection.id.as_str();
        let people = self.people.get(id);
        let using = self
            .applications
            .iter()
            .filter(|a| a.flow.connections().contains(&connection.handle));
        let days = self.days.iter().filter(|day| day.connection.as_deref() == Some(id));
        ConnectionUsage {
            people: count(self.links.get(id)),
            created_this_week: count(self.created.get(id)),
            applications: u32::try_from(using.count()).unwrap_or(u32::MAX),
            signed_in_30_days: people.map_or(0, |p| count(Some(&p.people))),
            last_sign_in_at: people.and_then(|p| p.last_at),
            per_day: per_day(days, self.now),
        }
    }
}

fn count(n: Option<&i64>) -> u64 {
    n.and_then(|n| u64::try_from(*n).ok()).unwrap_or(0)
}

/// Midnight of the first day of the charts.
pub fn first_day(now: Timestamp) -> Timestamp {
    let day = (now - TimeDelta::days(DAYS - 1)).date_naive();
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

/// The days of a chart, oldest first; days without an event are zero.
pub fn per_day<'a>(days: impl Iterator<Item = &'a Day>, now: Timestamp) -> Vec<u32> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for day in days {
        *sums.entry(&day.day).or_default() += day.count;
    }
    (0..DAYS)
        .rev()
        .map(|ago| (now - TimeDelta::days(ago)).format("%Y-%m-%d").to_string())
        .map(|day| sums.get(day.as_str()).copied().unwrap_or(0))
        .map(|n| u32::try_from(n).unwrap_or(u32::MAX))
        .collect()
}

impl Service {
    pub(super) async fn usage_of(&self, key: &str) -> Outcome<ConnectionUsage> {
        let connection = self.load(key).await?;
        Ok(Counts::load(&self.core).await?.of(&connection))
    }

    pub(super) async fn applications_of(&self, key: &str) -> Outcome<Vec<ConnectedApplication>> {
        let connection = self.load(key).await?;
        let db = self.core.store.read();
        let since = self.core.now() - TimeDelta::days(30);
        let people = statistics::through(db, &connection.id, since).await?;
        let connections = connection::list(db).await?;
        let findings = |application: &Application| -> Vec<Finding> {
            let found = findings_of(&self.core, application, &connections).into_iter();
            found
                .filter(|f| f.connection.as_ref() == Some(&connection.handle))
                .collect()
        };
        let wanted = AuthOption::Connection(connection.handle.clone());
        let steps = |application: &Application| -> Vec<u32> {
            let steps = (1..).zip(&application.flow.steps);
            steps
                .filter(|(_, step)| step.options.contains(&wanted))
                .map(|(number, _)| number)
                .collect()
        };
        let applications = application::list(db).await?;
        let using = applications.iter().filter(|a| a.names(&connection.handle));
        let connected = using.map(|application| {
            let findings = findings(application);
            let came = people.iter().find(|came| came.application == application.id.as_str());
            ConnectedApplication {
                id: application.id.clone(),
                handle: application.handle.to_string(),
                name: application.name.clone(),
                steps: steps(application),
                people_30_days: count(came.map(|came| &came.people)),
                linked_30_days: count(came.map(|came| &came.linked)),
                findings: u32::try_from(worth_a_look(&findings)).unwrap_or(u32::MAX),
                errors: u32::try_from(errors(&findings)).unwrap_or(u32::MAX),
            }
        });
        Ok(connected.collect())
    }
}
