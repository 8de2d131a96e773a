//! Sessions that a provider ends (OpenID Connect Back-Channel Logout 1.0 §2.7).

use doorward_domain::Timestamp;
use doorward_domain::assurance::Evidence;
use doorward_domain::id::{AccountId, ConnectionId};
use doorward_domain::subject::LinkKey;
use sea_orm::Value;

use crate::db::{Row, Tx, optional_id, parse, query_all};
use crate::error::StorageError;
use crate::session::{self, SessionKey};

const TABLE: &str = "session";

/// Whom a provider has logged out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// A person.
    Person {
        key: LinkKey,
        /// What they are known by while they have no account.
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

/// Ends the sessions of whoever was logged out, with the grants that were made in them.
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
