//! The moves of a sign-in, each from one request of the browser to the next.
//!
//! Every move loads the transaction, matches its state, asks the engine, commits, and sends the browser back to the one
//! dispatcher page, which shows whatever comes next.

use std::sync::Arc;

use doorward_domain::Claims;
use doorward_domain::connection::Connection;
use doorward_domain::engine::{AnswerFault, AwaitingFederation, Choosing, Federated, Outbound, SignIn};
use doorward_domain::flow::{AuthOption, SignInFlow};
use doorward_domain::id::TransactionId;
use doorward_domain::script::StepOutcome;
use doorward_domain::secret::SecretText;
use doorward_domain::text::Handle;
use doorward_federation::{BeginOptions, Expected, FaultKind, UntrustedCallback};
use doorward_oidc::authorize::{AuthorizationRequest, ErrorCode, Prompt};
use doorward_storage::{Contested, account};
use doorward_vault::Purpose;
use serde::{Deserialize, Serialize};
use url::Url;

use super::fault::SignInFault;
use super::finish::{Answer, Effects, advance};
use super::hop::{Hop, Terms};
use super::refusal::Ended;
use super::self_service::Visit;
use super::transaction::{Target, Transaction};
use super::{carrier, choose_account, federated, finish, password, refusal, script, self_service, session};

/// The page of a transaction.
#[must_use]
pub fn address(transaction: &Transaction) -> String {
    format!("/signin/{}", transaction.id)
}

/// Where a connection sends people back to.
#[must_use]
pub fn callback_address(hop: &Hop, handle: &Handle) -> String {
    hop.state
        .config
        .public_url
        .join(&format!("/federation/{handle}/callback"))
}

/// Begins a sign-in for an application: single sign-on, straight to the only provider, or to the page.
///
/// # Errors
/// What stops it; `prompt=none` never ends in a page but in an answer to the application.
pub async fn start(hop: &Hop, terms: &Terms, request: AuthorizationRequest) -> Result<Answer, Failed> {
    let allows_pages = request.allows_pages();
    let transaction = Transaction::begin(
        Target::Application(Box::new(request.clone())),
        terms.demands().flow,
        &*hop.state.random,
        hop.now,
    );
    let signed_on = session::sign_on(hop, terms, &transaction, &request)
        .await
        .map_err(Failed::early)?;
    if let Some(signed_on) = signed_on {
        return finish::sign_on(hop, terms, &transaction, &request, signed_on)
            .await
            .map_err(Failed::early);
    }
    if !allows_pages {
        let why = "Nobody is signed in, or not as this request asks for.";
        return Ok(finish::refuse(
            hop,
            &transaction,
            &request,
            ErrorCode::LoginRequired,
            why,
        ));
    }
    if choose_account::is_asked(&request) && choose_account::signed(hop).await.map_err(Failed::early)?.is_some() {
        let cookies = carrier::keep(&hop.state, &hop.headers, &transaction).map_err(Failed::early)?;
        return Ok(Answer::redirect(choose_account::address(&transaction), cookies));
    }
    begin(hop, terms, transaction).await
}

/// Begins the first step: straight to the only provider, or to the page.
///
/// # Errors
/// What stops it.
pub async fn begin(hop: &Hop, terms: &Terms, mut transaction: Transaction) -> Result<Answer, Failed> {
    let begun = script::resolve(hop, terms, &transaction, transaction.state.clone()).await;
    let begun = match begun {
        Ok(begun) => begun,
        Err(fault) => {
            let told = finish::tell_application(hop, &transaction, fault);
            return told.map_err(|fault| Failed::within(transaction, fault));
        }
    };
    if let SignIn::Denied(denied) = begun.state {
        return Err(Failed::early(SignInFault::Denied(denied.reason, Some(denied.step))));
    }
    transaction.state = begun.state;
    let mut answer = match only_connection(hop, terms, &transaction) {
        Some(handle) => leave(hop, terms, transaction, &handle).await?,
        None => to_page(hop, transaction)?,
    };
    answer.cookies.extend(begun.cookies);
    Ok(answer)
}

pub(super) fn to_page(hop: &Hop, transaction: Transaction) -> Result<Answer, Failed> {
    let cookies = carrier::keep(&hop.state, &hop.headers, &transaction).map_err(Failed::early)?;
    Ok(Answer::redirect(address(&transaction), cookies))
}

/// Begins a sign-in to the console.
///
/// # Errors
/// What stops it.
pub fn start_console(hop: &Hop, return_to: String) -> Result<Answer, Failed> {
    to_page(
        hop,
        Transaction::begin(
            Target::Console { return_to },
            &SignInFlow::password_only(),
            &*hop.state.random,
            hop.now,
        ),
    )
}

/// A move failed in a transaction that may go on.
#[derive(Debug)]
pub struct Failed {
    pub fault: SignInFault,
    /// Where the person may try another way; `None` when there is nothing to go on with.
    pub transaction: Option<Box<Transaction>>,
    /// The connection it is about.
    pub connection: Option<Arc<Connection>>,
    /// A verified answer that could not be written, sealed for the retry page (F10).
    pub sealed: Option<String>,
}

impl Failed {
    /// Failed before there was a transaction.
    #[must_use]
    pub fn early(fault: SignInFault) -> Self {
        Self {
            fault,
            transaction: None,
            connection: None,
            sealed: None,
        }
    }

    /// Failed in a transaction.
    #[must_use]
    pub fn within(transaction: Transaction, fault: SignInFault) -> Self {
        Self {
            fault,
            transaction: Some(Box::new(transaction)),
            connection: None,
            sealed: None,
        }
    }

    fn at(self, connection: &Arc<Connection>) -> Self {
        Self {
            connection: Some(connection.clone()),
            ..self
        }
    }
}

/// The options of the step a person is at, as far as they work now.
#[must_use]
pub fn options(hop: &Hop, terms: &Terms, choosing: &Choosing) -> Vec<(AuthOption, Option<Arc<Connection>>)> {
    let demands = terms.demands();
    let usable = |option: &AuthOption| match option.connection() {
        None => Some((option.clone(), None)),
        Some(handle) => {
            let connection = hop.gate(handle, demands.flow).ok()?;
            Some((option.clone(), Some(connection)))
        }
    };
    choosing.options(demands.flow).into_iter().filter_map(usable).collect()
}

fn only_connection(hop: &Hop, terms: &Terms, transaction: &Transaction) -> Option<Handle> {
    let SignIn::Choosing(choosing) = &transaction.state else {
        return None;
    };
    match options(hop, terms, choosing).as_slice() {
        [(AuthOption::Connection(handle), _)] if choosing.options(terms.demands().flow).len() == 1 => {
            Some(handle.clone())
        }
        _ => None,
    }
}

/// The choice a person stands before, also when they came back from a provider without its answer.
///
/// # Errors
/// The transaction, when it waits for something else.
pub fn choosing(transaction: &Transaction) -> Result<Choosing, SignInFault> {
    match &transaction.state {
        SignIn::Choosing(choosing) => Ok(choosing.clone()),
        SignIn::AwaitingFederation(away) => Ok(away.clone().turn_back()),
        SignIn::AwaitingScript(_)
        | SignIn::Noting(_)
        | SignIn::AwaitingProof(_)
        | SignIn::AwaitingAttributes(_)
        | SignIn::Completed(_)
        | SignIn::Denied(_) => Err(SignInFault::AlreadyUsed),
    }
}

/// Sends the person to a provider.
///
/// # Errors
/// What stops it, with the transaction back at its choice.
pub async fn leave(hop: &Hop, terms: &Terms, mut transaction: Transaction, handle: &Handle) -> Result<Answer, Failed> {
    let demands = terms.demands();
    let begun = async {
        let choosing = choosing(&transaction)?;
        transaction.state = SignIn::Choosing(choosing.clone());
        let connection = hop.gate(handle, demands.flow)?;
        Ok::<_, SignInFault>((choosing, connection))
    };
    let (choosing, connection) = match begun.await {
        Ok(begun) => begun,
        Err(fault) => return Err(Failed::within(transaction, fault)),
    };
    let id = transaction
        .id
        .as_str()
        .strip_prefix(TransactionId::PREFIX)
        .unwrap_or_default();
    let state = format!("{id}.{}", hop.state.random.text::<16>());
    let redirect = callback_address(hop, handle);
    let asked = choosing.request().and_then(|request| request.login_hint(handle));
    let wishes = Wishes::of(&transaction).about(asked);
    let options = wishes.options(&state);
    let bytes = hop.state.random.bytes();
    let begun = match Url::parse(&redirect) {
        Ok(redirect) => hop
            .state
            .federation
            .begin(&connection, &redirect, &options, &bytes)
            .await
            .map_err(Into::into),
        Err(_) => Err(SignInFault::Broken("the callback address is no address")),
    };
    let begun = match begun {
        Ok(begun) => begun,
        Err(fault) => return Err(Failed::within(transaction, fault).at(&connection)),
    };
    let max_age_seconds = options.max_age_seconds;
    let outbound = Outbound {
        connection: connection.id.clone(),
        handle: connection.handle.clone(),
        state: SecretText::new(state),
        nonce: SecretText::new(begun.nonce),
        code_verifier: begun.code_verifier,
        max_age_seconds,
    };
    match choosing.leave(outbound, demands.flow, hop.now) {
        Ok(away) => go_away(hop, transaction, away, begun.url.as_str()).await,
        Err(refused) => Err(Failed::within(transaction, refused.into())),
    }
}

async fn go_away(hop: &Hop, transaction: Transaction, away: AwaitingFederation, to: &str) -> Result<Answer, Failed> {
    let before = transaction.clone();
    let mut transaction = transaction;
    transaction.state = SignIn::AwaitingFederation(away);
    let cookies = match carrier::version(&transaction) {
        None => carrier::keep(&hop.state, &hop.headers, &transaction),
        Some(version) => store_away(hop, &transaction, version).await.map(|()| vec![]),
    };
    match cookies {
        Ok(cookies) => Ok(Answer::redirect(to, cookies)),
        Err(fault) => Err(Failed::within(before, fault)),
    }
}

/// A later step: the journey is remembered in the transaction's row.
async fn store_away(hop: &Hop, transaction: &Transaction, version: i64) -> Result<(), SignInFault> {
    let (id, sealed, now) = (
        transaction.id.clone(),
        transaction.seal_for_row(&hop.state.keyring),
        hop.now,
    );
    let advanced: bool = hop
        .state
        .store
        .write(move |tx| {
            Box::pin(async move { doorward_storage::transaction::advance(tx, &id, version, sealed, now).await })
        })
        .await?;
    if advanced {
        Ok(())
    } else {
        Err(SignInFault::AlreadyUsed)
    }
}

/// What the application's request asks for that the provider should know.
struct Wishes<'a> {
    login_hint: Option<&'a str>,
    prompt: Option<&'static str>,
    max_age_seconds: Option<u32>,
    ui_locales: Option<String>,
}

impl<'a> Wishes<'a> {
    fn of(transaction: &'a Transaction) -> Self {
        let Some(request) = transaction.request() else {
            return Self {
                login_hint: None,
                prompt: None,
                max_age_seconds: None,
                ui_locales: None,
            };
        };
        let asks = |prompt| request.prompt.contains(prompt);
        let prompt = match (asks(Prompt::Login), asks(Prompt::SelectAccount)) {
            (true, true) => Some("login select_account"),
            (true, false) => Some("login"),
            (false, true) => Some("select_account"),
            (false, false) => None,
        };
        Self {
            login_hint: request.login_hint.as_deref(),
            prompt,
            max_age_seconds: request.max_age_seconds,
            ui_locales: (!request.ui_locales.is_empty()).then(|| request.ui_locales.join(" ")),
        }
    }

    /// The script's word on who comes counts before the application's.
    fn about(self, login_hint: Option<&'a str>) -> Self {
        Self {
            login_hint: login_hint.or(self.login_hint),
            ..self
        }
    }

    fn options<'o>(&'o self, state: &'o str) -> BeginOptions<'o> {
        BeginOptions {
            state,
            login_hint: self.login_hint,
            prompt: self.prompt,
            max_age_seconds: self.max_age_seconds,
            ui_locales: self.ui_locales.as_deref(),
        }
    }
}

/// The transaction a provider's answer belongs to, by the state it gives back.
#[must_use]
pub fn transaction_of_state(state: &str) -> Option<TransactionId> {
    let (id, _) = state.split_once('.')?;
    format!("{}{id}", TransactionId::PREFIX).parse().ok()
}

/// Takes a provider's answer.
///
/// # Errors
/// What stops it. Nothing has been written then, except that a step answered before stays answered.
pub async fn come_back(hop: &Hop, handle: &Handle, callback: UntrustedCallback) -> Result<Answer, Failed> {
    let id = callback
        .state()
        .and_then(transaction_of_state)
        .ok_or(Failed::early(SignInFault::NotThisBrowser))?;
    let transaction = carrier::find(&hop.state, &hop.headers, &id)
        .await
        .map_err(Failed::early)?;
    let terms = hop.terms(&transaction).map_err(Failed::early)?;
    let SignIn::AwaitingFederation(away) = transaction.state.clone() else {
        return Err(Failed::within(transaction, SignInFault::AlreadyUsed));
    };
    // The state names the connection it was sent to: an answer at another one's address is a mix-up (S25).
    if away.outbound().handle != *handle {
        return Err(Failed::within(transaction, SignInFault::NotThisBrowser));
    }
    let connection = match hop.gate(handle, terms.demands().flow) {
        Ok(connection) if connection.id == away.outbound().connection => connection,
        Ok(_) => return Err(Failed::within(back(transaction), SignInFault::ConnectionUnusable)),
        Err(fault) => return Err(Failed::within(back(transaction), fault)),
    };
    let assertion = match exchange(hop, &away, &connection, callback).await {
        Ok(assertion) => assertion,
        Err(fault) => {
            let outcome = match &fault {
                SignInFault::Federation(error) if error.kind() == FaultKind::Aborted => StepOutcome::Abort,
                _ => StepOutcome::Fail,
            };
            return match give_up(hop, &terms, &transaction, away.turn_back(), outcome).await {
                Some(answered) => answered,
                None => Err(Failed::within(back(transaction), fault).at(&connection)),
            };
        }
    };
    // The exchange took time: whatever was decided meanwhile counts (S9).
    let hop = hop.renewed();
    let terms = hop.terms(&transaction).map_err(Failed::early)?;
    let connection = match hop.gate(handle, terms.demands().flow) {
        Ok(connection) if connection.id == assertion.connection => connection,
        Ok(_) | Err(_) => return Err(Failed::within(back(transaction), SignInFault::ConnectionUnusable)),
    };
    match away.receive(assertion, hop.now) {
        Ok(federated) => settle(&hop, &terms, transaction, federated, &connection).await,
        Err(refused) => Err(Failed::within(transaction, refused.into())),
    }
}

/// Tells the script that a step was not passed. `None` when it does not want to hear of it.
pub(super) async fn give_up(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    choosing: Choosing,
    outcome: StepOutcome,
) -> Option<Result<Answer, Failed>> {
    let next = choosing.give_up(outcome)?;
    let answered = advance(hop, terms, transaction.clone(), Effects::default(), next).await;
    Some(answered.map_err(|fault| Failed::within(transaction.clone(), fault)))
}

async fn exchange(
    hop: &Hop,
    away: &AwaitingFederation,
    connection: &Connection,
    callback: UntrustedCallback,
) -> Result<doorward_domain::subject::VerifiedAssertion, SignInFault> {
    let outbound = away.outbound();
    let redirect = Url::parse(&callback_address(hop, &outbound.handle))
        .map_err(|_| SignInFault::Broken("the callback address is no address"))?;
    let expected = Expected {
        state: outbound.state.expose(),
        nonce: outbound.nonce.expose(),
        code_verifier: &outbound.code_verifier,
        redirect_uri: &redirect,
        max_age_seconds: outbound.max_age_seconds,
        now: hop.now,
    };
    Ok(hop.state.federation.finish(connection, callback, expected).await?)
}

/// The transaction before the person left for the provider.
fn back(mut transaction: Transaction) -> Transaction {
    if let SignIn::AwaitingFederation(away) = transaction.state {
        transaction.state = SignIn::Choosing(away.turn_back());
    }
    transaction
}

/// A verified answer on its way through the retry page.
#[derive(Serialize, Deserialize)]
struct Parked {
    federated: Federated,
}

async fn settle(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    federated: Federated,
    connection: &Arc<Connection>,
) -> Result<Answer, Failed> {
    // What somebody sets up or proves at their own account they do here: a provider's word takes no step of it.
    let of_visit = match transaction.visit() {
        Some(visit) if visit.account.is_some() => Arc::new(Connection {
            trusted_acr: vec![],
            trusted_amr: vec![],
            ..connection.as_ref().clone()
        }),
        Some(_) | None => connection.clone(),
    };
    let connection = &of_visit;
    let joins = transaction.visit().and_then(Visit::links);
    let settled = match joins.filter(|_| federated.progress().person().is_some()) {
        Some(account) => self_service::join(hop, terms, &transaction, &federated, connection, account).await,
        None => federated::settle(hop, terms, &transaction, &federated, connection).await,
    };
    match settled {
        Ok(answer) => Ok(answer),
        Err(SignInFault::Denied(denial, step)) => {
            let sub = hop.derived_sub(&federated.link_key());
            let ended = Ended::at(&transaction, denial, step);
            refusal::record(hop, terms, ended, Some(connection), Some(sub)).await;
            Err(Failed::within(back(transaction), SignInFault::Denied(denial, step)).at(connection))
        }
        Err(SignInFault::Storage(error)) if error.contested() == Some(Contested::Transaction) => {
            catch_up(hop, transaction).await
        }
        Err(fault) => {
            let sealed = fault.is_retryable().then(|| park(hop, &transaction, federated));
            Err(Failed {
                sealed,
                ..Failed::within(back(transaction), fault).at(connection)
            })
        }
    }
}

/// The step was committed before, and the browser did not see the answer: it goes on from the row there is (S24).
async fn catch_up(hop: &Hop, stale: Transaction) -> Result<Answer, Failed> {
    let current = carrier::find_row(&hop.state, &stale).await.map_err(Failed::early)?;
    let cookies = carrier::keep(&hop.state, &hop.headers, &current).map_err(Failed::early)?;
    Ok(Answer::redirect(address(&current), cookies))
}

fn park(hop: &Hop, transaction: &Transaction, federated: Federated) -> String {
    let json = serde_json::to_vec(&Parked { federated }).unwrap_or_default();
    let sealed = hop
        .state
        .keyring
        .seal(Purpose::Page, parked_context(transaction).as_bytes(), &json);
    super::cookie::encode(&sealed)
}

/// Binds a parked answer to the transaction and, through its binding, to the browser.
fn parked_context(transaction: &Transaction) -> String {
    format!("parked {} {}", transaction.id, transaction.binding.expose())
}

/// Goes on with an answer that could not be written (F10).
///
/// # Errors
/// As [`come_back`].
pub async fn resume(hop: &Hop, transaction: Transaction, sealed: &str) -> Result<Answer, Failed> {
    let opened = super::cookie::decode(sealed)
        .and_then(|sealed| {
            hop.state
                .keyring
                .open(Purpose::Page, parked_context(&transaction).as_bytes(), &sealed)
                .ok()
        })
        .and_then(|json| serde_json::from_slice::<Parked>(&json).ok());
    let Some(Parked { federated }) = opened else {
        return Err(Failed::within(transaction, SignInFault::Forged));
    };
    let terms = hop.terms(&transaction).map_err(Failed::early)?;
    match hop.gate(federated.handle(), terms.demands().flow) {
        Ok(connection) if connection.id == federated.assertion().connection => {
            settle(hop, &terms, transaction, federated, &connection).await
        }
        Ok(_) | Err(_) => Err(Failed::within(transaction, SignInFault::ConnectionUnusable)),
    }
}

/// How a password fared.
pub enum PasswordOutcome {
    Passed(Answer),
    /// Unknown name or wrong password.
    Wrong,
}

/// Passes a step with a password.
///
/// # Errors
/// What stops it.
pub async fn enter_password(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    name: &str,
    typed: &str,
) -> Result<PasswordOutcome, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let demands = terms.demands();
    let choosing = choosing(&transaction).map_err(within)?;
    choosing
        .check_password_offered(demands.flow, hop.now)
        .map_err(|refused| within(refused.into()))?;
    let checked = password::check(hop, name, typed).await.map_err(within)?;
    let Some(checked) = checked else {
        return match give_up(hop, terms, &transaction, choosing, StepOutcome::Fail).await {
            Some(answered) => answered.map(PasswordOutcome::Passed),
            None => Ok(PasswordOutcome::Wrong),
        };
    };
    let next = choosing
        .accept(checked.accepted(), &demands, hop.now)
        .map_err(|refused| within(refused.into()))?;
    let used = doorward_storage::sign_in::AccountWrite::Use {
        account: checked.account.id.clone(),
        at: hop.now,
    };
    let effects = Effects {
        account: Some(used),
        forgive: checked.counter,
        ..Effects::default()
    };
    let sub = checked.account.sub;
    match advance(hop, terms, transaction.clone(), effects, next).await {
        Ok(answer) => Ok(PasswordOutcome::Passed(answer)),
        Err(fault) => {
            if let SignInFault::Denied(denial, step) = &fault {
                let ended = Ended::at(&transaction, *denial, *step);
                refusal::record(hop, terms, ended, None, Some(sub)).await;
            }
            Err(within(fault))
        }
    }
}

/// Proves with a password that the account which owns the asserted address is the person's (S5, S6).
///
/// # Errors
/// What stops it.
pub async fn prove(hop: &Hop, terms: &Terms, transaction: Transaction, typed: &str) -> Result<PasswordOutcome, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let SignIn::AwaitingProof(awaiting) = transaction.state.clone() else {
        return Err(within(SignInFault::AlreadyUsed));
    };
    let handle = awaiting.federated().handle().clone();
    let connection = hop.gate(&handle, terms.demands().flow).map_err(within)?;
    let owner = account::find(hop.state.store.read(), awaiting.account())
        .await
        .map_err(|e| within(e.into()))?;
    let Some(owner) = owner else {
        return Err(within(SignInFault::AlreadyUsed));
    };
    let checked = password::check(hop, &owner.username, typed).await.map_err(within)?;
    let Some(checked) = checked else {
        return Ok(PasswordOutcome::Wrong);
    };
    let proved = awaiting
        .prove(&checked.account.id, hop.now)
        .map_err(|refused| within(refused.into()))?;
    let linked = federated::link_proved(hop, terms, transaction.clone(), proved, &connection, checked.counter);
    match linked.await {
        Ok(answer) => Ok(PasswordOutcome::Passed(answer)),
        Err(fault) => {
            if let SignInFault::Denied(denial, step) = &fault {
                let ended = Ended::at(&transaction, *denial, *step);
                refusal::record(hop, terms, ended, Some(&connection), Some(owner.sub)).await;
            }
            Err(within(fault))
        }
    }
}

/// What became of the answers of the attributes page.
pub enum AttributesOutcome {
    Passed(Answer),
    Faulty(Vec<(String, AnswerFault)>),
}

/// Takes attributes that the provider did not send.
///
/// # Errors
/// What stops it.
pub async fn fill_in<'a>(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    typed: impl Fn(&str) -> Option<&'a str>,
) -> Result<AttributesOutcome, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let SignIn::AwaitingAttributes(awaiting) = transaction.state.clone() else {
        return Err(within(SignInFault::AlreadyUsed));
    };
    let answers: Claims = match awaiting.check(typed) {
        Ok(answers) => answers,
        Err(faults) => return Ok(AttributesOutcome::Faulty(faults)),
    };
    let next = awaiting
        .answer(answers, &terms.demands(), hop.now)
        .map_err(|refused| within(refused.into()))?;
    let answer = advance(hop, terms, transaction.clone(), Effects::default(), next)
        .await
        .map_err(within)?;
    Ok(AttributesOutcome::Passed(answer))
}

/// Ends a sign-in at the person's wish.
#[must_use]
pub fn cancel(hop: &Hop, transaction: &Transaction) -> Answer {
    hop.state.metrics.sign_in("cancelled");
    match &transaction.target {
        Target::Application(request) => {
            let why = "The person cancelled the sign-in.";
            finish::refuse(hop, transaction, request, ErrorCode::AccessDenied, why)
        }
        Target::Console { .. } => {
            let cookies = carrier::forget(&hop.state, transaction).into_iter().collect();
            Answer::redirect("/signed-out", cookies)
        }
        Target::Account(visit) => {
            let cookies = carrier::forget(&hop.state, transaction).into_iter().collect();
            let home = if visit.account.is_some() {
                self_service::HOME
            } else {
                "/signed-out"
            };
            Answer::redirect(home, cookies)
        }
    }
}
