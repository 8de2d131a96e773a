//! Erased identities that a connection keeps out: how many they are, and letting them in again.

use doorward_app::api::connection::{KeptOut, LetIn};
use doorward_app::api::error::ConsoleError;
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::id::ConnectionId;
use doorward_domain::subject::LinkKey;
use doorward_storage::{audit, kept_out};
use serde_json::json;

use super::Service;
use crate::service::refusal::{Outcome, Refusal};

impl Service {
    pub(super) async fn kept_out_of(&self, key: &str) -> Outcome<KeptOut> {
        let connection = self.load(key).await?;
        Ok(KeptOut {
            identities: kept_out::count(self.core.store.read(), &connection.id).await?,
        })
    }

    pub(super) async fn let_one_in(&self, actor: &Actor, key: &str, issuer: &str, subject: &str) -> Outcome<LetIn> {
        let connection = self.load(key).await?;
        let event = self.let_in_event(actor, &connection.id, 1);
        let identity = LinkKey {
            connection: connection.id,
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        };
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                if !kept_out::let_in(tx, &identity).await? {
                    return Err(Refusal::Console(ConsoleError::NotFound));
                }
                audit::insert(tx, &event).await?;
                Ok(LetIn { let_in: 1 })
            })
        });
        write.await
    }

    pub(super) async fn let_everybody_in(&self, actor: &Actor, key: &str) -> Outcome<LetIn> {
        let connection = self.load(key).await?;
        let event = self.let_in_event(actor, &connection.id, 0);
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                let let_in = kept_out::let_all_in(tx, &connection.id).await?;
                if let_in > 0 {
                    let detail = json!({"identities": let_in});
                    audit::insert(tx, &AuditEvent { detail, ..event }).await?;
                }
                Ok::<_, Refusal>(LetIn { let_in })
            })
        });
        write.await
    }

    /// Tells how many, and not which.
    fn let_in_event(&self, actor: &Actor, connection: &ConnectionId, identities: u64) -> AuditEvent {
        AuditEvent {
            connection: Some(connection.clone()),
            detail: json!({"identities": identities}),
            ..self.core.event(actor, AuditAction::LetIn)
        }
    }
}
