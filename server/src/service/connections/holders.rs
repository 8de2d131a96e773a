//! Second factors that a connection keeps without a profile: seeing and erasing them.

use doorward_app::api::connection::{Erased, FactorHolderView, FactorHolders};
use doorward_app::api::error::ConsoleError;
use doorward_app::api::page::PageQuery;
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::id::AccountId;
use doorward_storage::holder::Holding;
use doorward_storage::{audit, holder};
use serde_json::json;

use super::Service;
use crate::service::paging;
use crate::service::refusal::{Outcome, Refusal};

const SECONDS_PER_DAY: u64 = 24 * 3600;

impl Service {
    pub(super) async fn holders_of(&self, key: &str, query: &PageQuery) -> Outcome<FactorHolders> {
        let connection = self.load(key).await?;
        let db = self.core.store.read();
        let cursor = paging::cursor(query.cursor.as_deref())?;
        let page = holder::list(db, &connection.id, cursor.as_ref(), paging::limit(query.limit)).await?;
        let kept_days = self.core.config.factors_kept.as_secs() / SECONDS_PER_DAY;
        Ok(FactorHolders {
            items: page.items.into_iter().map(view).collect(),
            next_cursor: page.next.map(|next| next.to_string()),
            total: holder::count(db, &connection.id).await?,
            kept_days: u32::try_from(kept_days).unwrap_or(u32::MAX),
        })
    }

    pub(super) async fn erase_holder(&self, actor: &Actor, key: &str, id: &AccountId) -> Outcome<()> {
        let connection = self.load(key).await?;
        let event = AuditEvent {
            connection: Some(connection.id.clone()),
            detail: json!({"erased": 1}),
            ..self.core.event(actor, AuditAction::FactorsErased)
        };
        let (id, at) = (id.clone(), self.core.now());
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                let Some(sub) = holder::erase(tx, &connection.id, &id, at).await? else {
                    return Err(Refusal::Console(ConsoleError::NotFound));
                };
                let event = AuditEvent {
                    sub: Some(sub),
                    ..event
                };
                audit::insert(tx, &event).await.map_err(Refusal::from)
            })
        });
        write.await
    }

    pub(super) async fn erase_holders(&self, actor: &Actor, key: &str) -> Outcome<Erased> {
        let connection = self.load(key).await?;
        let event = AuditEvent {
            connection: Some(connection.id.clone()),
            ..self.core.event(actor, AuditAction::FactorsErased)
        };
        let at = self.core.now();
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                let erased = holder::erase_all(tx, &connection.id, at).await?;
                if erased > 0 {
                    let detail = json!({"erased": erased});
                    audit::insert(tx, &AuditEvent { detail, ..event }).await?;
                }
                Ok::<_, Refusal>(Erased { erased })
            })
        });
        write.await
    }
}

fn view(holding: Holding) -> FactorHolderView {
    FactorHolderView {
        id: holding.holder.id,
        sub: holding.holder.sub,
        factors: holding.factors,
        passkeys: holding.passkeys,
        created_at: holding.holder.created_at,
        last_used_at: holding.holder.last_used_at,
    }
}
