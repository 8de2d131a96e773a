//! What the browser's session is worth for a request: all of it, some steps, or nothing.

use doorward_domain::assurance::{assess, auth_time};
use doorward_domain::engine::{Person, SignIn, covers_for};
use doorward_oidc::authorize::{AuthorizationRequest, Prompt};
use doorward_storage::account;
use doorward_storage::session::Session;

use super::fault::SignInFault;
use super::hop::{Hop, Terms};
use super::script::{self, Ran, Sent};
use super::session::{claims, find, person};
use super::transaction::Transaction;

/// A session that is good for a request as it stands: single sign-on.
pub struct SignedOn {
    pub session: Session,
    pub person: Person,
    /// The steps the application's script asked for, counted from 0; `None` where all steps run.
    pub path: Option<Vec<u32>>,
    /// What the script wrote.
    pub script_log: Vec<String>,
}

/// What the browser's session is worth for a request.
pub enum Standing {
    /// All that is asked for: single sign-on.
    Whole(Box<SignedOn>),
    /// Some steps of it: the person passes the others.
    Part(Box<Begun>),
    Nothing,
}

/// A sign-in whose first steps the browser's session stands for.
pub struct Begun {
    pub state: SignIn,
    /// What the application's script sends to the browser.
    pub sent: Sent,
}

/// What the browser's session is worth for everything this request asks for (`prompt`, `max_age`, `acr`, the person the
/// application names, the application's flow and required claims).
///
/// # Errors
/// Those of the database.
pub async fn of(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    request: &AuthorizationRequest,
) -> Result<Standing, SignInFault> {
    let wants_choice = request.prompt.contains(Prompt::SelectAccount) || request.prompt.contains(Prompt::Login);
    if wants_choice {
        return Ok(Standing::Nothing);
    }
    let Some(mut session) = find(hop).await? else {
        return Ok(Standing::Nothing);
    };
    session.evidence = hop.snapshot.renewed(&session.evidence);
    let Some(person) = person(&hop.state.keyring, &session) else {
        return Ok(Standing::Nothing);
    };
    let signed_on = SignedOn {
        session,
        person,
        path: None,
        script_log: vec![],
    };
    if !is_good_for(hop, terms, request, &signed_on) {
        return Ok(Standing::Nothing);
    }
    let (acr, _) = assess(&signed_on.session.evidence);
    Ok(match cover_flow(hop, terms, transaction, signed_on).await? {
        // The level was not reached by all that the flow asks for: the person tries anew.
        Standing::Whole(_) if !request.accepts_acr(acr) => Standing::Nothing,
        Standing::Part(_) if !request.allows_pages() => Standing::Nothing,
        standing => standing,
    })
}

/// How much of what the flow asks for the session has. A script is run with what the session proves in the place of the
/// steps it asks for.
async fn cover_flow(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    mut signed_on: SignedOn,
) -> Result<Standing, SignInFault> {
    let demands = terms.demands();
    let SignedOn { session, person, .. } = &signed_on;
    if demands.flow.script.is_none() && covers_for(demands.flow, person, &session.evidence) {
        return Ok(Standing::Whole(Box::new(signed_on)));
    }
    let known = claims(session, person);
    let mut left = session.evidence.clone();
    let mut state = transaction.state.clone();
    loop {
        let Ran {
            state: next,
            last,
            association,
        } = script::run(hop, terms, transaction, state).await?;
        // What a script links is written with a step that the person passes, so they pass it.
        if association.is_some() {
            return Ok(Standing::Nothing);
        }
        let choosing = match next {
            SignIn::Choosing(choosing) => choosing,
            SignIn::Completed(done) if demands.flow.script.is_some() => {
                signed_on.path = done.path;
                signed_on.script_log = last.as_ref().map(script::log).unwrap_or_default();
                return Ok(Standing::Whole(Box::new(signed_on)));
            }
            SignIn::Completed(_)
            | SignIn::AwaitingScript(_)
            | SignIn::AwaitingFederation(_)
            | SignIn::Prompting(_)
            | SignIn::Noting(_)
            | SignIn::AwaitingProof(_)
            | SignIn::AwaitingAttributes(_)
            | SignIn::Denied(_) => return Ok(Standing::Nothing),
        };
        if let Some(next) = choosing.take_over_any(&mut left, person, &known, &demands, hop.now) {
            state = next;
            continue;
        }
        let state = SignIn::Choosing(choosing);
        let goes_on = state.has_proof() && !was_ended_since(hop, session, person).await?;
        let part = goes_on.then(|| {
            let sent = Sent::of_run(hop, terms, last.as_ref());
            Standing::Part(Box::new(Begun { state, sent }))
        });
        return Ok(part.unwrap_or(Standing::Nothing));
    }
}

/// Whether all the account's sessions were ended after something was proven in this one, which may have been left out:
/// that counts for nothing new (S16).
async fn was_ended_since(hop: &Hop, session: &Session, person: &Person) -> Result<bool, SignInFault> {
    let oldest = session.evidence.iter().map(|piece| piece.at).min();
    match (person.account(), oldest) {
        (Some(account), Some(since)) => Ok(account::is_signed_out_since(hop.state.store.read(), account, since).await?),
        _ => Ok(false),
    }
}

fn is_good_for(hop: &Hop, terms: &Terms, request: &AuthorizationRequest, signed_on: &SignedOn) -> bool {
    let SignedOn { session, person, .. } = signed_on;
    let Some(application) = terms.application() else {
        return false;
    };
    let Some(at) = auth_time(&session.evidence) else {
        return false;
    };
    let demands = terms.demands();
    let known = claims(session, person);
    let subject = hop.state.oidc.subjects.for_application(application, person.sub());
    hop.snapshot.vouches_for(&session.evidence)
        && demands.required_claims.iter().all(|name| known.contains_key(name))
        && !request.needs_new_authentication(at, hop.now)
        && request.accepts_subject(&subject)
}
