//! Signed-in browsers: one cookie, many applications.

use doorward_domain::assurance::Evidence;
use doorward_domain::engine::{Completed, Person, SignIn};
use doorward_domain::id::SessionId;
use doorward_domain::{Claims, Timestamp};
use doorward_storage::session::{self, NewSession, Session, SessionKey};
use doorward_storage::sign_in::SessionWrite;
use doorward_vault::{Keyring, Purpose};
use http::HeaderValue;

use super::cookie::{self, SESSION};
use super::fault::SignInFault;
use super::finish;
use super::hop::Hop;
use super::transaction::Transaction;

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
    let rests = before.is_some();
    let kept = before.map(|before| kept(before, done)).unwrap_or_default();
    let evidence = done.evidence.iter().cloned().chain(kept).collect();
    let (new, mut write, cookie) = begin_with(hop, &token, &done.person, evidence, expires_at);
    if let SessionWrite::Replace { rests_on_old, .. } = &mut write {
        *rests_on_old = rests;
    }
    (new, write, cookie)
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
            rests_on_old: false,
        },
        None => SessionWrite::Insert(Box::new(new.clone())),
    };
    (new, write, cookie_of(hop, token))
}

/// A sign-in that rests on the browser's session goes on while that is alive and the same person's.
///
/// # Errors
/// `Expired`; those of the database.
pub async fn check(hop: &Hop, transaction: &Transaction, next: &SignIn) -> Result<(), SignInFault> {
    if !transaction.rests_on_session {
        return Ok(());
    }
    rested_on(hop, finish::person_of(next)).await.map(drop)
}

/// The session that a sign-in of this person rests on, as it is now.
///
/// # Errors
/// `Expired` where there is none, or somebody else's; those of the database.
pub(super) async fn rested_on(hop: &Hop, person: Option<&Person>) -> Result<Session, SignInFault> {
    let session = find(hop).await?;
    let is_theirs = |session: &Session| person.is_none_or(|person| person.sub() == session.sub);
    session.filter(is_theirs).ok_or(SignInFault::Expired)
}

/// What a session has proven beside what the same person has proven now: it goes over into the one that takes its place.
#[must_use]
pub(super) fn kept(before: Session, done: &Completed) -> Vec<Evidence> {
    let is_new = |piece: &Evidence| done.evidence.iter().all(|other| other.option != piece.option);
    before.evidence.into_iter().filter(is_new).collect()
}

/// What pages and scripts call a session. Its key is a hash of its cookie; this is a hash of that, so it opens nothing.
#[must_use]
pub fn name(session: &Session) -> SessionId {
    let hash = doorward_vault::sha256(&session.key);
    let mut short = [0; 16];
    short.copy_from_slice(&hash[..16]);
    SessionId::from_random(short)
}
