//! Everything a request may need, put together once at the start.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use doorward_domain::Timestamp;
use doorward_domain::id::AuditEventId;
use doorward_federation::{Alarm, Federation, Fetch, Limits};
use doorward_oidc::client_auth::SecretHasher;
use doorward_oidc::subject::Subjects;
use doorward_oidc::token::{Codes, RefreshTokens};
use doorward_sandbox::Pool;
use doorward_storage::{StorageError, Store, configuration};
use doorward_vault::{Keyring, PasswordHasher, Purpose};

use crate::clock::Clock;
use crate::config::Config;
use crate::http::metrics::Metrics;
use crate::installation::{KeyFault, UnsavedKey};
use crate::log::chain;
use crate::mail::Mail;
use crate::random::Random;
use crate::service::Analyses;
use crate::signin::attempts::Running;
use crate::signin::quota::Portions;
use crate::signin::script::Tokens;
use crate::signin::unproven::Notes;
use crate::snapshot::{self, Snapshot};

/// How often a node looks whether the configuration has changed elsewhere.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Within how many seconds a node whose database answers follows a change made elsewhere: the pause, some chance, and the
/// time to load.
pub const NOTICED_SECONDS: u32 = 2;
/// How often it looks for a database that is away: it must be back in service within a second (F9).
const RETRY_EVERY: Duration = Duration::from_millis(400);

/// The command that runs scripts in a process of its own.
pub const SANDBOX_WORKER: &str = "sandbox-worker";

/// Shared by all requests.
pub type Shared = Arc<AppState>;

/// What the server consists of.
pub struct AppState {
    pub config: Config,
    pub store: Store,
    pub keyring: Arc<Keyring>,
    unsaved_key: Option<UnsavedKey>,
    pub federation: Federation,
    /// Calls to the outside that are no sign-in's at a provider.
    pub fetch: Arc<dyn Fetch>,
    pub hasher: Arc<PasswordHasher>,
    pub attempts_running: Running,
    /// Accounts that connections may still make.
    pub new_accounts: Portions,
    /// What scripts may show other servers again.
    pub script_tokens: Tokens,
    /// Ends of sign-ins that wait to be written.
    pub unproven: Arc<Notes>,
    pub oidc: OidcKeys,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub metrics: Metrics,
    pub sandbox: Pool,
    pub mail: Mail,
    pub analyses: Analyses,
    snapshot: ArcSwap<Snapshot>,
    is_loaded: AtomicBool,
    is_reachable: AtomicBool,
}

/// Keyed parts of the OpenID Provider.
pub struct OidcKeys {
    pub secrets: SecretHasher,
    pub codes: Codes,
    pub refresh_tokens: RefreshTokens,
    pub subjects: Subjects,
}

impl OidcKeys {
    /// Derives each part's key.
    #[must_use]
    pub fn new(keyring: &Keyring) -> Self {
        let key = |purpose| keyring.mac(purpose, &[b"key"]);
        Self {
            secrets: SecretHasher::new(&key(Purpose::ClientSecret)),
            codes: Codes::new(&key(Purpose::Code)),
            refresh_tokens: RefreshTokens::new(&key(Purpose::Refresh)),
            subjects: Subjects::new(&key(Purpose::Pairwise)),
        }
    }
}

/// Why the database is not ready to be used.
#[derive(Debug, thiserror::Error)]
pub enum NotPrepared {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Key(#[from] KeyFault),
}

impl NotPrepared {
    /// Whether there is nothing to wait for.
    fn is_final(&self) -> bool {
        match self {
            Self::Storage(error) => error.is_final(),
            Self::Key(_) => true,
        }
    }
}

/// What differs between serving and tests.
pub struct Parts {
    pub config: Config,
    pub store: Store,
    pub keyring: Arc<Keyring>,
    /// What the key ring was made of, where no file holds it yet.
    pub unsaved_key: Option<UnsavedKey>,
    pub fetch: Arc<dyn Fetch>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub mail: Mail,
    /// The program that serves [`SANDBOX_WORKER`]: this one.
    pub program: PathBuf,
}

impl AppState {
    /// Wires the parts. Nothing is read from the database yet, see [`Self::refresh`].
    #[must_use]
    pub fn new(parts: Parts) -> Shared {
        let Parts {
            config,
            store,
            keyring,
            unsaved_key,
            fetch,
            clock,
            random,
            mail,
            program,
        } = parts;
        let unproven = Arc::new(Notes::default());
        let alarm: Alarm = {
            let (notes, clock, random) = (unproven.clone(), clock.clone(), random.clone());
            Arc::new(move |kept| {
                let id = AuditEventId::from_random(random.id());
                notes.note_kept(kept, id, clock.now());
            })
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Arc::new(Self {
            oidc: OidcKeys::new(&keyring),
            federation: Federation::with_alarm(fetch.clone(), Limits::default(), alarm),
            fetch,
            hasher: Arc::new(PasswordHasher::new(cores)),
            attempts_running: Running::default(),
            new_accounts: Portions::default(),
            script_tokens: Tokens::default(),
            unproven,
            metrics: Metrics::default(),
            sandbox: Pool::new(program, SANDBOX_WORKER, cores.max(2)),
            analyses: Analyses::default(),
            snapshot: ArcSwap::default(),
            is_loaded: AtomicBool::new(false),
            is_reachable: AtomicBool::new(false),
            config,
            store,
            keyring,
            unsaved_key,
            clock,
            random,
            mail,
        })
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Our issuer: the public URL, without a slash at its end.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.config.public_url.as_str()
    }

    /// The configuration in force. Take it once per request, so that one request sees one version.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Like [`Self::snapshot`], cheaper, for short reads that do not cross an `await`.
    #[must_use]
    pub fn peek(&self) -> Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// Whether the configuration has been loaded once, so that requests can be answered.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.is_loaded.load(Ordering::Acquire)
    }

    /// Whether this node can serve: configuration loaded, and the database answered lately.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.is_loaded() && self.is_reachable.load(Ordering::Acquire)
    }

    /// Loads the configuration anew; call it after every local write to it.
    ///
    /// # Errors
    /// Those of the database; the configuration in force stays.
    pub async fn refresh(&self) -> Result<(), StorageError> {
        let loaded = Arc::new(snapshot::load(&self.store, self.now()).await?);
        // Two refreshes may end in the other order; the newer one stays.
        self.snapshot.rcu(|current| {
            if loaded_is_newer(&loaded, current) {
                loaded.clone()
            } else {
                current.clone()
            }
        });
        self.is_loaded.store(true, Ordering::Release);
        self.is_reachable.store(true, Ordering::Release);
        Ok(())
    }

    /// Brings the database to the schema of this version. A key that was made while it was away gets its file before
    /// anything is sealed with it.
    ///
    /// # Errors
    /// Those of the database; `Key` when what it has is sealed with another key.
    pub async fn migrate(&self) -> Result<(), NotPrepared> {
        if let Some(key) = &self.unsaved_key {
            key.save(&self.store).await?;
        }
        Ok(self.store.migrate().await?)
    }

    async fn look(&self) -> Result<(), NotPrepared> {
        if !self.is_loaded() {
            self.migrate().await?;
            return Ok(self.refresh().await?);
        }
        if configuration::version(self.store.read()).await? != self.peek().version {
            self.refresh().await?;
        }
        self.is_reachable.store(true, Ordering::Release);
        Ok(())
    }

    /// Follows the configuration for as long as the process lives (F35), and notices when the database goes and comes
    /// back (F9). Ends when there is nothing to wait for at the start: this program with this key can never serve what is
    /// there.
    pub async fn follow(self: Arc<Self>) -> NotPrepared {
        loop {
            let pause = match self.look().await {
                Ok(()) => LOOK_EVERY,
                Err(error) if error.is_final() && !self.is_loaded() => return error,
                Err(error) => {
                    if self.is_reachable.swap(false, Ordering::AcqRel) || !self.is_loaded() {
                        tracing::warn!(error = chain(&error), "the database does not answer");
                    }
                    RETRY_EVERY
                }
            };
            // Nodes that lost their database together do not all come back at the same instant.
            let jitter = u64::from(self.random.bytes::<1>()[0]);
            tokio::time::sleep(pause + Duration::from_millis(jitter)).await;
        }
    }
}

fn loaded_is_newer(loaded: &Snapshot, current: &Snapshot) -> bool {
    loaded.version >= current.version
}
