//! Taking linked identities, second factors and sessions away from an account.

use doorward_app::api::error::ConsoleError;
use doorward_app::api::user::UserView;
use doorward_domain::audit::{Actor, AuditAction};
use doorward_domain::factor::FactorKind;
use doorward_domain::id::FactorId;
use doorward_domain::subject::LinkKey;
use doorward_storage::{administration, audit, factor, grant, link, passkey, session};
use serde_json::{Value, json};

use super::Service;
use crate::service::key::check_version;
use crate::service::refusal::{Outcome, Refusal};

impl Service {
    /// Removes a link with its one audit event (S46); storage ends what was signed in through it (S34).
    pub(super) async fn remove_link(&self, actor: &Actor, key: &str, link: &LinkKey) -> Outcome<UserView> {
        let account = self.load(key).await?;
        let mut event = self.event(actor, AuditAction::Unlinked, &account.id, Value::Null);
        event.connection = Some(link.connection.clone());
        event.sub = Some(account.sub.clone());
        let (id, link, at) = (account.id.clone(), link.clone(), self.core.now());
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                if !link::delete(tx, &id, &link, at).await? {
                    return Err(Refusal::Console(ConsoleError::NotFound));
                }
                audit::insert(tx, &event).await.map_err(Refusal::from)
            })
        });
        write.await?;
        self.view_of(account.id.as_str()).await
    }

    /// Takes a factor away. Sessions end with it: whoever held it may be signed in.
    pub(super) async fn remove_factor(&self, actor: &Actor, key: &str, kind: FactorKind) -> Outcome<UserView> {
        let account = self.load(key).await?;
        let detail = json!({"factor": kind.as_str()});
        let event = self.event(actor, AuditAction::FactorReset, &account.id, detail);
        let (id, at) = (account.id.clone(), self.core.now());
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                if !factor::delete(tx, &id, kind).await? {
                    return Err(Refusal::Console(ConsoleError::NotFound));
                }
                session::revoke_of_account(tx, &id, at).await?;
                grant::revoke_of_account(tx, &id, at).await?;
                audit::insert(tx, &event).await.map_err(Refusal::from)
            })
        });
        write.await?;
        self.view_of(account.id.as_str()).await
    }

    /// Takes one passkey away. Sessions end with it: whoever held it may be signed in.
    pub(super) async fn take_passkey(&self, actor: &Actor, key: &str, passkey: &FactorId) -> Outcome<UserView> {
        let account = self.load(key).await?;
        let detail = json!({"factor": "passkey", "passkey": passkey});
        let event = self.event(actor, AuditAction::FactorReset, &account.id, detail);
        let (id, passkey, at) = (account.id.clone(), passkey.clone(), self.core.now());
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                if !passkey::delete(tx, &id, &passkey).await? {
                    return Err(Refusal::Console(ConsoleError::NotFound));
                }
                session::revoke_of_account(tx, &id, at).await?;
                grant::revoke_of_account(tx, &id, at).await?;
                audit::insert(tx, &event).await.map_err(Refusal::from)
            })
        });
        write.await?;
        self.view_of(account.id.as_str()).await
    }

    pub(super) async fn end_sessions(&self, actor: &Actor, key: &str, expected: Option<i64>) -> Outcome<UserView> {
        let account = self.load(key).await?;
        check_version(expected, account.version)?;
        let event = self.event(actor, AuditAction::SignedOut, &account.id, json!({"everywhere": true}));
        let (id, at) = (account.id.clone(), self.core.now());
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                // Ending sessions makes no version, so only a caller that names one waits for others.
                if let Some(version) = expected {
                    administration::hold(tx, &id, version).await?;
                }
                session::revoke_of_account(tx, &id, at).await?;
                grant::revoke_of_account(tx, &id, at).await?;
                audit::insert(tx, &event).await.map_err(Refusal::from)
            })
        });
        write.await?;
        self.view_of(account.id.as_str()).await
    }
}
