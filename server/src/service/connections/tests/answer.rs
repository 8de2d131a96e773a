//! The second half of a test: its link is opened, its answer taken, and its report written.

use doorward_app::api::connection::TestOutcome;
use doorward_app::api::error::ConsoleError;
use doorward_domain::canonical::address;
use doorward_domain::connection::Connection;
use doorward_domain::id::TransactionId;
use doorward_domain::jit::{Found, JitDenial, JitOutcome};
use doorward_domain::mapping;
use doorward_domain::subject::VerifiedAssertion;
use doorward_federation::{Expected, UntrustedCallback};
use doorward_storage::connection;
use doorward_storage::sign_in::look_up;
use doorward_vault::equal;

use super::{OpenedLink, PREFIX, Run, Taker, TestAnswer, Visitor, redirect_uri};
use crate::service::connections::explain::explain;
use crate::service::core::Core;
use crate::service::refusal::{Outcome, Refusal};

/// Tests, for the browser that has to do with them.
#[derive(Clone)]
pub struct TestRuns {
    core: Core,
}

impl TestRuns {
    #[must_use]
    pub(in crate::service) fn new(core: Core) -> Self {
        Self { core }
    }

    /// Makes the browser that opens the link of a test the one whose answer counts. It may be opened again, as long as
    /// there is no answer: something that only looks at links does not use it up.
    ///
    /// # Errors
    /// `NotFound` when there is no such test, it is too old, or it has its answer.
    pub async fn open(&self, link: &str) -> Result<OpenedLink, ConsoleError> {
        self.bind(link).await.map_err(Refusal::answer)
    }

    async fn bind(&self, text: &str) -> Outcome<OpenedLink> {
        let core = &self.core;
        let (id, secret) = text.split_once('.').ok_or(ConsoleError::NotFound)?;
        let id: TransactionId = id.parse().map_err(|_| ConsoleError::NotFound)?;
        let (row, mut run) = core.open_run(&id).await?.ok_or(ConsoleError::NotFound)?;
        let waits = run.report.outcome == TestOutcome::Waiting;
        let Taker::Link(link) = &mut run.taker else {
            return Err(ConsoleError::NotFound.into());
        };
        if !waits || !equal(secret.as_bytes(), link.secret.as_bytes()) {
            return Err(ConsoleError::NotFound.into());
        }
        let cookie = core.random.text::<32>();
        link.browser = Some(cookie.clone());
        let provider = link.provider.clone();
        core.keep_run(row, &run).await?;
        Ok(OpenedLink { provider, cookie })
    }

    /// Takes the provider's answer to a test. `handle` is the connection in the callback's path.
    ///
    /// # Errors
    /// `NotFound` when this browser waits for no such answer, or has had it already; nothing is sent to the provider
    /// then.
    pub async fn receive(
        &self,
        visitor: &Visitor<'_>,
        handle: &str,
        callback: UntrustedCallback,
    ) -> Result<TestAnswer, ConsoleError> {
        self.take(visitor, handle, callback).await.map_err(Refusal::answer)
    }

    async fn take(&self, visitor: &Visitor<'_>, handle: &str, callback: UntrustedCallback) -> Outcome<TestAnswer> {
        let core = &self.core;
        let not_found = || Refusal::Console(ConsoleError::NotFound);
        let state = callback.state().unwrap_or_default().to_owned();
        let named = state.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.'));
        let id: TransactionId = named.and_then(|(id, _)| id.parse().ok()).ok_or_else(not_found)?;
        let (row, mut run) = core.open_run(&id).await?.ok_or_else(not_found)?;
        let found = connection::find(core.store.read(), &run.connection).await?;
        let connection = found.filter(|c| c.handle.as_str() == handle).ok_or_else(not_found)?;
        let expected = equal(state.as_bytes(), run.state.as_bytes())
            && run.taker.is(visitor)
            && run.report.outcome == TestOutcome::Waiting;
        if !expected {
            return Err(not_found());
        }
        run.report.outcome = self.finish(&connection, callback, &run).await?;
        core.keep_run(row, &run).await?;
        Ok(match run.taker {
            Taker::Administrator(_) => TestAnswer::Console(format!(
                "/console/connections/{}/settings?tested=true",
                connection.handle
            )),
            Taker::Link(_) => TestAnswer::Page,
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
        let known = look_up(db, &key, address.as_ref(), None, &[]).await?;
        let linked = known.linked.as_ref().map(|account| Found {
            account: account.id.clone(),
            status: account.status,
        });
        let missing = mapping::missing_required(&connection.attributes, &mapped);
        let decision = sentence(
            &connection.jit.decide(linked, known.owner(), known.is_kept_out),
            &missing,
        );
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
        JitOutcome::Deny(JitDenial::KeptOut) => {
            "This identity was erased and is kept out: the person would be refused."
        }
    }
    .to_owned();
    if !missing.is_empty() {
        text.push_str(&format!(" They would be asked for: {}.", missing.join(", ")));
    }
    text
}
