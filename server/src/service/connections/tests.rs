//! Testing a connection: a real round trip in the administrator's browser that signs nobody in and writes nothing
//! about anybody.
//!
//! What the round trip needs, and later its report, live for 15 minutes in one sealed row per administrator and
//! connection, so that any node can go on. The callback is taken only in a browser whose console session belongs to
//! the administrator who started the test (S26).

use chrono::TimeDelta;
use doorward_app::api::connection::{ProviderFault, TestOutcome, TestReport};
use doorward_app::api::error::ConsoleError;
use doorward_domain::audit::Actor;
use doorward_domain::canonical::address;
use doorward_domain::connection::Connection;
use doorward_domain::id::{AccountId, ConnectionId, TransactionId};
use doorward_domain::jit::{Found, JitDenial, JitOutcome};
use doorward_domain::mapping;
use doorward_domain::secret::SecretText;
use doorward_domain::subject::VerifiedAssertion;
use doorward_federation::{BeginOptions, Expected, UntrustedCallback};
use doorward_storage::sign_in::look_up;
use doorward_storage::transaction::{self, StoredTransaction};
use doorward_storage::{administration, connection};
use doorward_vault::{Purpose, equal};
use serde::{Deserialize, Serialize};
use url::Url;

use super::Service;
use super::explain::explain;
use crate::service::core::Core;
use crate::service::refusal::{Outcome, Refusal};

/// Life of a test and its report.
const LIFE: TimeDelta = TimeDelta::minutes(15);
/// What the `state` of a test starts with, so that the callback can tell it from a sign-in.
const PREFIX: &str = "test.";

/// Whether a callback belongs to a test.
#[must_use]
pub fn is_test_state(state: &str) -> bool {
    state.starts_with(PREFIX)
}

/// A running or finished test.
#[derive(Serialize, Deserialize)]
struct Run {
    administrator: AccountId,
    connection: ConnectionId,
    state: String,
    nonce: String,
    code_verifier: SecretText,
    report: TestReport,
}

/// Where the callback of a test sends the administrator's browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestAnswer {
    /// A path of the console.
    pub location: String,
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
}

fn administrator(actor: &Actor) -> Outcome<&AccountId> {
    match actor {
        Actor::Administrator { account } => Ok(account),
        Actor::Person | Actor::Api | Actor::System => Err(ConsoleError::Forbidden.into()),
    }
}

impl Service {
    pub(super) async fn begin_test(&self, actor: &Actor, key: &str) -> Outcome<Result<String, ProviderFault>> {
        let account = administrator(actor)?;
        let connection = self.load(key).await?;
        let id = self.core.test_id(account, &connection.id);
        let state = format!("{PREFIX}{}.{}", connection.id, self.core.random.text::<32>());
        let options = BeginOptions {
            state: &state,
            ..BeginOptions::default()
        };
        let redirect = redirect_uri(&self.core, &connection)?;
        let random = self.core.random.bytes();
        let begun = match self
            .core
            .federation
            .begin(&connection, &redirect, &options, &random)
            .await
        {
            Ok(begun) => begun,
            Err(error) => return Ok(Err(explain(&error.fault))),
        };
        let now = self.core.now();
        let run = Run {
            administrator: account.clone(),
            connection: connection.id,
            state,
            nonce: begun.nonce,
            code_verifier: begun.code_verifier,
            report: TestReport {
                started_at: now,
                outcome: TestOutcome::Waiting,
            },
        };
        let row = StoredTransaction {
            sealed_state: self.core.seal_run(&id, &run)?,
            id,
            version: 1,
            expires_at: now + LIFE,
        };
        let write = self.core.store.write(move |tx| {
            Box::pin(async move { administration::put_transaction(tx, &row).await.map_err(Refusal::from) })
        });
        write.await?;
        Ok(Ok(begun.url.into()))
    }

    pub(super) async fn report_of(&self, actor: &Actor, key: &str) -> Outcome<Option<TestReport>> {
        let account = administrator(actor)?;
        let connection = self.load(key).await?;
        let id = self.core.test_id(account, &connection.id);
        Ok(self.core.open_run(&id).await?.map(|(_, run)| run.report))
    }
}

fn redirect_uri(core: &Core, connection: &Connection) -> Outcome<Url> {
    Url::parse(&core.redirect_uri(connection)).map_err(|_| Refusal::Console(ConsoleError::Internal))
}

/// The second half of tests, for the federation callback.
#[derive(Clone)]
pub struct TestRuns {
    core: Core,
}

impl TestRuns {
    #[must_use]
    pub(in crate::service) fn new(core: Core) -> Self {
        Self { core }
    }

    /// Takes the provider's answer to a test. `signed_in` is the administrator of this browser's console session,
    /// `handle` the connection in the callback's path.
    ///
    /// # Errors
    /// `NotFound` when this administrator waits for no such answer, or has had it already; nothing is sent to the
    /// provider then.
    pub async fn receive(
        &self,
        signed_in: &AccountId,
        handle: &str,
        callback: UntrustedCallback,
    ) -> Result<TestAnswer, ConsoleError> {
        self.take(signed_in, handle, callback).await.map_err(Refusal::answer)
    }

    async fn take(&self, signed_in: &AccountId, handle: &str, callback: UntrustedCallback) -> Outcome<TestAnswer> {
        let core = &self.core;
        let not_found = || Refusal::Console(ConsoleError::NotFound);
        let state = callback.state().unwrap_or_default().to_owned();
        let named = state.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.'));
        let id: ConnectionId = named.and_then(|(id, _)| id.parse().ok()).ok_or_else(not_found)?;
        let found = connection::find(core.store.read(), &id).await?;
        let connection = found.filter(|c| c.handle.as_str() == handle).ok_or_else(not_found)?;
        let row_id = core.test_id(signed_in, &id);
        let (row, mut run) = core.open_run(&row_id).await?.ok_or_else(not_found)?;
        let expected = equal(state.as_bytes(), run.state.as_bytes())
            && run.administrator == *signed_in
            && run.connection == connection.id
            && run.report.outcome == TestOutcome::Waiting;
        if !expected {
            return Err(not_found());
        }
        run.report.outcome = self.finish(&connection, callback, &run).await?;
        let (sealed, at) = (core.seal_run(&row_id, &run)?, core.now());
        let write = core.store.write(move |tx| {
            Box::pin(async move {
                let first = transaction::advance(tx, &row.id, row.version, sealed, at).await?;
                Ok::<bool, Refusal>(first)
            })
        });
        if !write.await? {
            return Err(not_found());
        }
        Ok(TestAnswer {
            location: format!("/console/connections/{}/settings?tested=true", connection.handle),
        })
    }

    async fn finish(&self, connection: &Connection, callback: UntrustedCallback, run: &Run) -> Outcome<TestOutcome> {
        let redirect = redirect_uri(&self.core, connection)?;
        let expected = Expected {
            state: &run.state,
            nonce: &run.nonce,
            code_verifier: &run.code_verifier,
            redirect_uri: &redirect,
            max_age_seconds: None,
            now: self.core.now(),
        };
        match self.core.federation.finish(connection, callback, expected).await {
            Err(error) => Ok(TestOutcome::Failed {
                fault: explain(&error.fault),
            }),
            Ok(assertion) => self.report(connection, assertion).await,
        }
    }

    async fn report(&self, connection: &Connection, assertion: VerifiedAssertion) -> Outcome<TestOutcome> {
        let mapped = mapping::apply(&connection.attributes, &assertion.claims);
        let owned = (mapped.get("email_verified") == Some(&true.into()))
            .then(|| mapped.get("email"))
            .flatten();
        let address = owned
            .and_then(|email| email.as_str())
            .and_then(|email| address(email).ok());
        let (db, key) = (self.core.store.read(), assertion.link_key());
        let known = look_up(db, &key, address.as_ref(), None, None).await?;
        let linked = known.linked.as_ref().map(|account| Found {
            account: account.id.clone(),
            status: account.status,
        });
        let missing = mapping::missing_required(&connection.attributes, &mapped);
        let decision = sentence(&connection.jit.decide(linked, known.owner()), &missing);
        Ok(TestOutcome::Passed {
            claims: assertion.claims,
            mapped,
            decision,
        })
    }
}

/// What just-in-time provisioning would do, in one sentence.
fn sentence(outcome: &JitOutcome, missing: &[&str]) -> String {
    let mut text = match outcome {
        JitOutcome::SignIn { .. } => "This person has an account already and would be signed in to it.",
        JitOutcome::PassThrough => {
            "Just-in-time provisioning is off: no account would be made, the claims go straight to the application."
        }
        JitOutcome::Provision => "A new account would be made for this person.",
        JitOutcome::Link(_) => "An account owns the verified address: it would be linked at once.",
        JitOutcome::AskForProof(_) => {
            "An account owns the verified address: the person would prove that it is theirs, then it would be linked."
        }
        JitOutcome::Deny(JitDenial::AccountExists) => {
            "An account owns the verified address and linking is off: the person would be refused."
        }
        JitOutcome::Deny(JitDenial::NotActive(_)) => "The account is disabled or locked: the person would be refused.",
    }
    .to_owned();
    if !missing.is_empty() {
        text.push_str(&format!(" They would be asked for: {}.", missing.join(", ")));
    }
    text
}
