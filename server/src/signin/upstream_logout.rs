//! What a provider ends: the sessions that began in one of its own, and the sign-ins under way (OpenID Connect
//! Back-Channel Logout 1.0).

use doorward_domain::assurance::Evidence;
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::engine::{Federated, Person};
use doorward_domain::id::{AuditEventId, ConnectionId};
use doorward_domain::subject::LinkKey;
use doorward_federation::{LoggedOut, VerifiedLogout};
use doorward_storage::upstream_logout::{self, Vouched, Whom};
use doorward_storage::{StorageError, audit, used_token};
use doorward_vault::{Keyring, Purpose};
use serde_json::json;

use super::cookie;
use super::hop::Hop;

/// Stands for a provider's session: its `sid`, which is unique only within the provider, as a keyed hash.
#[must_use]
pub fn session_mark(keyring: &Keyring, connection: &ConnectionId, session_id: &str) -> String {
    let parts: [&[u8]; 3] = [b"upstream", connection.as_str().as_bytes(), session_id.as_bytes()];
    cookie::encode(&keyring.mac(Purpose::Session, &parts)[..16])
}

/// For whom providers have vouched in a sign-in, as far as a logout may have come between: what arrives at this moment
/// cannot be older than one.
#[must_use]
pub(super) fn vouched<'a>(hop: &Hop, person: &Person, evidence: impl Iterator<Item = &'a Evidence>) -> Vec<Vouched> {
    let mut vouched = Vec::new();
    for piece in evidence.filter(|piece| piece.at < hop.now) {
        let Some(connection) = &piece.connection else {
            continue;
        };
        let session_mark = piece.upstream_session.as_deref();
        let by = |name: &str| Vouched::new(&hop.state.keyring, connection, name, session_mark, piece.at);
        vouched.push(match person {
            Person::Account { id, .. } => by(id.as_str()),
            Person::PassThrough { key, .. } => by(&hop.derived_sub(key)),
        });
    }
    vouched
}

/// The same for an answer that becomes an account's only now, having waited for a proof or for the database: until then a
/// logout knew the subject alone.
#[must_use]
pub(super) fn vouched_as_subject(hop: &Hop, federated: &Federated) -> Option<Vouched> {
    let (assertion, at) = (federated.assertion(), federated.received_at());
    (at < hop.now).then(|| {
        let sub = hop.derived_sub(&federated.link_key());
        let session_mark = assertion.session_mark.as_deref();
        Vouched::new(&hop.state.keyring, &assertion.connection, &sub, session_mark, at)
    })
}

/// Ends the sessions of whoever a provider has logged out, with what was granted in them and what they have under way, and
/// writes that down, all in one commit. `false` when the token was used before (S24); then nothing is written.
///
/// # Errors
/// Those of the database.
pub async fn end(hop: &Hop, connection: &Connection, logout: VerifiedLogout) -> Result<bool, StorageError> {
    // A connection's identifier holds no colon, so two pairs never give one key.
    let key = format!("logout-token:{}:{}", connection.id, logout.token_id);
    let whom = whom(hop, connection, logout.whom);
    let event = AuditEvent {
        actor: Actor::System,
        connection: Some(connection.id.clone()),
        ..hop.event(AuditAction::SignedOut)
    };
    let (state, now) = (hop.state.clone(), hop.now);
    let write = hop.state.store.write(move |tx| {
        Box::pin(async move {
            upstream_logout::wait_for_steps(tx).await?;
            if !used_token::redeem(tx, &key, logout.good_until).await? {
                return Ok(false);
            }
            for ended in upstream_logout::end(tx, &whom, now).await? {
                let told = AuditEvent {
                    id: AuditEventId::from_random(state.random.id()),
                    account: ended.account,
                    sub: Some(ended.sub),
                    detail: json!({"by": "provider", "sessions": ended.sessions}),
                    ..event.clone()
                };
                audit::insert(tx, &told).await?;
            }
            Ok::<_, StorageError>(true)
        })
    });
    write.await
}

/// The same people in our words.
fn whom(hop: &Hop, connection: &Connection, logged_out: LoggedOut) -> Whom {
    let mark = |session_id: &str| session_mark(&hop.state.keyring, &connection.id, session_id);
    match logged_out {
        LoggedOut::Session(session_id) => Whom::Session {
            connection: connection.id.clone(),
            session_mark: mark(&session_id),
        },
        LoggedOut::Person { subject, session_id } => {
            let key = LinkKey {
                connection: connection.id.clone(),
                issuer: connection.oidc.issuer.clone(),
                subject,
            };
            Whom::Person {
                subs: hop.subs(&key),
                session_mark: session_id.as_deref().map(mark),
                key,
            }
        }
    }
}
