//! The moves of a sign-in, each from one request of the browser to the next.
//!
//! Every move loads the transaction, matches its state, asks the engine, commits, and sends the browser back to the one
//! dispatcher page, which shows whatever comes next. How a sign-in begins and is given up stands here; the way to a
//! provider in [`leave`], the way back in [`come_back`] and [`parked`], what people type in [`typed`].

mod come_back;
mod failed;
mod leave;
mod parked;
mod typed;
mod wishes;

use std::borrow::Cow;
use std::sync::Arc;

use doorward_domain::connection::Connection;
use doorward_domain::engine::{Choosing, SignIn, WrongCode};
use doorward_domain::flow::{AuthOption, SignInFlow};
use doorward_domain::script::StepOutcome;
use doorward_domain::text::Handle;
use doorward_oidc::authorize::{AuthorizationRequest, ErrorCode, Prompt};

use super::farewell::Place;
use super::fault::SignInFault;
use super::finish::{Answer, Effects, advance};
use super::hop::{Hop, Terms};
use super::standing::{self, Standing};
use super::transaction::{Target, Transaction};
use super::{carrier, choose_account, console, finish, script, self_service};
pub use come_back::{come_back, transaction_of_state};
pub(super) use come_back::{exchange, note_provider};
pub use failed::Failed;
pub use leave::{callback_address, leave};
pub(super) use leave::{go_away, set_out, skip_prompt};
pub use parked::resume;
pub use typed::{AttributesOutcome, PasswordOutcome, enter_password, fill_in};
pub(super) use wishes::Wishes;

/// The page of a transaction.
#[must_use]
pub fn address(transaction: &Transaction) -> String {
    format!("/signin/{}", transaction.id)
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
    let signed_on = sign_on(hop, terms, &transaction, &request).await;
    if let Some(answer) = signed_on.map_err(Failed::early)? {
        return Ok(answer);
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

/// Goes on with the browser's session, as far as it is good for what was asked: to the application, or to the first step
/// that it does not stand for. `None` where it is good for nothing.
///
/// # Errors
/// What stops it.
pub async fn sign_on(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    request: &AuthorizationRequest,
) -> Result<Option<Answer>, SignInFault> {
    match standing::of(hop, terms, transaction, request).await? {
        Standing::Whole(signed_on) => {
            let answer = finish::sign_on(hop, terms, transaction, request, *signed_on).await?;
            Ok(Some(answer))
        }
        Standing::Part(begun) => {
            let transaction = Transaction {
                rests_on_session: true,
                ..transaction.clone()
            };
            // It goes into a row at once; the same requests are too large as without a session.
            carrier::keep(&hop.state, &hop.headers, &transaction)?;
            match advance(hop, terms, transaction, Effects::default(), begun.state).await {
                Ok(mut answer) => {
                    answer.send(begun.sent);
                    Ok(Some(answer))
                }
                // It has ended this moment, perhaps by the script itself.
                Err(SignInFault::Expired) => Ok(None),
                Err(fault) => Err(fault),
            }
        }
        Standing::Nothing => Ok(None),
    }
}

/// Begins anew without what the browser's session has proven. For somebody else a provider is asked to let them choose.
///
/// # Errors
/// What stops it.
pub async fn begin_anew(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    for_another: bool,
) -> Result<Answer, Failed> {
    let mut target = transaction.target.clone();
    if let (true, Target::Application(request)) = (for_another, &mut target) {
        request.prompt = request.prompt.iter().chain([Prompt::SelectAccount]).collect();
    }
    let fresh = Transaction::begin(target, terms.demands().flow, &*hop.state.random, hop.now);
    let mut answer = begin(hop, terms, fresh).await?;
    answer.cookies.extend(carrier::forget(&hop.state, transaction));
    Ok(answer)
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
    let mut answer = match only_connection(hop, terms, &transaction.state) {
        Some(handle) => leave(hop, terms, transaction, &handle).await?,
        None => to_page(hop, transaction)?,
    };
    answer.send(begun.sent);
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

fn only_connection(hop: &Hop, terms: &Terms, state: &SignIn) -> Option<Handle> {
    let SignIn::Choosing(choosing) = state else {
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
pub fn choosing(transaction: &Transaction) -> Result<Cow<'_, Choosing>, SignInFault> {
    match &transaction.state {
        SignIn::Choosing(choosing) => Ok(Cow::Borrowed(choosing)),
        SignIn::AwaitingFederation(away) => Ok(Cow::Owned(away.clone().turn_back())),
        SignIn::AwaitingScript(_)
        | SignIn::Prompting(_)
        | SignIn::Noting(_)
        | SignIn::AwaitingProof(_)
        | SignIn::AwaitingAttributes(_)
        | SignIn::Completed(_)
        | SignIn::Denied(_) => Err(SignInFault::AlreadyUsed),
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

/// Takes a wrong code. `None` when the person tries again.
pub(super) async fn miss(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    choosing: Choosing,
    option: &AuthOption,
) -> Option<Result<Answer, Failed>> {
    let (next, has_failed) = match choosing.miss(option) {
        WrongCode::Again => return None,
        WrongCode::Counted(next) => (next, false),
        WrongCode::Failed(next) => (next, true),
    };
    let answered = advance(hop, terms, transaction.clone(), Effects::default(), next).await;
    match answered {
        // The page is shown again with what was wrong.
        Ok(_) if !has_failed => None,
        answered => Some(answered.map_err(|fault| Failed::within(transaction.clone(), fault))),
    }
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
            Answer::redirect(Place::Console.given_up(), cookies)
        }
        Target::Account(visit) => {
            let cookies = carrier::forget(&hop.state, transaction).into_iter().collect();
            let home = match &visit.account {
                Some(_) if visit.return_to == console::PROVEN => console::HOME.to_owned(),
                Some(_) => self_service::HOME.to_owned(),
                None => Place::Account.given_up(),
            };
            Answer::redirect(home, cookies)
        }
    }
}
