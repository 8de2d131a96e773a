//! Reading the audit log.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use doorward_app::api::audit::{AuditEventView, AuditQuery, AuditService};
use doorward_app::api::error::ConsoleError;
use doorward_app::api::page::Page;
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::id::AccountId;
use doorward_storage::audit::Filter;
use doorward_storage::{administration, application, audit, connection};

use super::core::Core;
use super::event_filter::given;
use super::refusal::{Outcome, Refusal};
use super::{deleted, event_filter, paging};

/// See [`AuditService`].
pub struct Service {
    core: Core,
}

impl Service {
    pub fn new(core: Core) -> Self {
        Self { core }
    }

    async fn page(&self, query: AuditQuery) -> Outcome<Page<AuditEventView>> {
        let db = self.core.store.read();
        let cursor = paging::cursor(query.cursor.as_deref())?;
        let filter = self.filter(&query).await?;
        let mut page = audit::list(db, &filter, cursor.as_ref(), paging::limit(query.limit)).await?;
        // Ids have no order. The place of the next page is known already.
        page.items.sort_by_key(|event| Reverse((event.at, event.action.rank())));
        Ok(Page {
            items: self.named(page.items).await?,
            next_cursor: page.next.map(|next| next.to_string()),
            total: None,
        })
    }

    async fn filter(&self, query: &AuditQuery) -> Outcome<Filter> {
        let db = self.core.store.read();
        let mut filter = Filter {
            application: event_filter::application(db, query.application.as_deref()).await?,
            connection: event_filter::connection(db, query.connection.as_deref()).await?,
            search: event_filter::search(&self.core, query.q.as_deref()).await?,
            ..Filter::default()
        };
        if let Some(action) = given(query.action.as_deref()) {
            let known = AuditAction::ALL.iter().copied().find(|known| known.as_str() == action);
            filter.actions = vec![known.ok_or_else(|| Refusal::field("?action", "There is no such action."))?];
        }
        if let Some(account) = given(query.account.as_deref()) {
            // An account that is deleted still has its events.
            let parsed = account
                .parse()
                .map_err(|_| Refusal::field("?account", "Use an account's id, acc_…."))?;
            filter.account = Some(parsed);
        }
        Ok(filter)
    }

    /// Adds the names behind the ids, with one look-up per kind, and one more for what is deleted.
    async fn named(&self, events: Vec<AuditEvent>) -> Outcome<Vec<AuditEventView>> {
        let db = self.core.store.read();
        let connections = connection::list(db).await?;
        let applications = application::list(db).await?;
        let wanted: BTreeSet<AccountId> = events.iter().flat_map(accounts).cloned().collect();
        let wanted: Vec<AccountId> = wanted.into_iter().collect();
        let mut names: HashMap<AccountId, String> = HashMap::new();
        for some in wanted.chunks(200) {
            let found = administration::list_by_id(db, some).await?;
            names.extend(
                found
                    .into_iter()
                    .map(|account| (account.id.clone(), account.display_name().to_owned())),
            );
        }
        let gone = deleted::names(db, &events, &applications, &connections).await?;
        let view = |event: AuditEvent| AuditEventView {
            deleted_application_name: event.application.as_ref().and_then(|id| gone.get(id.as_str()).cloned()),
            deleted_connection_name: event.connection.as_ref().and_then(|id| gone.get(id.as_str()).cloned()),
            actor_name: administrator(&event.actor).and_then(|id| names.get(id).cloned()),
            account_name: event.account.as_ref().and_then(|id| names.get(id).cloned()),
            application_name: event.application.as_ref().and_then(|id| {
                let found = applications.iter().find(|a| a.id == *id);
                found.map(|a| a.name.clone())
            }),
            connection_name: event.connection.as_ref().and_then(|id| {
                let found = connections.iter().find(|c| c.id == *id);
                found.map(|c| c.display_name.clone())
            }),
            event,
        };
        Ok(events.into_iter().map(view).collect())
    }
}

fn administrator(actor: &Actor) -> Option<&AccountId> {
    match actor {
        Actor::Administrator { account } => Some(account),
        Actor::Person | Actor::Api | Actor::System => None,
    }
}

fn accounts(event: &AuditEvent) -> impl Iterator<Item = &AccountId> {
    event.account.iter().chain(administrator(&event.actor))
}

#[async_trait]
impl AuditService for Service {
    async fn list(&self, query: AuditQuery) -> Result<Page<AuditEventView>, ConsoleError> {
        self.page(query).await.map_err(Refusal::answer)
    }
}
