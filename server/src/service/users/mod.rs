//! Users: the service behind their pages and `/api/v1/users`.

mod attributes;
mod change;
mod create;
mod links;
mod view;

use async_trait::async_trait;
use doorward_app::api::error::ConsoleError;
use doorward_app::api::page::{Page, PageQuery};
use doorward_app::api::user::{COUNTED, UserDraft, UserPatch, UserService, UserSummary, UserView};
use doorward_domain::account::Account;
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::factor::FactorKind;
use doorward_domain::id::{AccountId, FactorId};
use doorward_domain::subject::LinkKey;
use doorward_storage::account::{self, Filter};
use serde_json::Value;

use super::core::Core;
use super::refusal::{Outcome, Refusal};
use super::{key, paging};

pub use create::new_account;

/// See [`UserService`].
pub struct Service {
    core: Core,
}

/// Shorter texts are no `sub`, and are not looked up as one.
const SHORTEST_SUB: usize = 24;

impl Service {
    pub fn new(core: Core) -> Self {
        Self { core }
    }

    async fn load(&self, key: &str) -> Outcome<Account> {
        key::account(self.core.store.read(), key).await
    }

    async fn page(&self, query: PageQuery) -> Outcome<Page<UserSummary>> {
        let db = self.core.store.read();
        let q = paging::wanted(query.q.as_deref());
        // The letters of a `sub` are what they are, so it is looked up as it was typed.
        let typed = query.q.as_deref().map(str::trim).unwrap_or_default();
        let whole = match q.as_deref().map(str::parse::<AccountId>) {
            Some(Ok(id)) => Some(account::find(db, &id).await?),
            Some(Err(_)) if typed.len() >= SHORTEST_SUB => account::find_by_sub(db, typed).await?.map(Some),
            Some(Err(_)) | None => None,
        };
        if let Some(found) = whole {
            return Ok(Page {
                items: found.iter().map(view::summary).collect(),
                ..Page::default()
            });
        }
        let total = match &q {
            None => self.total().await?,
            Some(_) => None,
        };
        let filter = Filter {
            text: q,
            ..Filter::default()
        };
        let cursor = paging::cursor(query.cursor.as_deref())?;
        let page = account::list(db, &filter, cursor.as_ref(), paging::limit(query.limit)).await?;
        Ok(Page {
            items: page.items.iter().map(view::summary).collect(),
            next_cursor: page.next.map(|next| next.to_string()),
            total,
        })
    }

    /// How many people there are, as long as they are few: a million are not counted for one page of them.
    async fn total(&self) -> Outcome<Option<u64>> {
        let counted = account::count_up_to(self.core.store.read(), i64::from(COUNTED) + 1).await?;
        Ok(u64::try_from(counted).ok().filter(|total| *total <= u64::from(COUNTED)))
    }

    fn event(&self, actor: &Actor, action: AuditAction, account: &AccountId, detail: Value) -> AuditEvent {
        AuditEvent {
            account: Some(account.clone()),
            detail,
            ..self.core.event(actor, action)
        }
    }
}

#[async_trait]
impl UserService for Service {
    async fn list(&self, query: PageQuery) -> Result<Page<UserSummary>, ConsoleError> {
        self.page(query).await.map_err(Refusal::answer)
    }

    async fn find(&self, key: &str) -> Result<UserView, ConsoleError> {
        self.view_of(key).await.map_err(Refusal::answer)
    }

    async fn create(&self, actor: &Actor, draft: UserDraft) -> Result<UserView, ConsoleError> {
        self.insert(actor, draft).await.map_err(Refusal::answer)
    }

    async fn patch(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
        patch: UserPatch,
    ) -> Result<UserView, ConsoleError> {
        self.change(actor, key, expected, patch).await.map_err(Refusal::answer)
    }

    async fn delete(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
        keep_out: bool,
    ) -> Result<(), ConsoleError> {
        let removed = self.remove(actor, key, expected, keep_out).await;
        removed.map_err(Refusal::answer)
    }

    async fn unlink(&self, actor: &Actor, key: &str, link: &LinkKey) -> Result<UserView, ConsoleError> {
        self.remove_link(actor, key, link).await.map_err(Refusal::answer)
    }

    async fn reset_factor(&self, actor: &Actor, key: &str, kind: FactorKind) -> Result<UserView, ConsoleError> {
        self.remove_factor(actor, key, kind).await.map_err(Refusal::answer)
    }

    async fn remove_passkey(&self, actor: &Actor, key: &str, passkey: &FactorId) -> Result<UserView, ConsoleError> {
        self.take_passkey(actor, key, passkey).await.map_err(Refusal::answer)
    }

    async fn sign_out_everywhere(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
    ) -> Result<UserView, ConsoleError> {
        self.end_sessions(actor, key, expected).await.map_err(Refusal::answer)
    }
}
