//! What a provider ends: the sessions that began in one of its own (OpenID Connect Back-Channel Logout 1.0).

use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::id::{AuditEventId, ConnectionId};
use doorward_domain::subject::LinkKey;
use doorward_federation::{LoggedOut, VerifiedLogout};
use doorward_storage::upstream_logout::{self, Whom};
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

/// Ends the sessions of whoever a provider has logged out, with what was granted in them, and writes that down, all in one
/// commit. `false` when the token was used before (S24); then nothing is written.
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
