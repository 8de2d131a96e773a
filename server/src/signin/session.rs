//! Signed-in browsers: one cookie, many applications.

use doorward_domain::assurance::{Evidence, assess, auth_time};
use doorward_domain::engine::{Completed, Person, SignIn, covers_for};
use doorward_domain::id::SessionId;
use doorward_domain::self_service::PROOF_LIFE;
use doorward_domain::{Claims, Timestamp};
use doorward_oidc::authorize::{AuthorizationRequest, Prompt};
use doorward_storage::account;
use doorward_storage::session::{self, NewSession, Session, SessionKey};
use doorward_storage::sign_in::SessionWrite;
use doorward_vault::{Keyring, Purpose};
use http::HeaderValue;

use super::cookie::{self, SESSION};
use super::fault::SignInFault;
use super::hop::{Hop, Terms};
use super::script::{self, Ran, Sent};
use super::transaction::Transaction;
use super::{finish, owner};

/// The key of the browser's session, if its cookie has the form of one.
#[must_use]
pub fn key(hop: &Hop) -> Option<SessionKey> {
    let bytes = cookie::decode(hop.cookies().read(&hop.headers, SESSION)?).filter(|bytes| bytes.len() == 32)?;
    Some(key_of(&hop.state.keyring, &bytes))
}

/// The key of the session whose cookie holds this token.
#[must_use]
pub fn key_of(keyring: &Keyring, token: &[u8]) -> SessionKey {
    keyring.mac(Purpose::Session, &[token]).to_vec()
}

/// The token of the session that a sign-in to an application ends in. It is computed, so that it can be given again to a
/// browser that saw no answer (`finish::again`): out of what binds that browser, with our key.
#[must_use]
pub fn token_of(keyring: &Keyring, transaction: &Transaction) -> [u8; 32] {
    let id = transaction.id.as_str().as_bytes();
    let binding = transaction.binding.expose().as_bytes();
    keyring.mac(Purpose::Session, &[b"token", id, binding])
}

/// The cookie that holds a session's token.
#[must_use]
pub fn cookie_of(hop: &Hop, token: &[u8; 32]) -> Option<HeaderValue> {
    hop.cookies().set(SESSION, &cookie::encode(token), None)
}

/// The browser's live session.
///
/// # Errors
/// Those of the database.
pub async fn find(hop: &Hop) -> Result<Option<Session>, SignInFault> {
    match key(hop) {
        Some(key) => Ok(session::find(hop.state.store.read(), &key, hop.now).await?),
        None => Ok(None),
    }
}

/// What an application knows a session by (`sid`, OpenID Connect Session Management). Not the key, and of no use for
/// anything else.
#[must_use]
pub fn public_id(keyring: &Keyring, key: &[u8]) -> String {
    cookie::encode(&keyring.mac(Purpose::Session, &[b"sid", key])[..16])
}

/// Who is signed in.
#[must_use]
pub fn person(keyring: &Keyring, session: &Session) -> Option<Person> {
    match (&session.sealed_person, &session.account) {
        (Some(sealed), _) => {
            let json = keyring.open(Purpose::Claims, &session.key, sealed).ok()?;
            serde_json::from_slice(&json).ok()
        }
        (None, Some(account)) => Some(Person::Account {
            id: account.id.clone(),
            sub: account.sub.clone(),
            fresh: None,
            mailbox: account.owned_address().is_some(),
        }),
        (None, None) => None,
    }
}

/// The claims an application may learn in this session.
#[must_use]
pub fn claims(session: &Session, person: &Person) -> Claims {
    let of_account = || session.account.as_ref().map(|account| account.claims());
    person.passing_claims().cloned().or_else(of_account).unwrap_or_default()
}

/// A new session for a completed sign-in, in the place of the browser's old one (S26), and its cookie.
#[must_use]
pub fn begin(hop: &Hop, done: &Completed) -> (NewSession, SessionWrite, Option<HeaderValue>) {
    begin_as(hop, &done.person, done.evidence.clone())
}

/// A new session of somebody with this evidence.
#[must_use]
pub fn begin_as(
    hop: &Hop,
    person: &Person,
    evidence: Vec<Evidence>,
) -> (NewSession, SessionWrite, Option<HeaderValue>) {
    begin_with(hop, &hop.state.random.bytes(), person, evidence, end_of_new(hop))
}

/// The session of a sign-in to an application. Of one that rests on the session `before`, it keeps what that had proven,
/// and ends when that would have.
#[must_use]
pub fn begin_for(
    hop: &Hop,
    transaction: &Transaction,
    done: &Completed,
    before: Option<Session>,
) -> (NewSession, SessionWrite, Option<HeaderValue>) {
    let token = token_of(&hop.state.keyring, transaction);
    let expires_at = before
        .as_ref()
        .map_or_else(|| end_of_new(hop), |before| before.expires_at);
    let kept = before.map(|before| kept(before, done)).unwrap_or_default();
    let evidence = done.evidence.iter().cloned().chain(kept).collect();
    begin_with(hop, &token, &done.person, evidence, expires_at)
}

/// When a session that begins now ends.
fn end_of_new(hop: &Hop) -> Timestamp {
    hop.now + chrono::Duration::from_std(hop.state.config.session_life).unwrap_or_default()
}

fn begin_with(
    hop: &Hop,
    token: &[u8; 32],
    person: &Person,
    evidence: Vec<Evidence>,
    expires_at: Timestamp,
) -> (NewSession, SessionWrite, Option<HeaderValue>) {
    let state = &hop.state;
    let key = key_of(&state.keyring, token);
    // Somebody without an account, or with claims for this sign-in only, lives sealed in here and nowhere else.
    let sealed_person = person.passing_claims().map(|_| {
        let json = serde_json::to_vec(person).unwrap_or_default();
        state.keyring.seal(Purpose::Claims, &key, &json)
    });
    let new = NewSession {
        key,
        account: person.account().cloned(),
        sub: person.sub().to_owned(),
        sealed_person,
        evidence,
        user_agent: hop.user_agent(),
        created_at: hop.now,
        expires_at,
    };
    let write = match self::key(hop) {
        Some(old) => SessionWrite::Replace {
            new: Box::new(new.clone()),
            old,
        },
        None => SessionWrite::Insert(Box::new(new.clone())),
    };
    (new, write, cookie_of(hop, token))
}

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
pub async fn standing(
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
        if !state.has_proof() || !may_go_on(hop, session, person).await? {
            return Ok(Standing::Nothing);
        }
        let sent = Sent::of_run(hop, terms, last.as_ref());
        return Ok(Standing::Part(Box::new(Begun { state, sent })));
    }
}

/// Whether somebody may go on from what this session has proven. Whoever has nothing yet to confirm it with would set
/// that up at the next step, and a cookie that was stolen must not do that: they show who they are anew, unless they
/// have just done so. Nor does anything count that was proven before all the account's sessions were ended (S16).
async fn may_go_on(hop: &Hop, session: &Session, person: &Person) -> Result<bool, SignInFault> {
    let store = hop.state.store.read();
    let oldest = session.evidence.iter().map(|piece| piece.at).min();
    if let (Some(account), Some(since)) = (person.account(), oldest)
        && account::is_signed_out_since(store, account, since).await?
    {
        return Ok(false);
    }
    let is_recent = auth_time(&session.evidence).is_some_and(|at| hop.now - at < PROOF_LIFE);
    Ok(is_recent || owner::holds_factor(hop, person).await?)
}

/// A sign-in that rests on the browser's session goes on while that is alive and the same person's.
///
/// # Errors
/// `Expired`; those of the database.
pub(super) async fn check(hop: &Hop, transaction: &Transaction, next: &SignIn) -> Result<(), SignInFault> {
    if !transaction.rests_on_session {
        return Ok(());
    }
    let sub = finish::person_of(next).map(Person::sub);
    match find(hop).await? {
        Some(session) if sub.is_none_or(|sub| sub == session.sub) => Ok(()),
        Some(_) | None => Err(SignInFault::Expired),
    }
}

/// What a session has proven beside what the same person has proven now: it goes over into the one that takes its place.
#[must_use]
pub(super) fn kept(before: Session, done: &Completed) -> Vec<Evidence> {
    let is_new = |piece: &Evidence| done.evidence.iter().all(|other| other.option != piece.option);
    before.evidence.into_iter().filter(is_new).collect()
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

/// What pages and scripts call a session. Its key is a hash of its cookie; this is a hash of that, so it opens nothing.
#[must_use]
pub fn name(session: &Session) -> SessionId {
    let hash = doorward_vault::sha256(&session.key);
    let mut short = [0; 16];
    short.copy_from_slice(&hash[..16]);
    SessionId::from_random(short)
}
