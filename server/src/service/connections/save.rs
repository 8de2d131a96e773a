//! Creating, changing and deleting connections.

use std::cell::LazyCell;

use chrono::TimeDelta;
use doorward_app::api::connection::{Affected, ApplicationFindings, SaveMode, SavedConnection};
use doorward_app::api::error::ConsoleError;
use doorward_domain::application::Application;
use doorward_domain::audit::{Actor, AuditAction};
use doorward_domain::connection::{Connection, ConnectionDraft, Template};
use doorward_domain::finding::Finding;
use doorward_domain::id::ConnectionId;
use doorward_domain::secret::SecretText;
use doorward_storage::{administration, application, audit, connection, statistics};
use serde_json::{Value, json};

use super::Service;
use super::addresses::check_addresses;
use crate::service::core::Core;
use crate::service::refusal::{Outcome, Refusal};
use crate::service::{analysis, body, key};
use crate::test_idp;

/// The Test IdP is part of this server: nobody has to carry its secret over.
pub fn fill_secret(core: &Core, draft: &mut ConnectionDraft) {
    if draft.template == Template::TestIdp && draft.oidc.client_secret.is_none() {
        draft.oidc.client_secret = Some(SecretText::new(test_idp::client_secret(&core.keyring)));
    }
}

/// The world around a connection, to see what a change does to it.
struct World {
    connections: Vec<Connection>,
    applications: Vec<Application>,
}

impl World {
    fn findings(&self, core: &Core, changed: &Connection) -> Vec<ApplicationFindings> {
        let mut connections = self.connections.clone();
        connections.retain(|known| known.id != changed.id);
        connections.push(changed.clone());
        analysis::touched(core, &self.applications, &changed.handle, &connections)
    }

    /// Refuses a change that nobody confirmed and that breaks an application.
    fn confirm(
        &self,
        core: &Core,
        mode: SaveMode,
        current: &Connection,
        becomes: &[ApplicationFindings],
    ) -> Result<(), ConsoleError> {
        let was = LazyCell::new(|| self.findings(core, current));
        becomes.iter().try_for_each(|touched| {
            let before = || all(&was, &touched.application);
            analysis::confirm(mode, before, &touched.findings)
        })
    }
}

fn all(found: &[ApplicationFindings], application: &str) -> Vec<Finding> {
    let of = found.iter().filter(|f| f.application == application);
    of.flat_map(|f| f.findings.clone()).collect()
}

impl Service {
    async fn world(&self) -> Outcome<World> {
        let db = self.core.store.read();
        Ok(World {
            connections: connection::list(db).await?,
            applications: application::list(db).await?,
        })
    }

    pub(super) async fn insert(&self, actor: &Actor, draft: Value, mode: SaveMode) -> Outcome<SavedConnection> {
        let now = self.core.now();
        let id = ConnectionId::from_random(self.core.random.id());
        let mut draft = body::connection(draft)?;
        fill_secret(&self.core, &mut draft);
        let made = draft.create(id, now)?;
        check_addresses(&self.core, None, &made)?;
        let world = self.world().await?;
        if world.connections.iter().any(|known| known.handle == made.handle) {
            return Err(ConsoleError::Taken {
                field: "/handle".into(),
            }
            .into());
        }
        let findings = world.findings(&self.core, &made);
        let saved = SavedConnection {
            findings: self.with_people(&world, &made, findings).await?,
            connection: self.view(&made),
        };
        if mode == SaveMode::DryRun {
            return Ok(saved);
        }
        let mut event = self.core.event(actor, AuditAction::ConnectionCreated);
        event.connection = Some(made.id.clone());
        event.detail = json!({"handle": made.handle});
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                connection::insert(tx, &made).await?;
                audit::insert(tx, &event).await?;
                Ok::<_, Refusal>(())
            })
        });
        write.await?;
        self.core.changed().await;
        Ok(saved)
    }

    pub(super) async fn change(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
        change: body::Change,
        mode: SaveMode,
    ) -> Outcome<SavedConnection> {
        let current = self.load(key).await?;
        key::check_version(expected, current.version)?;
        let before = settings(&current);
        // A secret that is taken away is not there to be kept.
        let mut kept = current.clone();
        if change.takes_away("/oidc/client_secret") {
            kept.oidc.client_secret = None;
        }
        let next = body::connection(change.onto(&before))?.apply(&kept, self.core.now())?;
        check_addresses(&self.core, Some(&current), &next)?;
        let world = self.world().await?;
        let becomes = world.findings(&self.core, &next);
        world.confirm(&self.core, mode, &current, &becomes)?;
        let changed = changed(&current, &next);
        let mut saved = SavedConnection {
            connection: self.view(if changed.is_some() { &next } else { &current }),
            findings: self.with_people(&world, &next, becomes).await?,
        };
        if mode == SaveMode::DryRun {
            saved.connection.version = current.version;
            return Ok(saved);
        }
        if let Some(detail) = changed {
            self.write_change(actor, &current, next, detail).await?;
        }
        Ok(saved)
    }

    /// Says of each application how many people come to it through the connection, and whom nothing stops.
    async fn with_people(
        &self,
        world: &World,
        changed: &Connection,
        found: Vec<ApplicationFindings>,
    ) -> Outcome<Vec<ApplicationFindings>> {
        if found.is_empty() {
            return Ok(found);
        }
        let (db, since) = (self.core.store.read(), self.core.now() - TimeDelta::days(30));
        let through = statistics::through(db, &changed.id, since).await?;
        let mut told = Vec::with_capacity(found.len());
        for application in found {
            let known = world
                .applications
                .iter()
                .find(|a| *a.handle.as_str() == application.application);
            let people = through
                .iter()
                .find(|of| known.is_some_and(|a| a.id.as_str() == of.application));
            told.push(ApplicationFindings {
                findings: analysis::tell_linked(db, std::slice::from_ref(changed), application.findings).await?,
                affected: Some(people.map_or(Affected::default(), |of| Affected {
                    people_30_days: u64::try_from(of.people).unwrap_or(0),
                    linked_30_days: u64::try_from(of.linked).unwrap_or(0),
                    refused_30_days: u64::try_from(of.refused).unwrap_or(0),
                })),
                ..application
            });
        }
        Ok(told)
    }

    async fn write_change(&self, actor: &Actor, current: &Connection, next: Connection, detail: Value) -> Outcome<()> {
        let at = next.updated_at;
        let closes = current.enabled && !next.enabled;
        let mut event = self.core.event(actor, AuditAction::ConnectionChanged);
        event.connection = Some(next.id.clone());
        event.detail = detail;
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                connection::update(tx, &next).await?;
                audit::insert(tx, &event).await?;
                if closes {
                    administration::end_of_connection(tx, &next.id, at).await?;
                }
                Ok::<_, Refusal>(())
            })
        });
        write.await?;
        self.core.changed().await;
        Ok(())
    }

    pub(super) async fn remove(&self, actor: &Actor, key: &str, expected: Option<i64>) -> Outcome<()> {
        let current = self.load(key).await?;
        key::check_version(expected, current.version)?;
        let at = self.core.now();
        let mut event = self.core.event(actor, AuditAction::ConnectionDeleted);
        event.connection = Some(current.id.clone());
        event.detail = json!({"handle": current.handle, "name": current.display_name});
        let (id, handle) = (current.id.clone(), current.handle.clone());
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                // Inside the transaction: an application that names it now must be seen now.
                connection::delete(tx, &current.id, current.version).await?;
                let applications = application::list(tx).await?;
                let using = applications.iter().filter(|a| a.names(&handle));
                let by: Vec<String> = using.map(|a| a.name.clone()).collect();
                if !by.is_empty() {
                    return Err(Refusal::Console(ConsoleError::InUse { by }));
                }
                administration::end_of_connection(tx, &current.id, at).await?;
                audit::insert(tx, &event).await.map_err(Refusal::from)
            })
        });
        write.await?;
        self.core.federation.forget(&id);
        self.core.changed().await;
        Ok(())
    }
}

/// The settings as JSON, without the secret.
fn settings(connection: &Connection) -> Value {
    serde_json::to_value(ConnectionDraft::from(connection)).unwrap_or_default()
}

/// What the audit log keeps of a change; `None` where nothing changes.
pub fn changed(current: &Connection, next: &Connection) -> Option<Value> {
    let (before, after) = (settings(current), settings(next));
    let mut fields = body::changed_fields(&before, &after);
    if current.oidc.client_secret != next.oidc.client_secret {
        fields.push("client_secret".to_owned());
    }
    let changes = body::changes(&fields, &before, &after);
    (!fields.is_empty()).then(|| json!({"fields": fields, "changes": changes}))
}
