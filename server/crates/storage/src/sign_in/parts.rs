//! The writes of one completion as statements that run one by one, or all in one.

use std::borrow::Cow;

use doorward_domain::Timestamp;
use doorward_domain::account::Account;
use sea_orm::Value;

use super::writes::{AccountWrite, Completion, FactorWrite, HolderWrite, PasskeyWrite, SessionWrite};
use crate::db::{document, optional_time, time};
use crate::error::{Contested, StorageError};
use crate::session::NewSession;
use crate::upstream_logout::Vouched;
use crate::{account, audit, factor, grant, link, passkey, session, transaction, upstream_logout};

/// One statement. `?` stands for the next value.
pub(super) enum Part {
    /// An UPDATE, or an INSERT from a SELECT, that must hit a row: otherwise nothing at all is written. It ends with its
    /// condition.
    Guard {
        sql: Cow<'static, str>,
        values: Vec<Value>,
        missed: Contested,
    },
    /// Some other change; it ends with its condition.
    Change { sql: &'static str, values: Vec<Value> },
    Insert {
        table: &'static str,
        columns: &'static str,
        rows: Vec<Vec<Value>>,
    },
}

impl Part {
    fn insert(table: &'static str, columns: &'static str, rows: Vec<Vec<Value>>) -> Self {
        Self::Insert { table, columns, rows }
    }
}

impl Completion {
    /// Whether one statement can replace keys that another one gives away: PostgreSQL runs the parts of one statement
    /// in no order.
    pub(super) fn needs_order(&self) -> bool {
        let keys = matches!(&self.account, AccountWrite::Update { keys_changed: true, .. });
        let takes_over = matches!(&self.holder, HolderWrite::BecomeAccount(_));
        keys || takes_over || matches!(&self.session, SessionWrite::Replace { .. })
    }

    /// The statements, guards first; that of a new session may be one behind others.
    pub(super) fn parts(&self, is_sqlite: bool) -> Result<Vec<Part>, StorageError> {
        let mut parts = Vec::with_capacity(8);
        self.guard(&mut parts, is_sqlite);
        parts.extend(self.factors.iter().filter_map(FactorWrite::guard));
        self.passkey_uses(&mut parts);
        self.holder.guard(&mut parts);
        self.account.parts(self.proven_at, self.signs_in(), &mut parts)?;
        self.holder.changes(&mut parts);
        self.insert_new(&mut parts);
        self.session.parts(&self.vouched, is_sqlite, &mut parts)?;
        if let Some(grant) = &self.grant {
            parts.push(Part::insert("sign_in_grant", grant::COLUMNS, vec![grant::row(grant)]));
        }
        if let Some(row) = &self.transaction {
            parts.push(Part::insert(
                "sign_in_transaction",
                transaction::COLUMNS,
                vec![transaction::row(row)],
            ));
        }
        if let Some(key) = &self.forgive {
            let values = vec![key.as_str().into()];
            parts.push(Part::Change {
                sql: "DELETE FROM rate_limit WHERE key = ?",
                values,
            });
        }
        if !self.audit.is_empty() {
            let rows = self.audit.iter().map(audit::row).collect::<Result<_, _>>()?;
            parts.push(Part::insert("audit_event", audit::COLUMNS, rows));
        }
        Ok(parts)
    }

    /// Whether somebody has signed in with it: not whoever has only begun to, or was refused at the end.
    fn signs_in(&self) -> bool {
        self.transaction.is_none() && self.advance.is_none() && self.over.is_none()
    }

    /// The session and the transaction that go on, or the transaction that is over.
    fn guard(&self, parts: &mut Vec<Part>, is_sqlite: bool) {
        if let SessionWrite::Continue { key, at } = &self.session {
            parts.push(Part::Guard {
                sql: "UPDATE session SET expires_at = expires_at WHERE key = ? AND revoked_at IS NULL \
                      AND expires_at > ?"
                    .into(),
                values: vec![key.clone().into(), time(*at)],
                missed: Contested::SessionEnded,
            });
        }
        if let Some(advance) = &self.advance {
            let mut sql = Cow::Borrowed(
                "UPDATE sign_in_transaction SET sealed_state = ?, version = version + 1 \
                 WHERE id = ? AND version = ? AND expires_at > ?",
            );
            let mut values = vec![
                advance.sealed_state.clone().into(),
                advance.id.as_str().into(),
                advance.version.into(),
                time(advance.at),
            ];
            if let Some(condition) = upstream_logout::condition(&self.vouched, is_sqlite, &mut values) {
                sql = format!("{sql} AND {condition}").into();
            }
            parts.push(Part::Guard {
                sql,
                values,
                missed: Contested::Transaction,
            });
        }
        if let Some(over) = &self.over {
            parts.push(Part::Guard {
                sql: "DELETE FROM sign_in_transaction WHERE id = ? AND version = ?".into(),
                values: vec![over.id.as_str().into(), over.version.into()],
                missed: Contested::Transaction,
            });
        }
    }

    /// Passkeys that were used.
    fn passkey_uses(&self, parts: &mut Vec<Part>) {
        for write in &self.passkeys {
            match write {
                PasskeyWrite::Use { passkey, counter, at } => parts.push(Part::Guard {
                    sql: "UPDATE passkey SET counter = ?, last_used_at = ? \
                          WHERE id = ? AND (counter < ? OR (counter = 0 AND ? = 0))"
                        .into(),
                    values: vec![
                        (*counter).into(),
                        time(*at),
                        passkey.as_str().into(),
                        (*counter).into(),
                        (*counter).into(),
                    ],
                    missed: Contested::FactorUsed,
                }),
                PasskeyWrite::Enrol { .. } => {}
            }
        }
    }

    /// What is new of the person: factors, passkeys, the link.
    fn insert_new(&self, parts: &mut Vec<Part>) {
        for write in &self.factors {
            if let FactorWrite::Enrol(new) = write {
                parts.push(Part::insert("factor", factor::COLUMNS, vec![factor::row(new)]));
            }
        }
        for write in &self.passkeys {
            if let PasskeyWrite::Enrol { passkey, is_first } = write {
                let row = passkey::row(passkey, *is_first);
                parts.push(Part::insert("passkey", passkey::COLUMNS, vec![row]));
            }
        }
        if let Some(link) = &self.link {
            parts.push(Part::insert("link", link::COLUMNS, vec![link::row(link)]));
        }
    }
}

impl FactorWrite {
    fn guard(&self) -> Option<Part> {
        let (sql, values) = match self {
            Self::Enrol(_) => return None,
            Self::Use { factor, counter, at } => (
                "UPDATE factor SET last_counter = ?, last_used_at = ? WHERE id = ? AND last_counter < ?",
                vec![(*counter).into(), time(*at), factor.as_str().into(), (*counter).into()],
            ),
            Self::Spend { factor, bit, at } => (
                "UPDATE factor SET last_counter = (last_counter | ?), last_used_at = ? WHERE id = ? \
                 AND (last_counter & ?) = 0",
                vec![(*bit).into(), time(*at), factor.as_str().into(), (*bit).into()],
            ),
            Self::Renew {
                factor,
                used,
                sealed_secret,
                at,
            } => (
                "UPDATE factor SET sealed_secret = ?, last_counter = 0, created_at = ?, last_used_at = NULL \
                 WHERE id = ? AND last_counter = ?",
                vec![
                    sealed_secret.clone().into(),
                    time(*at),
                    factor.as_str().into(),
                    (*used).into(),
                ],
            ),
        };
        Some(Part::Guard {
            sql: sql.into(),
            values,
            missed: Contested::FactorUsed,
        })
    }
}

impl HolderWrite {
    fn guard(&self, parts: &mut Vec<Part>) {
        match self {
            Self::None | Self::BecomeAccount(_) | Self::Erase(_) => {}
            Self::Insert(new) => parts.push(Part::Guard {
                sql: "INSERT INTO factor_holder (id, connection_id, sub, created_at, last_used_at) \
                      SELECT ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM account WHERE sub = ?)"
                    .into(),
                values: vec![
                    new.id.as_str().into(),
                    new.connection.as_str().into(),
                    new.sub.as_str().into(),
                    time(new.created_at),
                    time(new.last_used_at),
                    new.sub.as_str().into(),
                ],
                missed: Contested::FactorExists,
            }),
            Self::Use { holder, at } => parts.push(Part::Guard {
                sql: "UPDATE factor_holder SET last_used_at = ? WHERE id = ?".into(),
                values: vec![time(*at), holder.as_str().into()],
                missed: Contested::FactorUsed,
            }),
        }
    }

    /// After the account is made, before anything else is bound to it.
    fn changes(&self, parts: &mut Vec<Part>) {
        const TAKE_OVER: [&str; 2] = [
            "UPDATE factor SET account_id = holder_id, holder_id = NULL WHERE holder_id = ?",
            "UPDATE passkey SET account_id = holder_id, holder_id = NULL WHERE holder_id = ?",
        ];
        const ERASE: &str = "DELETE FROM factor_holder WHERE id = ?";
        let (statements, holder) = match self {
            Self::None | Self::Insert(_) | Self::Use { .. } => return,
            Self::BecomeAccount(holder) => (&TAKE_OVER[..], holder),
            Self::Erase(holder) => (&[][..], holder),
        };
        parts.extend(statements.iter().chain([&ERASE]).map(|sql| Part::Change {
            sql,
            values: vec![holder.as_str().into()],
        }));
    }
}

impl AccountWrite {
    fn parts(&self, proven_at: Option<Timestamp>, signs_in: bool, parts: &mut Vec<Part>) -> Result<(), StorageError> {
        match self {
            Self::None => {}
            Self::Create(new) => {
                let new = match signs_in {
                    true => Cow::Borrowed(&**new),
                    false => Cow::Owned(Account {
                        last_sign_in_at: None,
                        ..(**new).clone()
                    }),
                };
                let keys = account::identifier_rows(new.id.as_str(), &new.username, &new.attributes);
                parts.push(Part::insert(
                    "account",
                    account::CREATE_COLUMNS,
                    vec![account::create_row(&new, None)?],
                ));
                parts.push(Part::insert("login_identifier", "key, account_id, owned_address", keys));
            }
            Self::Use { account, at } => parts.push(Part::Guard {
                sql: "UPDATE account SET last_sign_in_at = COALESCE(?, last_sign_in_at) WHERE id = ? AND status = 'active' \
                      AND (signed_out_at IS NULL OR signed_out_at <= ?)"
                    .into(),
                values: vec![
                    optional_time(signs_in.then_some(*at)),
                    account.as_str().into(),
                    time(proven_at.unwrap_or(*at)),
                ],
                missed: Contested::AccountNotActive,
            }),
            Self::Update {
                account: id,
                version,
                username,
                attributes,
                keys_changed,
                at,
            } => {
                parts.push(Part::Guard {
                    sql: "UPDATE account SET attributes = ?, search_key = ?, updated_at = ?, \
                          last_sign_in_at = COALESCE(?, last_sign_in_at), \
                          version = version + 1 WHERE id = ? AND version = ? AND status = 'active' \
                          AND (signed_out_at IS NULL OR signed_out_at <= ?)"
                        .into(),
                    values: vec![
                        document(attributes, "account", id.as_str())?.into(),
                        account::search_key(username, attributes).into(),
                        time(*at),
                        optional_time(signs_in.then_some(*at)),
                        id.as_str().into(),
                        (*version).into(),
                        time(proven_at.unwrap_or(*at)),
                    ],
                    missed: Contested::Version,
                });
                if *keys_changed {
                    let values = vec![id.as_str().into()];
                    parts.push(Part::Change {
                        sql: "DELETE FROM login_identifier WHERE account_id = ?",
                        values,
                    });
                    let keys = account::identifier_rows(id.as_str(), username, attributes);
                    parts.push(Part::insert("login_identifier", "key, account_id, owned_address", keys));
                }
            }
        }
        Ok(())
    }
}

impl SessionWrite {
    fn parts(&self, vouched: &[Vouched], is_sqlite: bool, parts: &mut Vec<Part>) -> Result<(), StorageError> {
        match self {
            Self::None | Self::Continue { .. } => {}
            Self::Insert(new) => parts.push(begin(new, vouched, is_sqlite)?),
            Self::Replace { new, old, rests_on_old } => {
                let at = time(new.created_at);
                parts.push(begin(new, vouched, is_sqlite)?);
                parts.push(match rests_on_old {
                    true => Part::Guard {
                        sql:
                            "UPDATE session SET revoked_at = ? WHERE key = ? AND revoked_at IS NULL AND expires_at > ?"
                                .into(),
                        values: vec![at.clone(), old.clone().into(), at],
                        missed: Contested::SessionEnded,
                    },
                    false => Part::Change {
                        sql: "UPDATE session SET revoked_at = ? WHERE key = ? AND revoked_at IS NULL",
                        values: vec![at, old.clone().into()],
                    },
                });
                parts.push(Part::Change {
                    // The same person's go on with the new session; somebody else's end with the old one.
                    sql: "UPDATE sign_in_grant SET session_key = CASE WHEN sub = ? THEN ? ELSE session_key END, \
                          revoked_at = CASE WHEN sub = ? OR revoked_at IS NOT NULL THEN revoked_at ELSE ? END \
                          WHERE session_key = ?",
                    values: vec![
                        new.sub.as_str().into(),
                        new.key.clone().into(),
                        new.sub.as_str().into(),
                        time(new.created_at),
                        old.clone().into(),
                    ],
                });
            }
        }
        Ok(())
    }
}

/// The new session, unless a provider has logged the person out since it vouched for them (S34).
fn begin(new: &NewSession, vouched: &[Vouched], is_sqlite: bool) -> Result<Part, StorageError> {
    let mut values = session::row(new)?;
    let columns = values.len();
    let Some(condition) = upstream_logout::condition(vouched, is_sqlite, &mut values) else {
        return Ok(Part::insert("session", session::COLUMNS, vec![values]));
    };
    let places = vec!["?"; columns].join(", ");
    Ok(Part::Guard {
        sql: format!(
            "INSERT INTO session ({}) SELECT {places} WHERE {condition}",
            session::COLUMNS
        )
        .into(),
        values,
        missed: Contested::SessionEnded,
    })
}
