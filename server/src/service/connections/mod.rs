//! Connections: the service behind their pages and `/api/v1/connections`.

mod addresses;
mod discover;
pub mod explain;
mod holders;
mod kept_out;
mod save;
pub mod tests;
pub mod usage;

use async_trait::async_trait;
use doorward_app::api::connection::{
    ConnectedApplication, ConnectionName, ConnectionQuery, ConnectionService, ConnectionSummary, ConnectionTest,
    ConnectionUsage, ConnectionView, DiscoveredProvider, Erased, FactorHolders, KeptOut, LetIn, ProviderFault,
    SaveMode, SavedConnection, TestReport,
};
use doorward_app::api::error::ConsoleError;
use doorward_app::api::page::{PAGE_LIMIT, Page, PageQuery};
use doorward_domain::audit::Actor;
use doorward_domain::connection::{Connection, ConnectionDraft};
use doorward_domain::id::{AccountId, ConnectionId, TransactionId};
use doorward_storage::connection;
use serde_json::Value;

use super::core::Core;
use super::refusal::{Outcome, Refusal};
use super::{body, key, paging};
pub use addresses::check_addresses;
pub use save::{changed, fill_secret};

/// See [`ConnectionService`].
pub struct Service {
    core: Core,
}

impl Service {
    pub fn new(core: Core) -> Self {
        Self { core }
    }

    fn view(&self, connection: &Connection) -> ConnectionView {
        ConnectionView {
            id: connection.id.clone(),
            settings: ConnectionDraft::from(connection),
            client_secret_set: connection.oidc.client_secret.is_some(),
            redirect_uri: self.core.redirect_uri(connection),
            backchannel_logout_uri: self.core.backchannel_logout_uri(connection),
            created_at: connection.created_at,
            updated_at: connection.updated_at,
            version: connection.version,
            base: String::new(),
        }
    }

    async fn page(&self, query: ConnectionQuery) -> Outcome<Page<ConnectionSummary>> {
        let mut all = connection::list(self.core.store.read()).await?;
        let text = paging::wanted(query.page.q.as_deref());
        all.retain(|c| is_wanted(c, &query, text.as_deref()));
        let page = paging::cut(all, &query.page, place)?;
        let counts = usage::Counts::load(&self.core).await?;
        let summary = |connection: &Connection| ConnectionSummary {
            usage: counts.of(connection),
            connection: self.view(connection),
        };
        Ok(Page {
            items: page.items.iter().map(summary).collect(),
            next_cursor: page.next_cursor,
            total: page.total,
        })
    }

    async fn named(&self, ids: Option<&[ConnectionId]>) -> Outcome<Vec<ConnectionName>> {
        let db = self.core.store.read();
        let mut found = Vec::new();
        match ids {
            Some(ids) => {
                for some in ids.chunks(PAGE_LIMIT as usize) {
                    found.extend(connection::list_by_id(db, some).await?);
                }
            }
            None => found = connection::list(db).await?,
        }
        found.sort_by_cached_key(place);
        Ok(found.iter().map(|c| ConnectionName::from(&self.view(c))).collect())
    }

    async fn load(&self, key: &str) -> Outcome<Connection> {
        key::connection(self.core.store.read(), key).await
    }
}

/// What the list is ordered by.
fn place(connection: &Connection) -> String {
    format!("{}\n{}", connection.display_name.to_lowercase(), connection.id)
}

/// Whether the list shows a connection. `text` is the search, in lower case.
fn is_wanted(connection: &Connection, query: &ConnectionQuery, text: Option<&str>) -> bool {
    let searched = [
        connection.handle.as_str(),
        &connection.display_name,
        &connection.oidc.issuer,
    ];
    text.is_none_or(|text| searched.iter().any(|part| contains(part, text)))
        && query.enabled.is_none_or(|wanted| connection.enabled == wanted)
        && query.jit.is_none_or(|wanted| connection.jit.enabled == wanted)
}

fn contains(text: &str, wanted: &str) -> bool {
    text.to_lowercase().contains(wanted)
}

#[async_trait]
impl ConnectionService for Service {
    async fn list(&self, query: ConnectionQuery) -> Result<Page<ConnectionSummary>, ConsoleError> {
        self.page(query).await.map_err(Refusal::answer)
    }
    async fn names(&self, ids: Option<&[ConnectionId]>) -> Result<Vec<ConnectionName>, ConsoleError> {
        self.named(ids).await.map_err(Refusal::answer)
    }

    async fn find(&self, key: &str) -> Result<ConnectionView, ConsoleError> {
        let found = self.load(key).await.map_err(Refusal::answer)?;
        Ok(self.view(&found))
    }

    async fn usage(&self, key: &str) -> Result<ConnectionUsage, ConsoleError> {
        self.usage_of(key).await.map_err(Refusal::answer)
    }

    async fn applications(&self, key: &str) -> Result<Vec<ConnectedApplication>, ConsoleError> {
        self.applications_of(key).await.map_err(Refusal::answer)
    }

    async fn create(&self, actor: &Actor, draft: Value, mode: SaveMode) -> Result<SavedConnection, ConsoleError> {
        self.insert(actor, draft, mode).await.map_err(Refusal::answer)
    }

    async fn replace(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
        draft: Value,
        mode: SaveMode,
    ) -> Result<SavedConnection, ConsoleError> {
        let change = body::Change::Whole(body::without_addresses(draft));
        self.change(actor, key, expected, change, mode)
            .await
            .map_err(Refusal::answer)
    }

    async fn patch(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
        patch: Value,
        mode: SaveMode,
    ) -> Result<SavedConnection, ConsoleError> {
        let change = body::Change::Patch(patch);
        self.change(actor, key, expected, change, mode)
            .await
            .map_err(Refusal::answer)
    }

    async fn delete(&self, actor: &Actor, key: &str, expected: Option<i64>) -> Result<(), ConsoleError> {
        self.remove(actor, key, expected).await.map_err(Refusal::answer)
    }

    async fn factor_holders(&self, key: &str, query: PageQuery) -> Result<FactorHolders, ConsoleError> {
        self.holders_of(key, &query).await.map_err(Refusal::answer)
    }

    async fn erase_factor_holder(&self, actor: &Actor, key: &str, holder: &AccountId) -> Result<(), ConsoleError> {
        self.erase_holder(actor, key, holder).await.map_err(Refusal::answer)
    }

    async fn erase_factor_holders(&self, actor: &Actor, key: &str) -> Result<Erased, ConsoleError> {
        self.erase_holders(actor, key).await.map_err(Refusal::answer)
    }

    async fn kept_out(&self, key: &str) -> Result<KeptOut, ConsoleError> {
        self.kept_out_of(key).await.map_err(Refusal::answer)
    }

    async fn let_in(&self, actor: &Actor, key: &str, issuer: &str, subject: &str) -> Result<LetIn, ConsoleError> {
        let let_in = self.let_one_in(actor, key, issuer, subject).await;
        let_in.map_err(Refusal::answer)
    }

    async fn let_in_all(&self, actor: &Actor, key: &str) -> Result<LetIn, ConsoleError> {
        self.let_everybody_in(actor, key).await.map_err(Refusal::answer)
    }

    async fn discover(&self, issuer: &str) -> Result<Result<DiscoveredProvider, ProviderFault>, ConsoleError> {
        Ok(self.read_discovery(issuer).await)
    }

    async fn start_test(&self, actor: &Actor, key: &str) -> Result<Result<String, ProviderFault>, ConsoleError> {
        self.begin_test(actor, key).await.map_err(Refusal::answer)
    }

    async fn test_report(&self, actor: &Actor, key: &str) -> Result<Option<TestReport>, ConsoleError> {
        self.report_of(actor, key).await.map_err(Refusal::answer)
    }
    async fn start_linked_test(&self, key: &str) -> Result<Result<ConnectionTest, ProviderFault>, ConsoleError> {
        self.begin_linked_test(key).await.map_err(Refusal::answer)
    }

    async fn find_linked_test(&self, key: &str, id: &TransactionId) -> Result<ConnectionTest, ConsoleError> {
        self.linked_test(key, id).await.map_err(Refusal::answer)
    }
}
