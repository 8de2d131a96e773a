//! Secrets of applications' scripts: set, replaced, removed, and never read again.

use doorward_app::api::application::{ScriptSecretDraft, ScriptSecretView, ScriptSecrets};
use doorward_app::api::error::ConsoleError;
use doorward_domain::application::Application;
use doorward_domain::audit::{Actor, AuditAction};
use doorward_domain::script_secret::{COUNT_LIMIT, SecretName, check_value};
use doorward_storage::script_secret::{self, ScriptSecret};
use doorward_storage::{audit, connection};
use serde_json::json;

use super::Service;
use crate::service::refusal::{Outcome, Refusal};

impl Service {
    pub(super) async fn secrets_of(&self, key: &str) -> Outcome<ScriptSecrets> {
        let application = self.load(key).await?;
        self.secrets(&application).await
    }

    async fn secrets(&self, application: &Application) -> Outcome<ScriptSecrets> {
        let db = self.core.store.read();
        let view = |secret: ScriptSecret| ScriptSecretView {
            name: secret.name,
            created_at: secret.created_at,
            updated_at: secret.updated_at,
        };
        let all = script_secret::list_of_application(db, &application.id).await?;
        let connections = connection::list(db).await?;
        Ok(ScriptSecrets {
            items: all.into_iter().map(view).collect(),
            findings: self.findings(application, &connections).await?,
        })
    }

    pub(super) async fn set_secret(
        &self,
        actor: &Actor,
        key: &str,
        name: &SecretName,
        draft: ScriptSecretDraft,
    ) -> Outcome<ScriptSecrets> {
        let application = self.load(key).await?;
        let value = check_value(draft.value.expose()).map_err(|detail| Refusal::field("/value", detail))?;
        let now = self.core.now();
        let secret = ScriptSecret {
            application: application.id.clone(),
            name: name.clone(),
            value,
            created_at: now,
            updated_at: now,
        };
        let event = self.event(actor, AuditAction::ScriptSecretSet, &application, json!({"name": name}));
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                script_secret::insert(tx, &secret).await?;
                audit::insert(tx, &event).await?;
                let count = script_secret::list_of_application(tx, &secret.application).await?.len();
                if count > COUNT_LIMIT {
                    return Err(Refusal::field(
                        "/name",
                        format!("An application has at most {COUNT_LIMIT} secrets."),
                    ));
                }
                Ok(())
            })
        });
        write.await?;
        self.core.changed().await;
        self.secrets(&application).await
    }

    pub(super) async fn remove_secret(&self, actor: &Actor, key: &str, name: &SecretName) -> Outcome<ScriptSecrets> {
        let application = self.load(key).await?;
        let detail = json!({"name": name});
        let event = self.event(actor, AuditAction::ScriptSecretRemoved, &application, detail);
        let (id, name) = (application.id.clone(), name.clone());
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                if !script_secret::delete(tx, &id, &name).await? {
                    return Err(Refusal::from(ConsoleError::NotFound));
                }
                audit::insert(tx, &event).await.map_err(Refusal::from)
            })
        });
        write.await?;
        self.core.changed().await;
        self.secrets(&application).await
    }
}
