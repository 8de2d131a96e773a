//! Grants: what a sign-in allowed one application; its code and its refresh tokens.
//!
//! A refresh token is not stored: it names the grant and a generation, and the grant knows which generation is the
//! current one. So refreshing changes one row and adds none.

mod redeem;
mod refresh;
mod revoke;

use doorward_domain::account::{AccountStatus, Attributes};
use doorward_domain::id::{AccountId, ApplicationId, GrantId, TransactionId};
use doorward_domain::{Claims, Timestamp};
use sea_orm::Value;

use crate::db::{Database, Row, from_word, id, is_sqlite, optional_id, optional_time, parse, query_one, time};
use crate::error::StorageError;
use crate::session::SessionKey;
pub use redeem::{RedeemOutcome, redeem};
pub use refresh::{GRACE_SECONDS, RefreshOutcome, refresh};
pub use revoke::{Revoked, revoke, revoke_of, revoke_of_account, revoke_of_application, revoke_of_session};

const TABLE: &str = "sign_in_grant";
pub(crate) const COLUMNS: &str = "id, transaction_id, application_id, session_key, account_id, sub, code_hash, \
     code_expires_at, request, sealed_claims, refresh_generation, refresh_grace_used, refresh_expires_at, ends_at, \
     created_at";

/// A grant about to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewGrant {
    pub id: GrantId,
    /// Unique: of two attempts to end one run of a flow, one fails with `Conflict` `Transaction`.
    pub transaction: TransactionId,
    pub application: ApplicationId,
    pub session: Option<SessionKey>,
    /// `None` for a person without an account.
    pub account: Option<AccountId>,
    pub sub: String,
    /// Keyed hash of the authorization code.
    pub code_hash: Option<Vec<u8>>,
    pub code_expires_at: Option<Timestamp>,
    /// A document of the caller: scope, nonce, code challenge, redirect URI, `auth_time`, `acr`, `amr`, claims asked.
    pub request: String,
    /// Claims of a person without an account, sealed by the caller.
    pub sealed_claims: Option<Vec<u8>>,
    /// `None` when the application gets no refresh token.
    pub refresh_expires_at: Option<Timestamp>,
    /// From then on nothing can be done with the grant: the latest of the times at which its code, its access tokens
    /// and its refresh tokens end.
    pub ends_at: Timestamp,
    pub created_at: Timestamp,
}

/// A usable grant with the account as it is now: all that the token and userinfo endpoints need.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    pub id: GrantId,
    pub application: ApplicationId,
    pub session: Option<SessionKey>,
    pub account: Option<GrantAccount>,
    pub sub: String,
    /// See [`NewGrant::request`].
    pub request: String,
    pub sealed_claims: Option<Vec<u8>>,
    /// Of the refresh token that is good now; a new grant starts with 0.
    pub refresh_generation: i64,
    pub refresh_expires_at: Option<Timestamp>,
    pub ends_at: Timestamp,
    pub created_at: Timestamp,
}

/// The account behind a grant; it is active.
#[derive(Debug, Clone, PartialEq)]
pub struct GrantAccount {
    pub id: AccountId,
    pub username: String,
    pub attributes: Attributes,
    pub updated_at: Timestamp,
}

/// Why a code or a refresh token gives nothing: for a log, not for whoever sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotHonoured {
    /// Never issued, erased, or not good yet.
    Unknown,
    /// Issued to another application.
    OfAnother,
    Revoked,
    /// Or there never was a refresh token.
    Expired,
    AccountNotActive,
}

impl NotHonoured {
    /// Reads why from a row that was not changed; `expires_at` is the column that says when its code or token ends.
    fn of(
        row: Option<&Row>,
        expires_at: &str,
        application: &ApplicationId,
        at: Timestamp,
    ) -> Result<Self, StorageError> {
        let Some(row) = row else {
            return Ok(Self::Unknown);
        };
        let owner: ApplicationId = id(row.get("application_id")?, TABLE)?;
        let revoked: Option<Timestamp> = row.get("revoked_at")?;
        let expires: Option<Timestamp> = row.get(expires_at)?;
        Ok(if owner != *application {
            Self::OfAnother
        } else if revoked.is_some() {
            Self::Revoked
        } else if expires.is_none_or(|expires| expires <= at) {
            Self::Expired
        } else {
            Self::Unknown
        })
    }
}

impl GrantAccount {
    /// The claims of the account, without their sources.
    #[must_use]
    pub fn claims(&self) -> Claims {
        doorward_domain::account::claims(&self.username, &self.attributes)
    }
}

pub(crate) fn row(grant: &NewGrant) -> Vec<Value> {
    vec![
        grant.id.as_str().into(),
        grant.transaction.as_str().into(),
        grant.application.as_str().into(),
        grant.session.clone().into(),
        grant.account.as_ref().map(ToString::to_string).into(),
        grant.sub.as_str().into(),
        grant.code_hash.clone().into(),
        optional_time(grant.code_expires_at),
        grant.request.as_str().into(),
        grant.sealed_claims.clone().into(),
        0_i64.into(),
        false.into(),
        optional_time(grant.refresh_expires_at),
        time(grant.ends_at),
        time(grant.created_at),
    ]
}

/// Columns of a grant `g`.
const READ: &str = "g.id AS id, g.application_id AS application_id, g.session_key AS session_key, \
     g.account_id AS account_id, g.sub AS sub, g.request AS request, g.sealed_claims AS sealed_claims, \
     g.refresh_generation AS refresh_generation, g.refresh_expires_at AS refresh_expires_at, \
     g.refresh_grace_used AS refresh_grace_used, g.ends_at AS ends_at, g.created_at AS created_at";
const READ_ACCOUNT: &str = "a.status AS a_status, a.username AS a_username, a.attributes AS a_attributes, \
     a.updated_at AS a_updated_at";
/// That a grant `g` is alive at `$2`: its code was redeemed, it is not revoked, and it has not ended. A macro, so that
/// the texts it is part of are put together once and for all.
macro_rules! is_alive {
    () => {
        "g.code_redeemed_at IS NOT NULL AND g.revoked_at IS NULL AND g.ends_at > $2"
    };
}

/// An `UPDATE sign_in_grant SET …` that answers with the changed grant and its account, in one statement. `set` and
/// `condition` name columns without a table.
fn update_returning(db: &impl Database, set: &str, condition: &str) -> String {
    if is_sqlite(db) {
        // SQLite's RETURNING sees the changed table alone.
        let of_account = |column: &str| {
            format!("(SELECT {column} FROM account WHERE account.id = sign_in_grant.account_id) AS a_{column}")
        };
        let account = ["status", "username", "attributes", "updated_at"]
            .map(of_account)
            .join(", ");
        let own = READ.replace("g.", "");
        format!("UPDATE sign_in_grant SET {set} WHERE {condition} RETURNING {own}, {account}")
    } else {
        let parts = [
            "WITH g AS (UPDATE sign_in_grant SET ",
            set,
            " WHERE ",
            condition,
            " RETURNING *) SELECT ",
            READ,
            ", ",
            READ_ACCOUNT,
            " FROM g LEFT JOIN account a ON a.id = g.account_id",
        ];
        parts.concat()
    }
}

/// Reads a grant; `None` when its account is not active.
fn from_row(row: &Row) -> Result<Option<Grant>, StorageError> {
    let grant: GrantId = id(row.get("id")?, TABLE)?;
    let account: Option<AccountId> = optional_id(row.get("account_id")?, TABLE)?;
    let account = match account {
        Some(account) => match account_from_row(row, account)? {
            Some(active) => Some(active),
            None => return Ok(None),
        },
        None => None,
    };
    Ok(Some(Grant {
        id: grant,
        application: id(row.get("application_id")?, TABLE)?,
        session: row.get("session_key")?,
        account,
        sub: row.get("sub")?,
        request: row.get("request")?,
        sealed_claims: row.get("sealed_claims")?,
        refresh_generation: row.get("refresh_generation")?,
        refresh_expires_at: row.get("refresh_expires_at")?,
        ends_at: row.get("ends_at")?,
        created_at: row.get("created_at")?,
    }))
}

fn account_from_row(row: &Row, account: AccountId) -> Result<Option<GrantAccount>, StorageError> {
    let Some(status) = row.get::<Option<String>>("a_status")? else {
        return Ok(None);
    };
    let status: AccountStatus = from_word(status, "account", account.as_str())?;
    match status {
        AccountStatus::Disabled | AccountStatus::Locked => Ok(None),
        AccountStatus::Active => Ok(Some(GrantAccount {
            username: row.get("a_username")?,
            attributes: parse(&row.get::<String>("a_attributes")?, "account", account.as_str())?,
            updated_at: row.get("a_updated_at")?,
            id: account,
        })),
    }
}

/// What is left of a grant, without whose it is: enough to say whether a token is good.
#[derive(Debug, Clone, PartialEq)]
pub struct GrantState {
    pub application: ApplicationId,
    pub sub: String,
    /// See [`NewGrant::request`].
    pub request: String,
    /// Of the refresh token that is good now.
    pub refresh_generation: i64,
    pub refresh_expires_at: Option<Timestamp>,
}

/// Of a grant that is alive as [`find_live`] says, what there is beside its account and claims.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find_state(
    db: &impl Database,
    grant: &GrantId,
    at: Timestamp,
) -> Result<Option<GrantState>, StorageError> {
    let sql = concat!(
        "SELECT g.application_id AS application_id, g.sub AS sub, g.request AS request, ",
        "g.refresh_generation AS refresh_generation, g.refresh_expires_at AS refresh_expires_at ",
        "FROM sign_in_grant g LEFT JOIN account a ON a.id = g.account_id WHERE g.id = $1 AND ",
        is_alive!(),
        " AND (g.account_id IS NULL OR a.status = 'active')"
    );
    let Some(row) = query_one(db, sql, vec![grant.as_str().into(), time(at)]).await? else {
        return Ok(None);
    };
    Ok(Some(GrantState {
        application: id(row.get("application_id")?, TABLE)?,
        sub: row.get("sub")?,
        request: row.get("request")?,
        refresh_generation: row.get("refresh_generation")?,
        refresh_expires_at: row.get("refresh_expires_at")?,
    }))
}

/// A grant whose access tokens are good: its code was redeemed, it is not revoked, it has not ended, and its account
/// is active.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find_live(db: &impl Database, grant: &GrantId, at: Timestamp) -> Result<Option<Grant>, StorageError> {
    let condition = concat!("g.id = $1 AND ", is_alive!());
    find_where(db, condition, vec![grant.as_str().into(), time(at)]).await
}

/// A grant made at or after `since` whose code nobody has redeemed, if it is not revoked and its account is active.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find_unredeemed(
    db: &impl Database,
    code_hash: &[u8],
    since: Timestamp,
) -> Result<Option<Grant>, StorageError> {
    let condition = "g.code_hash = $1 AND g.code_redeemed_at IS NULL AND g.revoked_at IS NULL AND g.created_at >= $2";
    find_where(db, condition, vec![code_hash.to_vec().into(), time(since)]).await
}

/// A grant `g` with its account, unless that is not active.
async fn find_where(db: &impl Database, condition: &str, values: Vec<Value>) -> Result<Option<Grant>, StorageError> {
    let sql = format!(
        "SELECT {READ}, {READ_ACCOUNT} FROM sign_in_grant g LEFT JOIN account a ON a.id = g.account_id \
         WHERE {condition}"
    );
    let row = query_one(db, &sql, values).await?;
    row.as_ref().map_or(Ok(None), from_row)
}
