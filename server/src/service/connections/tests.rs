//! Testing a connection: a real round trip in a browser that signs nobody in and writes nothing about anybody.
//!
//! What the round trip needs, and later its report, live for 15 minutes in one sealed row, so that any node can go on:
//! one row per administrator and connection for the console, one per test for the management API. The callback is
//! taken only in the browser it is meant for (S26): one whose console session belongs to the administrator who started
//! the test, or the one that opened the link of the test last. How a test begins stands here, how its answer is taken in
//! [`answer`].

mod answer;

use chrono::TimeDelta;
use doorward_app::api::connection::{ConnectionTest, ProviderFault, TestOutcome, TestReport};
use doorward_app::api::error::ConsoleError;
use doorward_domain::audit::Actor;
use doorward_domain::connection::Connection;
use doorward_domain::id::{AccountId, ConnectionId, TransactionId};
use doorward_domain::secret::SecretText;
use doorward_federation::BeginOptions;
use doorward_storage::administration;
use doorward_storage::transaction::{self, StoredTransaction};
use doorward_vault::{Purpose, equal};
use serde::{Deserialize, Serialize};
use url::Url;

use super::Service;
use super::explain::explain;
use crate::service::core::Core;
use crate::service::refusal::{Outcome, Refusal};
pub use answer::TestRuns;

/// Life of a test and its report.
pub const LIFE: TimeDelta = TimeDelta::minutes(15);
/// What the `state` of a test starts with, so that the callback can tell it from a sign-in.
const PREFIX: &str = "test.";

/// Whether a callback belongs to a test.
#[must_use]
pub fn is_test_state(state: &str) -> bool {
    state.starts_with(PREFIX)
}

/// Where the link of a test leads that was started through the management API.
pub const LINK_PATH: &str = "/connection-tests";

/// A running or finished test.
#[derive(Serialize, Deserialize)]
struct Run {
    taker: Taker,
    connection: ConnectionId,
    state: String,
    nonce: String,
    code_verifier: SecretText,
    report: TestReport,
}

/// In which browser the answer is taken.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Taker {
    /// One that this administrator has signed in with to the console.
    Administrator(AccountId),
    Link(Link),
}

/// A test whose browser is yet to come: whoever opens its link.
#[derive(Serialize, Deserialize)]
struct Link {
    /// The last part of the link.
    secret: String,
    /// Where it leads on to, at the provider.
    provider: String,
    /// What the browser that opened it last holds in a cookie.
    browser: Option<String>,
}

/// What a browser shows of whose it is.
#[derive(Debug, Default)]
pub struct Visitor<'a> {
    /// The administrator of its console session.
    pub administrator: Option<&'a AccountId>,
    /// The cookie that the link of a test sets.
    pub link_cookie: Option<&'a str>,
}

impl Taker {
    fn is(&self, visitor: &Visitor<'_>) -> bool {
        let (expected, shown) = match self {
            Self::Administrator(account) => (Some(account.as_str()), visitor.administrator.map(AccountId::as_str)),
            Self::Link(link) => (link.browser.as_deref(), visitor.link_cookie),
        };
        matches!((expected, shown), (Some(expected), Some(shown)) if equal(expected.as_bytes(), shown.as_bytes()))
    }
}

/// Where the browser goes that brought the answer to a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestAnswer {
    /// A path of the console, with the report.
    Console(String),
    /// Nowhere: who started the test reads the report through the management API.
    Page,
}

/// Where the link of a test leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedLink {
    /// The provider's address.
    pub provider: String,
    /// The value of the cookie that shows the answer to be this browser's.
    pub cookie: String,
}

impl Core {
    /// One row per administrator and connection: a new test takes the place of the one before.
    fn test_id(&self, administrator: &AccountId, connection: &ConnectionId) -> TransactionId {
        let parts: [&[u8]; 3] = [
            b"connection-test",
            administrator.as_str().as_bytes(),
            connection.as_str().as_bytes(),
        ];
        let mac = self.keyring.mac(Purpose::Transaction, &parts);
        let mut id = [0; 16];
        id.copy_from_slice(&mac[..16]);
        TransactionId::from_random(id)
    }

    fn seal_run(&self, id: &TransactionId, run: &Run) -> Outcome<Vec<u8>> {
        let plain = serde_json::to_vec(run).map_err(|_| Refusal::Console(ConsoleError::Internal))?;
        Ok(self.keyring.seal(Purpose::Transaction, id.as_str().as_bytes(), &plain))
    }

    /// The newest test. A row that does not open belongs to a former master key and counts as none.
    async fn open_run(&self, id: &TransactionId) -> Outcome<Option<(StoredTransaction, Run)>> {
        let Some(row) = transaction::find(self.store.read(), id, self.now()).await? else {
            return Ok(None);
        };
        let plain = self
            .keyring
            .open(Purpose::Transaction, id.as_str().as_bytes(), &row.sealed_state);
        let run = plain.ok().and_then(|plain| serde_json::from_slice(&plain).ok());
        Ok(run.map(|run| (row, run)))
    }

    /// Writes what became of a test, unless something else was first: then `NotFound`.
    async fn keep_run(&self, row: StoredTransaction, run: &Run) -> Outcome<()> {
        let (sealed, at) = (self.seal_run(&row.id, run)?, self.now());
        let write = self.store.write(move |tx| {
            Box::pin(async move {
                let first = transaction::advance(tx, &row.id, row.version, sealed, at).await?;
                Ok::<bool, Refusal>(first)
            })
        });
        if write.await? {
            Ok(())
        } else {
            Err(ConsoleError::NotFound.into())
        }
    }
}

fn administrator(actor: &Actor) -> Outcome<&AccountId> {
    match actor {
        Actor::Administrator { account } => Ok(account),
        Actor::Person | Actor::Api | Actor::System => Err(ConsoleError::Forbidden.into()),
    }
}

impl Service {
    /// Starts a test in the browser of an administrator; the answer is the provider's address.
    pub(super) async fn begin_test(&self, actor: &Actor, key: &str) -> Outcome<Result<String, ProviderFault>> {
        let account = administrator(actor)?;
        let connection = self.load(key).await?;
        let id = self.core.test_id(account, &connection.id);
        let taker = |_: &str| Taker::Administrator(account.clone());
        let begun = self.begin(&connection, &id, taker).await?;
        Ok(begun.map(|begun| begun.provider))
    }

    /// Starts a test in a browser that is yet to come.
    pub(super) async fn begin_linked_test(&self, key: &str) -> Outcome<Result<ConnectionTest, ProviderFault>> {
        let connection = self.load(key).await?;
        let id = TransactionId::from_random(self.core.random.id());
        let secret = self.core.random.text::<32>();
        let path = format!("{LINK_PATH}/{id}.{secret}");
        let link = self.core.config.public_url.join(&path);
        let taker = |provider: &str| {
            Taker::Link(Link {
                secret,
                provider: provider.to_owned(),
                browser: None,
            })
        };
        let begun = self.begin(&connection, &id, taker).await?;
        Ok(begun.map(|begun| ConnectionTest {
            id,
            link: Some(link),
            expires_at: begun.report.started_at + LIFE,
            report: begun.report,
        }))
    }

    async fn begin(
        &self,
        connection: &Connection,
        id: &TransactionId,
        taker: impl FnOnce(&str) -> Taker,
    ) -> Outcome<Result<Begun, ProviderFault>> {
        let state = format!("{PREFIX}{id}.{}", self.core.random.text::<32>());
        let options = BeginOptions {
            state: &state,
            ..BeginOptions::default()
        };
        let redirect = redirect_uri(&self.core, connection)?;
        let random = self.core.random.bytes();
        let begun = match self
            .core
            .federation
            .begin(connection, &redirect, &options, &random)
            .await
        {
            Ok(begun) => begun,
            Err(error) => return Ok(Err(explain(&error.fault))),
        };
        let now = self.core.now();
        let report = TestReport {
            started_at: now,
            outcome: TestOutcome::Waiting,
        };
        let provider = String::from(begun.url);
        let run = Run {
            taker: taker(&provider),
            connection: connection.id.clone(),
            state,
            nonce: begun.nonce,
            code_verifier: begun.code_verifier,
            report: report.clone(),
        };
        let row = StoredTransaction {
            sealed_state: self.core.seal_run(id, &run)?,
            id: id.clone(),
            version: 1,
            expires_at: now + LIFE,
        };
        let write = self.core.store.write(move |tx| {
            Box::pin(async move { administration::put_transaction(tx, &row).await.map_err(Refusal::from) })
        });
        write.await?;
        Ok(Ok(Begun { provider, report }))
    }

    /// The newest test of this connection by this administrator.
    pub(super) async fn report_of(&self, actor: &Actor, key: &str) -> Outcome<Option<TestReport>> {
        let account = administrator(actor)?;
        let connection = self.load(key).await?;
        let id = self.core.test_id(account, &connection.id);
        Ok(self.core.open_run(&id).await?.map(|(_, run)| run.report))
    }

    /// A test that was started through the management API.
    pub(super) async fn linked_test(&self, key: &str, id: &TransactionId) -> Outcome<ConnectionTest> {
        let connection = self.load(key).await?;
        let (row, run) = self.core.open_run(id).await?.ok_or(ConsoleError::NotFound)?;
        match run.taker {
            Taker::Link(_) if run.connection == connection.id => Ok(ConnectionTest {
                id: row.id,
                link: None,
                expires_at: row.expires_at,
                report: run.report,
            }),
            Taker::Link(_) | Taker::Administrator(_) => Err(ConsoleError::NotFound.into()),
        }
    }
}

/// What a test that has begun leads to.
struct Begun {
    /// The provider's address.
    provider: String,
    report: TestReport,
}

fn redirect_uri(core: &Core, connection: &Connection) -> Outcome<Url> {
    Url::parse(&core.redirect_uri(connection)).map_err(|_| Refusal::Console(ConsoleError::Internal))
}
