//! Attempts: sign-ins that ended, read from the audit log.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use chrono::TimeDelta;
use doorward_app::api::attempt::{AttemptDetail, AttemptQuery, AttemptScript, AttemptService, AttemptView, Named};
use doorward_app::api::error::ConsoleError;
use doorward_app::api::page::Page;
use doorward_domain::Timestamp;
use doorward_domain::application::Application;
use doorward_domain::attempt::{AttemptOutcome, AttemptTarget, Reason};
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::finding::Finding;
use doorward_domain::id::{AccountId, ApplicationId, ConnectionId};
use doorward_storage::audit::Filter;
use doorward_storage::{administration, application, audit, connection};
use serde_json::Value;

use super::core::Core;
use super::event_filter::{given, of_page};
use super::refusal::{Outcome, Refusal};
use super::{analysis, deleted, event_filter, paging};
use crate::signin::fault::page_of;

/// The lines of the audit log that are attempts.
const ACTIONS: [AuditAction; 2] = [AuditAction::SignedIn, AuditAction::SignInRefused];

/// See [`AttemptService`].
pub struct Service {
    core: Core,
}

/// What ids are called.
struct Names {
    applications: Vec<Application>,
    connections: Vec<Connection>,
    accounts: HashMap<AccountId, String>,
    /// Of applications and connections that are deleted.
    gone: HashMap<String, String>,
}

impl Service {
    pub fn new(core: Core) -> Self {
        Self { core }
    }

    async fn page(&self, query: AttemptQuery) -> Outcome<Page<AttemptView>> {
        let db = self.core.store.read();
        let cursor = paging::cursor(query.cursor.as_deref())?;
        let Some(filter) = self.filter(&query).await? else {
            return Ok(Page::default());
        };
        let page = audit::list(db, &filter, cursor.as_ref(), paging::limit(query.limit)).await?;
        let names = self.names(&page.items).await?;
        Ok(Page {
            items: page.items.iter().map(|event| names.view(event)).collect(),
            next_cursor: page.next.map(|next| next.to_string()),
            total: None,
        })
    }

    /// `None` where nothing can match.
    async fn filter(&self, query: &AttemptQuery) -> Outcome<Option<Filter>> {
        let db = self.core.store.read();
        let mut filter = Filter {
            request: given(query.request.as_deref()),
            since: moment("?since", query.since.as_deref())?,
            until: moment("?until", query.until.as_deref())?,
            ..Filter::default()
        };
        if let Some(days) = query.days {
            filter.since = filter
                .since
                .max(Some(self.core.now() - TimeDelta::days(i64::from(days.min(3_650)))));
        }
        filter.application = event_filter::application(db, query.application.as_deref()).await?;
        filter.connection = event_filter::connection(db, query.connection.as_deref()).await?;
        let Some((actions, reasons)) = ends(query)? else {
            return Ok(None);
        };
        (filter.actions, filter.reasons) = (actions, reasons);
        filter.search = event_filter::search(&self.core, query.q.as_deref()).await?;
        Ok(Some(filter))
    }

    /// One look-up per kind, and one more for what is deleted.
    async fn names(&self, events: &[AuditEvent]) -> Outcome<Names> {
        let db = self.core.store.read();
        let wanted: BTreeSet<AccountId> = events.iter().filter_map(|event| event.account.clone()).collect();
        let wanted: Vec<AccountId> = wanted.into_iter().collect();
        let mut accounts = HashMap::new();
        for account in administration::list_by_id(db, &wanted).await? {
            accounts.insert(account.id.clone(), account.display_name().to_owned());
        }
        let applications = application::list(db).await?;
        let connections = connection::list(db).await?;
        Ok(Names {
            gone: deleted::names(db, events, &applications, &connections).await?,
            applications,
            connections,
            accounts,
        })
    }

    async fn one(&self, id: &str) -> Outcome<AttemptDetail> {
        let missing = || Refusal::Console(ConsoleError::NotFound);
        let id = id.parse().map_err(|_| missing())?;
        let found = audit::find(self.core.store.read(), &id).await?;
        let event = found
            .filter(|event| ACTIONS.contains(&event.action))
            .ok_or_else(missing)?;
        let names = self.names(std::slice::from_ref(&event)).await?;
        let attempt = names.view(&event);
        let finding = self.finding(&names, &event, &attempt);
        Ok(AttemptDetail {
            told: attempt.reason.map(|reason| reason.told().to_owned()),
            remedies: attempt
                .reason
                .into_iter()
                .flat_map(Reason::remedies)
                .map(|text| (*text).to_owned())
                .collect(),
            finding,
            script: script(&event.detail),
            requests: requests(&event.detail),
            provider: event.detail.get("provider").and_then(Value::as_str).map(str::to_owned),
            attempt,
        })
    }

    /// What the analyser says of the application as it is now, where that foretells such an end.
    fn finding(&self, names: &Names, event: &AuditEvent, attempt: &AttemptView) -> Option<Finding> {
        let reason = attempt.reason?;
        let application = names
            .applications
            .iter()
            .find(|one| Some(&one.id) == event.application.as_ref())?;
        let through = names
            .connections
            .iter()
            .find(|one| Some(&one.id) == event.connection.as_ref());
        let through = through.map(|one| &one.handle);
        let found = analysis::findings_of(&self.core, application, &names.connections);
        found.into_iter().find(|finding| {
            let same_step = finding.step.is_none() || attempt.step.is_none() || finding.step == attempt.step;
            let same_way = finding.connection.is_none() || finding.connection.as_ref() == through;
            reason.findings().contains(&finding.code) && same_step && same_way
        })
    }
}

impl Names {
    fn view(&self, event: &AuditEvent) -> AttemptView {
        let text = |name: &str| event.detail.get(name).and_then(Value::as_str);
        let reason = text("reason").and_then(Reason::of_word);
        let of_account = |id: &AccountId| Named {
            id: id.to_string(),
            handle: None,
            name: self.accounts.get(id).cloned(),
        };
        let step = event.detail.get("step").and_then(Value::as_u64);
        AttemptView {
            id: event.id.clone(),
            at: event.at,
            outcome: match (event.action, reason) {
                (AuditAction::SignedIn, _) => AttemptOutcome::Succeeded,
                (_, Some(reason)) => reason.outcome(),
                (_, None) => AttemptOutcome::Refused,
            },
            application: event.application.as_ref().map(|id| self.application(id)),
            target: text("target").and_then(AttemptTarget::of_word),
            connection: event.connection.as_ref().map(|id| self.connection(id)),
            account: event.account.as_ref().map(of_account),
            sub: event.sub.clone(),
            single_sign_on: event.detail.get("single_sign_on").is_some(),
            request: text("request").map(str::to_owned),
            reason,
            page: reason.map(page_of),
            step: step.and_then(|step| u32::try_from(step).ok()),
            times: event.detail.get("times").and_then(Value::as_u64).unwrap_or(1),
        }
    }

    fn application(&self, id: &ApplicationId) -> Named {
        let known = self.applications.iter().find(|one| one.id == *id);
        Named {
            id: id.to_string(),
            handle: known.map(|one| one.handle.to_string()),
            name: known
                .map(|one| one.name.clone())
                .or_else(|| self.gone.get(id.as_str()).cloned()),
        }
    }

    fn connection(&self, id: &ConnectionId) -> Named {
        let known = self.connections.iter().find(|one| one.id == *id);
        Named {
            id: id.to_string(),
            handle: known.map(|one| one.handle.to_string()),
            name: known
                .map(|one| one.display_name.clone())
                .or_else(|| self.gone.get(id.as_str()).cloned()),
        }
    }
}

/// The actions and reasons that end as is wanted; no reason where it does not matter, `None` where nothing can match.
fn ends(query: &AttemptQuery) -> Outcome<Option<(Vec<AuditAction>, Vec<Reason>)>> {
    let mut actions = ACTIONS.to_vec();
    let mut reasons: Option<Vec<Reason>> = None;
    if let Some(outcome) = given(query.outcome.as_deref()) {
        let known = AttemptOutcome::ALL.into_iter().find(|known| known.as_str() == outcome);
        let outcome = known.ok_or_else(|| Refusal::field("?outcome", "Use succeeded, refused or failed_closed."))?;
        actions = vec![outcome.action()];
        reasons = (outcome != AttemptOutcome::Succeeded).then(|| of_outcome(outcome));
    }
    if let Some(number) = given(query.page.as_deref()) {
        let number = number.parse::<u16>();
        let shown = of_page(number.map_err(|_| Refusal::field("?page", "Use the number of a page, such as 1206."))?);
        reasons = Some(match reasons {
            Some(known) => known.into_iter().filter(|reason| shown.contains(reason)).collect(),
            None => shown,
        });
    }
    if reasons.as_ref().is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    Ok(Some((actions, reasons.unwrap_or_default())))
}

fn of_outcome(outcome: AttemptOutcome) -> Vec<Reason> {
    let all = Reason::ALL.iter().copied();
    all.filter(|reason| reason.outcome() == outcome).collect()
}

/// The newest requests of ends alike.
fn requests(detail: &Value) -> Vec<String> {
    let all = detail.get("requests").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What the script said; `None` where it said nothing.
fn script(detail: &Value) -> Option<AttemptScript> {
    let text = |name: &str| detail.get(name).and_then(Value::as_str).map(str::to_owned);
    let lines = detail.get("log").and_then(Value::as_array).cloned().unwrap_or_default();
    let line = detail.get("line").and_then(Value::as_u64);
    let script = AttemptScript {
        line: line.and_then(|line| u32::try_from(line).ok()),
        message: text("message"),
        limit: text("limit"),
        log: lines.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    };
    (script != AttemptScript::default()).then_some(script)
}

fn moment(name: &str, text: Option<&str>) -> Outcome<Option<Timestamp>> {
    let parsed = given(text).map(|text| text.parse::<Timestamp>()).transpose();
    parsed.map_err(|_| Refusal::field(name, "Use a moment such as 2026-11-25T17:00:00Z."))
}

#[async_trait]
impl AttemptService for Service {
    async fn list(&self, query: AttemptQuery) -> Result<Page<AttemptView>, ConsoleError> {
        self.page(query).await.map_err(Refusal::answer)
    }

    async fn find(&self, id: &str) -> Result<AttemptDetail, ConsoleError> {
        self.one(id).await.map_err(Refusal::answer)
    }
}
