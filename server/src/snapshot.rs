//! What every request reads from memory: connections, applications and keys at one version (F35).
//!
//! A snapshot never changes; a newer one takes its place. It is loaded after every local write and whenever the version
//! in the database is another one, which each node looks at every second.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use doorward_app::hosted::Branding;
use doorward_domain::Timestamp;
use doorward_domain::application::{Application, ClientType};
use doorward_domain::assurance::Evidence;
use doorward_domain::connection::Connection;
use doorward_domain::id::{ApplicationId, ConnectionId};
use doorward_domain::script_secret::SecretName;
use doorward_domain::secret::SecretText;
use doorward_domain::text::Handle;
use doorward_oidc::jose::{KeyRecord, SigningKeys};
use doorward_storage::configuration::{self, Configuration};
use doorward_storage::signing_key::{self, StoredKey};
use doorward_storage::{StorageError, Store};
use url::Url;

/// Configuration at one version.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Version in the database; 0 before the first load.
    pub version: i64,
    pub keys: SigningKeys,
    pub branding: Arc<Branding>,
    connections: HashMap<ConnectionId, Arc<Connection>>,
    connections_by_handle: HashMap<Handle, ConnectionId>,
    applications: HashMap<ApplicationId, Arc<Application>>,
    applications_by_handle: HashMap<Handle, ApplicationId>,
    applications_by_client_id: HashMap<String, ApplicationId>,
    /// Origins of the redirect URIs of public applications: scripts there may call us (design.md §6.3).
    script_origins: HashSet<String>,
    script_secrets: HashMap<ApplicationId, BTreeMap<SecretName, SecretText>>,
}

impl Snapshot {
    /// A connection by its id.
    #[must_use]
    pub fn connection(&self, id: &ConnectionId) -> Option<&Arc<Connection>> {
        self.connections.get(id)
    }

    /// Evidence as the settings are now: a provider's word counts as long as its connection trusts it (S37).
    #[must_use]
    pub fn renewed(&self, evidence: &[Evidence]) -> Vec<Evidence> {
        let now = |piece: &Evidence| {
            let connection = piece.connection.as_ref().and_then(|id| self.connection(id));
            piece.renewed(connection.map(Arc::as_ref))
        };
        evidence.iter().filter_map(now).collect()
    }

    /// Whether every connection that vouched for the person is in use: one that was switched off vouches for nobody
    /// (S34).
    #[must_use]
    pub fn vouches_for(&self, evidence: &[Evidence]) -> bool {
        let mut connections = evidence.iter().filter_map(|piece| piece.connection.as_ref());
        connections.all(|id| self.connection(id).is_some_and(|connection| connection.enabled))
    }

    /// A connection by its handle.
    #[must_use]
    pub fn connection_by_handle(&self, handle: &Handle) -> Option<&Arc<Connection>> {
        self.connections.get(self.connections_by_handle.get(handle)?)
    }

    /// Every connection, in no order.
    pub fn connections(&self) -> impl Iterator<Item = &Arc<Connection>> {
        self.connections.values()
    }

    /// An application by its id.
    #[must_use]
    pub fn application(&self, id: &ApplicationId) -> Option<&Arc<Application>> {
        self.applications.get(id)
    }

    /// An application by its handle.
    #[must_use]
    pub fn application_by_handle(&self, handle: &Handle) -> Option<&Arc<Application>> {
        self.applications.get(self.applications_by_handle.get(handle)?)
    }

    /// An application by its `client_id`.
    #[must_use]
    pub fn application_by_client_id(&self, client_id: &str) -> Option<&Arc<Application>> {
        self.applications.get(self.applications_by_client_id.get(client_id)?)
    }

    /// Every application, in no order.
    pub fn applications(&self) -> impl Iterator<Item = &Arc<Application>> {
        self.applications.values()
    }

    /// Whether scripts of this origin may read our answers.
    #[must_use]
    pub fn allows_scripts_of(&self, origin: &str) -> bool {
        self.script_origins.contains(origin)
    }

    /// A secret that the application's script may use.
    #[must_use]
    pub fn script_secret(&self, application: &ApplicationId, name: &SecretName) -> Option<&SecretText> {
        self.script_secrets.get(application)?.get(name)
    }

    /// The names of the secrets that the application's script may use.
    #[must_use]
    pub fn script_secret_names(&self, application: &ApplicationId) -> BTreeSet<SecretName> {
        let secrets = self.script_secrets.get(application);
        secrets
            .map(|secrets| secrets.keys().cloned().collect())
            .unwrap_or_default()
    }

    fn new(loaded: Configuration, keys: SigningKeys) -> Self {
        let mut snapshot = Self {
            version: loaded.version,
            keys,
            ..Self::default()
        };
        for secret in loaded.script_secrets {
            let of_application = snapshot.script_secrets.entry(secret.application).or_default();
            of_application.insert(secret.name, secret.value);
        }
        for connection in loaded.connections {
            snapshot
                .connections_by_handle
                .insert(connection.handle.clone(), connection.id.clone());
            snapshot.connections.insert(connection.id.clone(), Arc::new(connection));
        }
        for application in loaded.applications {
            snapshot
                .applications_by_handle
                .insert(application.handle.clone(), application.id.clone());
            snapshot
                .applications_by_client_id
                .insert(application.client_id.clone(), application.id.clone());
            if application.enabled && application.protocol.client_type == ClientType::Public {
                snapshot
                    .script_origins
                    .extend(application.protocol.redirect_uris.iter().filter_map(|uri| origin(uri)));
            }
            snapshot
                .applications
                .insert(application.id.clone(), Arc::new(application));
        }
        snapshot
    }
}

/// The web origin of a redirect URI, as a browser writes it into `Origin`.
fn origin(uri: &str) -> Option<String> {
    let origin = Url::parse(uri).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

/// Loads the newest configuration; makes the first signing keys when there are none.
///
/// # Errors
/// Those of the database; `Corrupt` for a key that cannot be read.
pub async fn load(store: &Store, now: Timestamp) -> Result<Snapshot, StorageError> {
    let mut loaded = configuration::find(store.read()).await?;
    if loaded.keys.is_empty() {
        make_first_keys(store, now).await?;
        loaded = configuration::find(store.read()).await?;
    }
    let keys = read_keys(&loaded.keys)?;
    Ok(Snapshot::new(loaded, keys))
}

fn read_keys(stored: &[StoredKey]) -> Result<SigningKeys, StorageError> {
    let corrupt = |kid: &str| StorageError::Corrupt {
        table: "signing_key",
        id: kid.to_owned(),
    };
    let record = |key: &StoredKey| -> Result<KeyRecord, StorageError> {
        serde_json::from_slice(&key.record).map_err(|_| corrupt(&key.kid))
    };
    let records: Vec<KeyRecord> = stored.iter().map(record).collect::<Result<_, _>>()?;
    SigningKeys::import(&records).map_err(|_| corrupt("any"))
}

/// Two nodes that start together may both make keys; both sets are published and the newer one signs.
async fn make_first_keys(store: &Store, now: Timestamp) -> Result<(), StorageError> {
    let broken = |_| StorageError::Corrupt {
        table: "signing_key",
        id: "new".to_owned(),
    };
    let records = tokio::task::spawn_blocking(move || SigningKeys::generate(now).and_then(|keys| keys.export()))
        .await
        .map_err(|_| StorageError::Corrupt {
            table: "signing_key",
            id: "new".to_owned(),
        })?
        .map_err(broken)?;
    store
        .write(move |tx| {
            Box::pin(async move {
                for record in records {
                    signing_key::insert(tx, &to_stored(&record, now)).await?;
                }
                Ok(())
            })
        })
        .await
}

/// A key record in the form in which it is stored.
#[must_use]
pub fn to_stored(record: &KeyRecord, now: Timestamp) -> StoredKey {
    StoredKey {
        kid: record.kid.clone(),
        alg: record.alg,
        record: serde_json::to_vec(record).unwrap_or_default(),
        signs_from: record.signs_from,
        published_until: record.published_until,
        created_at: now,
    }
}
