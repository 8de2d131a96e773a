//! Creating, changing and deleting applications.

use doorward_app::api::application::SavedApplication;
use doorward_app::api::connection::SaveMode;
use doorward_app::api::error::ConsoleError;
use doorward_domain::application::{Application, ApplicationDraft, Credentials};
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::finding::Finding;
use doorward_domain::id::ApplicationId;
use doorward_storage::{application, audit, connection, grant};
use serde_json::{Value, json};

use super::checks::{check_mail, known, still_known};
use super::{Service, secret, view};
use crate::service::refusal::{Outcome, Refusal};
use crate::service::{analysis, body, key};

impl Service {
    pub(super) async fn insert(&self, actor: &Actor, draft: Value, mode: SaveMode) -> Outcome<SavedApplication> {
        let draft = body::application(draft)?;
        let connections = connection::list(self.core.store.read()).await?;
        let fresh = secret::for_new(&self.core, &draft);
        let credentials = Credentials {
            client_id: self.core.random.text::<16>(),
            client_secret_hash: fresh.as_ref().map(|secret| self.core.oidc.secrets.hash(secret)),
        };
        let id = ApplicationId::from_random(self.core.random.id());
        let made = draft.create(id, credentials, known(&connections), self.core.now())?;
        check_mail(&self.core, None, &made.flow)?;
        let saved = SavedApplication {
            application: view(&made),
            client_secret: fresh,
            findings: self.findings(&made, &connections).await?,
        };
        if mode == SaveMode::DryRun {
            self.check_free(&made).await?;
            return Ok(SavedApplication {
                client_secret: None,
                ..saved
            });
        }
        let event = self.event(
            actor,
            AuditAction::ApplicationCreated,
            &made,
            json!({"handle": made.handle}),
        );
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                application::insert(tx, &made, &event.actor).await?;
                audit::insert(tx, &event).await?;
                still_known(&made, &connection::list(tx).await?)
            })
        });
        write.await?;
        self.core.changed().await;
        Ok(saved)
    }

    /// What the analyser says, with the people it does not stop.
    pub(super) async fn findings(
        &self,
        application: &Application,
        connections: &[Connection],
    ) -> Outcome<Vec<Finding>> {
        let findings = analysis::findings_of(&self.core, application, connections);
        Ok(analysis::tell_linked(self.core.store.read(), connections, findings).await?)
    }

    /// What the unique keys would say.
    async fn check_free(&self, made: &Application) -> Outcome<()> {
        let all = application::list(self.core.store.read()).await?;
        let taken = |field: &str| Err(ConsoleError::Taken { field: field.into() }.into());
        match all
            .iter()
            .find(|a| a.handle == made.handle || a.client_id == made.client_id)
        {
            Some(other) if other.handle == made.handle => taken("/handle"),
            Some(_) => taken("/client_id"),
            None => Ok(()),
        }
    }

    pub(super) async fn change(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
        change: body::Change,
        mode: SaveMode,
    ) -> Outcome<SavedApplication> {
        let current = self.load(key).await?;
        key::check_version(expected, current.version)?;
        let before = settings(&current);
        let draft = body::application(change.onto(&before))?;
        let brought = draft.client_secret.clone();
        let needs_secret = draft.needs_secret();
        let connections = connection::list(self.core.store.read()).await?;
        let mut next = draft.apply(&current, known(&connections), self.core.now())?;
        check_mail(&self.core, Some(&current.flow), &next.flow)?;
        let fresh = secret::for_changed(&self.core, &mut next, brought.as_ref(), needs_secret);
        let findings = self.findings(&next, &connections).await?;
        analysis::confirm(
            mode,
            || analysis::findings_of(&self.core, &current, &connections),
            &findings,
        )?;
        let changed = changed(&current, &next);
        let mut application = view(if changed.is_some() { &next } else { &current });
        if mode == SaveMode::DryRun {
            application.version = current.version;
            return Ok(SavedApplication {
                application,
                client_secret: None,
                findings,
            });
        }
        if let Some(detail) = changed {
            self.write_change(actor, &current, next, detail).await?;
        }
        Ok(SavedApplication {
            application,
            client_secret: fresh,
            findings,
        })
    }

    async fn write_change(
        &self,
        actor: &Actor,
        current: &Application,
        next: Application,
        detail: Value,
    ) -> Outcome<()> {
        let at = next.updated_at;
        let closes = current.enabled && !next.enabled;
        let event = self.event(actor, AuditAction::ApplicationChanged, &next, detail);
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                application::update(tx, &next, &event.actor).await?;
                audit::insert(tx, &event).await?;
                if closes {
                    grant::revoke_of_application(tx, &next.id, at).await?;
                }
                still_known(&next, &connection::list(tx).await?)
            })
        });
        write.await?;
        self.core.changed().await;
        Ok(())
    }

    pub(super) async fn remove(&self, actor: &Actor, key: &str, expected: Option<i64>) -> Outcome<()> {
        let current = self.load(key).await?;
        key::check_version(expected, current.version)?;
        let detail = json!({"handle": current.handle, "name": current.name});
        let (event, at) = (
            self.event(actor, AuditAction::ApplicationDeleted, &current, detail),
            self.core.now(),
        );
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                application::delete(tx, &current.id, current.version).await?;
                grant::revoke_of_application(tx, &current.id, at).await?;
                audit::insert(tx, &event).await.map_err(Refusal::from)
            })
        });
        write.await?;
        self.core.changed().await;
        Ok(())
    }

    pub(super) fn event(
        &self,
        actor: &Actor,
        action: AuditAction,
        application: &Application,
        detail: Value,
    ) -> AuditEvent {
        AuditEvent {
            application: Some(application.id.clone()),
            detail,
            ..self.core.event(actor, action)
        }
    }
}

/// The settings as JSON, without the secret.
fn settings(application: &Application) -> Value {
    serde_json::to_value(ApplicationDraft::from(application)).unwrap_or_default()
}

/// What the audit log keeps of a change; `None` where nothing changes. A flow is kept as a version, which has the
/// application's number.
pub fn changed(current: &Application, next: &Application) -> Option<Value> {
    let (before, after) = (settings(current), settings(next));
    let mut fields = body::changed_fields(&before, &after);
    if current.client_secret_hash != next.client_secret_hash {
        fields.push("client_secret".to_owned());
    }
    let mut detail = json!({"fields": fields, "changes": body::changes(&fields, &before, &after)});
    if current.flow != next.flow {
        detail["flow_version"] = next.version.into();
    }
    (!fields.is_empty()).then_some(detail)
}
