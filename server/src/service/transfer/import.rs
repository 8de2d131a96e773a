//! Taking a document in: planned as a whole, then saved as a whole or not at all.

use doorward_app::api::connection::ApplicationFindings;
use doorward_domain::analysis::brought;
use doorward_domain::application::{Application, ApplicationDraft, Credentials};
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::finding::{Finding, Severity};
use doorward_domain::id::{ApplicationId, ConnectionId};
use doorward_domain::invalid::{FieldError, Invalid};
use doorward_domain::secret::SecretText;
use doorward_domain::text::Handle;
use doorward_storage::{StorageError, administration, application, audit, connection, grant};
use serde_json::{Value, json};

use super::{Document, FORMAT, Secrets, of_application, of_connection};
use crate::service::applications::checks::{check_mail, known, still_known};
use crate::service::applications::{changed as changed_application, secret};
use crate::service::connections::changed as changed_connection;
use crate::service::core::Core;
use crate::service::refusal::Refusal;
use crate::service::{analysis, body, connections};
use crate::state::Shared;

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer into the document.
    pub pointer: String,
    /// What the number in the pointer stands for, such as `application payroll`; nothing where it has no right handle.
    pub item: Option<String>,
    pub sentence: String,
}

/// Why a document is not taken in. Nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("this version reads documents of format {FORMAT} only")]
    Format,
    #[error("{} of the document's fields need attention", .0.len())]
    Faults(Vec<Fault>),
    /// Somebody saved a change while the document was being read.
    #[error("somebody else saved a change meanwhile; import again")]
    Changed,
    #[error("the database does not do it")]
    Storage(#[from] StorageError),
}

/// What happens to one connection or application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Created,
    Changed,
    Unchanged,
}

/// One line of an import.
#[derive(Debug, Clone)]
pub struct Item {
    /// `connection` or `application`.
    pub kind: &'static str,
    pub handle: Handle,
    pub change: Change,
    /// The secret of a new application, made because the document has none. Shown once.
    pub client_secret: Option<SecretText>,
}

/// A document that fits this installation. Nothing is saved before [`Self::save`].
pub struct Import {
    core: Core,
    pub items: Vec<Item>,
    /// Every finding of every application, as it would be.
    pub findings: Vec<ApplicationFindings>,
    /// Every finding as it is now.
    before: Vec<ApplicationFindings>,
    connections: Vec<(Change, Connection)>,
    applications: Vec<(Change, Application)>,
    /// Connections of the document that have faults. Flows may name them: that they are missing is none of theirs.
    faulty: Vec<Handle>,
}

/// What is there, and what it becomes while the document is being read.
struct World {
    connections: Vec<Connection>,
    applications: Vec<Application>,
}

impl World {
    fn findings(&self, core: &Core) -> Vec<ApplicationFindings> {
        let of = |application: &Application| ApplicationFindings {
            application: application.handle.to_string(),
            name: application.name.clone(),
            findings: analysis::findings_of(core, application, &self.connections),
            affected: None,
        };
        self.applications.iter().map(of).collect()
    }
}

impl Import {
    /// Reads a document against what is there.
    ///
    /// # Errors
    /// Everything that is wrong with it at once.
    pub async fn plan(state: Shared, document: Document) -> Result<Self, ImportError> {
        if document.format != FORMAT {
            return Err(ImportError::Format);
        }
        let core = Core::new(state);
        let mut world = World {
            connections: connection::list(core.store.read()).await?,
            applications: application::list(core.store.read()).await?,
        };
        let before = world.findings(&core);
        let mut import = Self {
            core,
            items: Vec::new(),
            findings: Vec::new(),
            before,
            connections: Vec::new(),
            applications: Vec::new(),
            faulty: Vec::new(),
        };
        let mut faults = Vec::new();
        for (index, sent) in document.connections.into_iter().enumerate() {
            let named = handle_of(&sent);
            if let Err(Invalid(found)) = import.plan_connection(&mut world, sent) {
                let item = named.as_ref().map(|handle| format!("connection {handle}"));
                import.faulty.extend(named);
                faults.extend(located(&format!("/connections/{index}"), item.as_deref(), found));
            }
        }
        for (index, sent) in document.applications.into_iter().enumerate() {
            let item = handle_of(&sent).map(|handle| format!("application {handle}"));
            if let Err(Invalid(found)) = import.plan_application(&mut world, sent) {
                faults.extend(located(&format!("/applications/{index}"), item.as_deref(), found));
            }
        }
        if !faults.is_empty() {
            return Err(ImportError::Faults(faults));
        }
        import.findings = world.findings(&import.core);
        Ok(import)
    }

    /// Which of an application's findings are not there now.
    #[must_use]
    pub fn brought<'a>(&self, after: &'a ApplicationFindings) -> Vec<&'a Finding> {
        let before = self.before.iter().find(|found| found.application == after.application);
        let before = before.map(|found| found.findings.as_slice()).unwrap_or_default();
        brought(before, &after.findings)
    }

    /// Whether one of the findings is an error that is not there now.
    #[must_use]
    pub fn breaks(&self) -> bool {
        let mut brought = self.findings.iter().flat_map(|after| self.brought(after));
        brought.any(|finding| finding.severity == Severity::Error)
    }

    fn plan_connection(&mut self, world: &mut World, sent: Value) -> Result<(), Invalid> {
        let mut draft = body::connection(sent)?;
        connections::fill_secret(&self.core, &mut draft);
        refuse_twice(self.connections.iter().any(|(_, seen)| seen.handle == draft.handle))?;
        let now = self.core.now();
        let known = world.connections.iter().position(|known| known.handle == draft.handle);
        let (change, next) = match known {
            None => {
                let id = ConnectionId::from_random(self.core.random.id());
                let made = draft.create(id, now)?;
                connections::check_addresses(&self.core, None, &made)?;
                (Change::Created, made)
            }
            Some(index) => {
                let current = world.connections.remove(index);
                let next = draft.apply(&current, now)?;
                connections::check_addresses(&self.core, Some(&current), &next)?;
                let whole = |connection| of_connection(connection, Secrets::Included);
                let same = whole(&next) == whole(&current);
                if same {
                    (Change::Unchanged, current)
                } else {
                    (Change::Changed, next)
                }
            }
        };
        world.connections.push(next.clone());
        self.items.push(Item {
            kind: "connection",
            handle: next.handle.clone(),
            change,
            client_secret: None,
        });
        self.connections.push((change, next));
        Ok(())
    }

    fn plan_application(&mut self, world: &mut World, sent: Value) -> Result<(), Invalid> {
        let draft = body::application(sent)?;
        refuse_twice(self.applications.iter().any(|(_, seen)| seen.handle == draft.handle))?;
        let connections = world.connections.clone();
        let position = world.applications.iter().position(|known| known.handle == draft.handle);
        let (change, next, fresh) = match position {
            None => {
                let (next, fresh) = self.new_application(draft, &connections)?;
                refuse_taken(world.applications.iter().any(|other| other.client_id == next.client_id))?;
                (Change::Created, next, fresh)
            }
            Some(index) => {
                let current = world.applications.remove(index);
                self.changed_application(draft, current, &connections)?
            }
        };
        world.applications.push(next.clone());
        self.items.push(Item {
            kind: "application",
            handle: next.handle.clone(),
            change,
            client_secret: fresh,
        });
        self.applications.push((change, next));
        Ok(())
    }

    /// Whether a flow may name a connection.
    fn known<'a>(&'a self, connections: &'a [Connection]) -> impl Fn(&Handle) -> bool + 'a {
        let known = known(connections);
        move |handle| known(handle) || self.faulty.contains(handle)
    }

    /// The secret comes back only when the document did not bring it.
    fn new_application(
        &self,
        draft: ApplicationDraft,
        connections: &[Connection],
    ) -> Result<(Application, Option<SecretText>), Invalid> {
        let secret = secret::for_new(&self.core, &draft);
        let brought = draft.client_secret.is_some();
        let credentials = Credentials {
            client_id: self.core.random.text::<16>(),
            client_secret_hash: secret.as_ref().map(|secret| self.core.oidc.secrets.hash(secret)),
        };
        let id = ApplicationId::from_random(self.core.random.id());
        let made = draft.create(id, credentials, self.known(connections), self.core.now())?;
        check_mail(&self.core, None, &made.flow)?;
        Ok((made, secret.filter(|_| !brought)))
    }

    fn changed_application(
        &self,
        draft: ApplicationDraft,
        current: Application,
        connections: &[Connection],
    ) -> Result<(Change, Application, Option<SecretText>), Invalid> {
        let brought = draft.client_secret.clone();
        let needs_secret = draft.needs_secret();
        let mut next = draft.apply(&current, self.known(connections), self.core.now())?;
        check_mail(&self.core, Some(&current.flow), &next.flow)?;
        let fresh = secret::for_changed(&self.core, &mut next, brought.as_ref(), needs_secret);
        let same =
            of_application(&next) == of_application(&current) && next.client_secret_hash == current.client_secret_hash;
        Ok(if same {
            (Change::Unchanged, current, None)
        } else {
            (Change::Changed, next, fresh)
        })
    }

    /// Saves everything in one database transaction, with one audit event for each change.
    ///
    /// # Errors
    /// `Changed`, `Storage`.
    pub async fn save(self) -> Result<(), ImportError> {
        let Self {
            core,
            connections,
            applications,
            ..
        } = self;
        let events = events(&core, &connections, &applications).await?;
        let mut whole = core.event(&Actor::System, AuditAction::ConfigurationImported);
        whole.detail = json!({"changes": events.len()});
        let at = whole.at;
        let write = core.store.write(move |tx| {
            Box::pin(async move {
                for (change, connection) in &connections {
                    match change {
                        Change::Created => connection::insert(tx, connection).await?,
                        Change::Changed => connection::update(tx, connection).await?,
                        Change::Unchanged => {}
                    }
                    // What is switched off ends what it has begun, as in the console (S34).
                    if *change == Change::Changed && !connection.enabled {
                        administration::end_of_connection(tx, &connection.id, at).await?;
                    }
                }
                for (change, application) in &applications {
                    match change {
                        Change::Created => application::insert(tx, application, &whole.actor).await?,
                        Change::Changed => application::update(tx, application, &whole.actor).await?,
                        Change::Unchanged => {}
                    }
                    if *change == Change::Changed && !application.enabled {
                        grant::revoke_of_application(tx, &application.id, at).await?;
                    }
                }
                let there = connection::list(tx).await?;
                let saved = applications.iter().filter(|(change, _)| *change != Change::Unchanged);
                saved
                    .map(|(_, application)| application)
                    .try_for_each(|one| still_known(one, &there))?;
                for event in events.iter().chain([&whole]) {
                    audit::insert(tx, event).await?;
                }
                Ok::<_, Refusal>(())
            })
        });
        write.await.map_err(|refusal| match refusal {
            Refusal::Storage(error) if error.contested().is_none() => ImportError::Storage(error),
            Refusal::Storage(_) | Refusal::Console(_) => ImportError::Changed,
        })?;
        core.changed().await;
        Ok(())
    }
}

/// One for each change, with what it changes.
async fn events(
    core: &Core,
    connections: &[(Change, Connection)],
    applications: &[(Change, Application)],
) -> Result<Vec<AuditEvent>, StorageError> {
    let db = core.store.read();
    let (connections_now, applications_now) = (connection::list(db).await?, application::list(db).await?);
    let of_connections = connections.iter().filter_map(|(change, next)| {
        let current = connections_now.iter().find(|known| known.id == next.id);
        let changed = current.and_then(|current| changed_connection(current, next));
        Some(AuditEvent {
            connection: Some(next.id.clone()),
            detail: by_import(&next.handle, changed),
            ..core.event(&Actor::System, connection_action(*change)?)
        })
    });
    let of_applications = applications.iter().filter_map(|(change, next)| {
        let current = applications_now.iter().find(|known| known.id == next.id);
        let changed = current.and_then(|current| changed_application(current, next));
        Some(AuditEvent {
            application: Some(next.id.clone()),
            detail: by_import(&next.handle, changed),
            ..core.event(&Actor::System, application_action(*change)?)
        })
    });
    Ok(of_connections.chain(of_applications).collect())
}

/// Both kinds of details say whence the change came.
fn by_import(handle: &Handle, changed: Option<Value>) -> Value {
    let mut detail = changed.unwrap_or_else(|| json!({}));
    detail["handle"] = json!(handle);
    detail["by"] = "import".into();
    detail
}

fn connection_action(change: Change) -> Option<AuditAction> {
    match change {
        Change::Created => Some(AuditAction::ConnectionCreated),
        Change::Changed => Some(AuditAction::ConnectionChanged),
        Change::Unchanged => None,
    }
}

fn application_action(change: Change) -> Option<AuditAction> {
    match change {
        Change::Created => Some(AuditAction::ApplicationCreated),
        Change::Changed => Some(AuditAction::ApplicationChanged),
        Change::Unchanged => None,
    }
}

fn refuse_twice(is_there: bool) -> Result<(), Invalid> {
    one(is_there, "/handle", "The document has this handle twice.")
}

fn refuse_taken(is_taken: bool) -> Result<(), Invalid> {
    one(is_taken, "/client_id", "Another application has this client ID.")
}

fn one(is_wrong: bool, pointer: &str, sentence: &str) -> Result<(), Invalid> {
    if is_wrong {
        return Err(Invalid(vec![FieldError {
            pointer: pointer.to_owned(),
            detail: sentence.to_owned(),
        }]));
    }
    Ok(())
}

fn handle_of(sent: &Value) -> Option<Handle> {
    sent["handle"].as_str()?.parse().ok()
}

fn located(base: &str, item: Option<&str>, found: Vec<FieldError>) -> impl Iterator<Item = Fault> {
    found.into_iter().map(move |fault| Fault {
        pointer: format!("{base}{}", fault.pointer),
        item: item.map(str::to_owned),
        sentence: fault.detail,
    })
}
