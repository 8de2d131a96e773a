//! Sessions that a provider ends (OpenID Connect Back-Channel Logout 1.0 §2.7), and the sign-ins under way.
//!
//! What is under way has no session yet, and what it holds is sealed. So a logout leaves keyed hashes of whom it meant in
//! `used_token`, for as long as a sign-in may take, and the statement that ends a sign-in or takes a later step of it looks
//! for them. The row says when the hash stops counting; so it says when the logout was, too.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::Timestamp;
use doorward_domain::assurance::Evidence;
use doorward_domain::id::{AccountId, ConnectionId};
use doorward_domain::subject::LinkKey;
use doorward_vault::{Keyring, Purpose};
use sea_orm::Value;

use crate::db::{Database, Row, Sealed, Tx, execute, is_sqlite, optional_id, parse, query_all, query_one, time};
use crate::error::StorageError;
use crate::session::{self, SessionKey};
use crate::transaction::LIFE;

const TABLE: &str = "session";

/// Whom a provider has logged out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// A person.
    Person {
        key: LinkKey,
        /// What they are known by while they have no account, the one derived from the subject first.
        subs: Vec<String>,
        /// Stands for the one session of the provider that ended; `None` when all of them did.
        session_mark: Option<String>,
    },
    /// Whoever signed in in this session of the provider.
    Session {
        connection: ConnectionId,
        session_mark: String,
    },
}

/// Whose sessions have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// `None` for a person without an account.
    pub account: Option<AccountId>,
    pub sub: String,
    pub sessions: u32,
}

/// Somebody for whom a provider has vouched in a sign-in that is not over: the keyed hashes that a logout of theirs
/// leaves, and when that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    marks: Vec<String>,
    at: Timestamp,
}

/// Whom a mark stands for.
#[derive(Clone, Copy)]
enum Marked<'a> {
    /// A person, in every session of the provider.
    Person(&'a str),
    /// A person, in this session of the provider.
    PersonIn(&'a str, &'a str),
    /// A person, where it is not known in which session of the provider.
    PersonSomewhere(&'a str),
    /// Whoever is in this session of the provider.
    Session(&'a str),
}

impl Marked<'_> {
    fn mark(self, keyring: &Keyring, connection: &ConnectionId) -> String {
        let (kind, person, session) = match self {
            Self::Person(person) => ("person", person, ""),
            Self::PersonIn(person, session) => ("person in", person, session),
            Self::PersonSomewhere(person) => ("person somewhere", person, ""),
            Self::Session(session) => ("session", "", session),
        };
        let parts = ["logged out", connection.as_str(), kind, person, session].map(str::as_bytes);
        let mac = keyring.mac(Purpose::Session, &parts);
        format!("logged-out:{}", URL_SAFE_NO_PAD.encode(&mac[..16]))
    }
}

impl Vouched {
    /// `person` is the id of their account; for somebody without one, the sub derived from the subject.
    #[must_use]
    pub fn new(
        keyring: &Keyring,
        connection: &ConnectionId,
        person: &str,
        session_mark: Option<&str>,
        at: Timestamp,
    ) -> Self {
        let everywhere = Marked::Person(person);
        let marked = match session_mark {
            Some(session) => vec![everywhere, Marked::PersonIn(person, session), Marked::Session(session)],
            None => vec![everywhere, Marked::PersonSomewhere(person)],
        };
        let marks = marked.into_iter().map(|marked| marked.mark(keyring, connection));
        Self {
            marks: marks.collect(),
            at,
        }
    }
}

/// That no provider has logged out, since it vouched for them, any of these; `None` where there is nobody. `?` stands for
/// the next value.
pub(crate) fn condition(vouched: &[Vouched], is_sqlite: bool, values: &mut Vec<Value>) -> Option<String> {
    if vouched.is_empty() {
        return None;
    }
    let mut each = Vec::with_capacity(vouched.len());
    for Vouched { marks, at } in vouched {
        values.extend(marks.iter().map(|mark| Value::from(mark.as_str())));
        values.push(time(*at + LIFE));
        let places = vec!["?"; marks.len()].join(", ");
        each.push(format!("(key IN ({places}) AND expires_at > ?)"));
    }
    // PostgreSQL takes the lock that this asks for before it looks, and so waits for a logout: see `wait_for_steps`.
    let lock = if is_sqlite { "" } else { " FOR SHARE" };
    let each = each.join(" OR ");
    Some(format!("NOT EXISTS (SELECT 1 FROM used_token WHERE {each}{lock})"))
}

/// Whether a provider has logged out one of these since it vouched for them.
///
/// # Errors
/// Those of the database.
pub async fn is_logged_out(db: &impl Database, vouched: &[Vouched]) -> Result<bool, StorageError> {
    for Vouched { marks, at } in vouched {
        for mark in marks {
            let sql = "SELECT 1 AS one FROM used_token WHERE key = $1 AND expires_at > $2";
            let values = vec![mark.as_str().into(), time(*at + LIFE)];
            if query_one(db, sql, values).await?.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Comes before everything else that a logout does: on PostgreSQL it waits until every step that has looked for logouts
/// is written, and has those to come wait for this one. So what a step begins is seen by the logout, or the logout by the
/// step. SQLite writes one after the other anyway.
///
/// # Errors
/// Those of the database.
pub async fn wait_for_steps(tx: &Tx) -> Result<(), StorageError> {
    if !is_sqlite(tx) {
        execute(tx, "LOCK TABLE used_token IN EXCLUSIVE MODE", vec![]).await?;
    }
    Ok(())
}

impl Whom {
    fn connection(&self) -> &ConnectionId {
        match self {
            Self::Person { key, .. } => &key.connection,
            Self::Session { connection, .. } => connection,
        }
    }

    /// Whether a session of this person rests on what the provider has ended.
    fn means(&self, evidence: &[Evidence]) -> bool {
        evidence.iter().any(|piece| {
            let began_in = piece.upstream_session.as_deref();
            let is_it = match self {
                Self::Person { session_mark: None, .. } => true,
                // One of which the provider never said in which session of its own it began may be the one that ended.
                Self::Person {
                    session_mark: Some(mark),
                    ..
                } => began_in.is_none_or(|began_in| began_in == mark),
                Self::Session { session_mark, .. } => began_in == Some(session_mark),
            };
            is_it && piece.connection.as_ref() == Some(self.connection())
        })
    }
}

/// Ends the sessions of whoever was logged out, with the grants that were made in them, and what they have under way. It
/// comes behind [`wait_for_steps`].
///
/// A session ends when its evidence names the connection, whatever else stands beside that. One of the same account that
/// was begun without the connection, by a password alone, stays. So do grants with offline access, which outlive every
/// session (§2.7).
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn end(tx: &Tx, whom: &Whom, at: Timestamp) -> Result<Vec<Ended>, StorageError> {
    let mut keys: Vec<SessionKey> = Vec::new();
    let mut ended: Vec<Ended> = Vec::new();
    remember(tx, whom, at).await?;
    for row in find(tx, whom).await? {
        let evidence: Vec<Evidence> = parse(&row.get::<String>("evidence")?, TABLE, "of a browser")?;
        if !whom.means(&evidence) {
            continue;
        }
        keys.push(row.get("key")?);
        let account: Option<AccountId> = optional_id(row.get("account_id")?, TABLE)?;
        let sub: String = row.get("sub")?;
        match ended.iter_mut().find(|one| one.account == account && one.sub == sub) {
            Some(one) => one.sessions += 1,
            None => ended.push(Ended {
                account,
                sub,
                sessions: 1,
            }),
        }
    }
    session::revoke_all(tx, &keys, at).await?;
    Ok(ended)
}

/// Leaves the marks that a step of a sign-in under way looks for.
async fn remember(tx: &Tx, whom: &Whom, at: Timestamp) -> Result<(), StorageError> {
    let account;
    let marked = match whom {
        Whom::Session { session_mark, .. } => vec![Marked::Session(session_mark)],
        Whom::Person {
            key,
            subs,
            session_mark,
        } => {
            account = account_of(tx, key).await?;
            let mut marked = Vec::new();
            for person in subs.first().into_iter().chain(&account) {
                match session_mark {
                    None => marked.push(Marked::Person(person)),
                    Some(session) => {
                        marked.extend([Marked::PersonIn(person, session), Marked::PersonSomewhere(person)]);
                    }
                }
            }
            marked
        }
    };
    for marked in marked {
        let mark = marked.mark(tx.keyring(), whom.connection());
        // Of two logouts the later one counts.
        let sql = "INSERT INTO used_token (key, expires_at) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE \
                   SET expires_at = excluded.expires_at WHERE used_token.expires_at < excluded.expires_at";
        execute(tx, sql, vec![mark.into(), time(at + LIFE)]).await?;
    }
    Ok(())
}

async fn account_of(tx: &Tx, key: &LinkKey) -> Result<Option<String>, StorageError> {
    let sql = "SELECT account_id FROM link WHERE connection_id = $1 AND issuer = $2 AND subject = $3";
    let values = vec![
        key.connection.as_str().into(),
        key.issuer.as_str().into(),
        key.subject.as_str().into(),
    ];
    let row = query_one(tx, sql, values).await?;
    row.map(|row| row.get("account_id")).transpose()
}

/// The sessions that may be meant. One that has expired is among them until it is deleted: its grants may live on.
async fn find(tx: &Tx, whom: &Whom) -> Result<Vec<Row>, StorageError> {
    const READ: &str = "SELECT key, account_id, sub, evidence FROM session WHERE revoked_at IS NULL";
    match whom {
        Whom::Session { session_mark, .. } => {
            let sql = format!("{READ} AND upstream_session = $1");
            query_all(tx, &sql, vec![session_mark.as_str().into()]).await
        }
        Whom::Person { key, subs, .. } => {
            let places: Vec<String> = (4..subs.len() + 4).map(|place| format!("${place}")).collect();
            let sql = format!(
                "{READ} AND account_id = (SELECT account_id FROM link WHERE connection_id = $1 AND issuer = $2 \
                 AND subject = $3) UNION ALL {READ} AND account_id IS NULL AND sub IN ({})",
                places.join(", ")
            );
            let mut values: Vec<Value> = vec![
                key.connection.as_str().into(),
                key.issuer.as_str().into(),
                key.subject.as_str().into(),
            ];
            values.extend(subs.iter().map(|sub| Value::from(sub.as_str())));
            query_all(tx, &sql, values).await
        }
    }
}

#[cfg(test)]
mod tests {
    use doorward_domain::flow::AuthOption;

    use super::*;

    fn connection(number: u8) -> ConnectionId {
        ConnectionId::from_random([number; 16])
    }

    fn through(number: u8, mark: Option<&str>) -> Evidence {
        Evidence {
            connection: Some(connection(number)),
            upstream_session: mark.map(str::to_owned),
            ..Evidence::of_ours(AuthOption::Passkey, Timestamp::UNIX_EPOCH)
        }
    }

    #[test]
    fn only_what_rests_on_the_connection_is_meant() {
        let person = |mark: Option<&str>| Whom::Person {
            key: LinkKey {
                connection: connection(1),
                issuer: "https://idp.example.com".into(),
                subject: "one".into(),
            },
            subs: vec![],
            session_mark: mark.map(str::to_owned),
        };
        let session = Whom::Session {
            connection: connection(1),
            session_mark: "s".into(),
        };
        let password = || Evidence::of_ours(AuthOption::Password, Timestamp::UNIX_EPOCH);
        for (case, whom, evidence, want) in [
            ("through it", person(None), vec![through(1, None)], true),
            (
                "beside a password",
                person(None),
                vec![password(), through(1, None)],
                true,
            ),
            ("a password alone", person(None), vec![password()], false),
            ("another connection", person(None), vec![through(2, None)], false),
            ("nothing", person(None), vec![], false),
            ("its session", person(Some("s")), vec![through(1, Some("s"))], true),
            ("another session", person(Some("s")), vec![through(1, Some("t"))], false),
            ("perhaps that session", person(Some("s")), vec![through(1, None)], true),
            (
                "as the second",
                person(Some("s")),
                vec![through(2, Some("t")), through(1, Some("s"))],
                true,
            ),
            (
                "the session of another connection",
                session.clone(),
                vec![through(2, Some("s"))],
                false,
            ),
            ("the session alone", session.clone(), vec![through(1, Some("s"))], true),
            ("which session is not known", session, vec![through(1, None)], false),
        ] {
            assert_eq!(whom.means(&evidence), want, "S34: {case}");
        }
    }
}
