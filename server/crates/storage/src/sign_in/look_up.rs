//! Whom an assertion may be about, in one statement.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use doorward_domain::account::Account;
use doorward_domain::canonical::IdentifierKey;
use doorward_domain::id::AccountId;
use doorward_domain::jit::Owner;
use doorward_domain::subject::LinkKey;

use crate::db::{Database, Row, from_word, id, query_all};
use crate::error::StorageError;
use crate::{account, kept_out};

/// What there is for an assertion.
#[derive(Debug, Clone, PartialEq)]
pub struct LookUp {
    /// The account this (connection, issuer, subject) is linked to.
    pub linked: Option<Account>,
    /// Who has the asserted address.
    pub address: Address,
    /// Whether somebody has the username a new account would get.
    pub username_taken: bool,
    /// The first of the asked subs that no account has: what the person is known by. Nothing where they are linked.
    pub sub: Option<String>,
    /// What the second factors of a person with this sub are bound to while they have no account.
    pub holder: Option<AccountId>,
    /// Whether this (connection, issuer, subject) was erased and is kept out (S50).
    pub is_kept_out: bool,
}

/// How many subs can be asked for at once.
pub const SUBS: usize = 3;

/// Who has an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Nobody, or none was asserted.
    Free,
    /// This account owns it: it is verified there.
    Owned(Owner),
    /// It is this account's username, which proves nothing. No other account can own it (S10).
    UsernameOf(AccountId),
}

impl LookUp {
    /// The other account that owns the asserted address, for the decision about linking.
    #[must_use]
    pub fn owner(&self) -> Option<Owner> {
        match &self.address {
            Address::Owned(owner) => Some(owner.clone()),
            Address::Free | Address::UsernameOf(_) => None,
        }
    }

    /// Whether this account may own the asserted address.
    #[must_use]
    pub fn is_address_free_for(&self, account: Option<&AccountId>) -> bool {
        match &self.address {
            Address::Free => true,
            Address::Owned(Owner { account: holder, .. }) | Address::UsernameOf(holder) => Some(holder) == account,
        }
    }
}

/// What [`look_up`] asks, put together once: every sign-in through a provider asks it.
static SQL: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT 'link' AS hit, FALSE AS owned, FALSE AS other, {} FROM link l JOIN account a ON a.id = l.account_id \
         WHERE l.connection_id = $1 AND l.issuer = $2 AND l.subject = $3 \
         UNION ALL SELECT CASE WHEN i.key = $4 THEN 'address' ELSE 'username' END, i.owned_address, \
         EXISTS (SELECT 1 FROM link k WHERE k.account_id = a.id AND k.connection_id = $1 AND k.issuer = $2), \
         a.id, NULL, NULL, \
         a.status, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
         FROM login_identifier i JOIN account a ON a.id = i.account_id WHERE i.key IN ($4, $5) \
         UNION ALL SELECT 'sub', FALSE, FALSE, a.id, a.sub, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
         FROM account a WHERE a.sub IN ($6, $7, $8) AND NOT EXISTS (SELECT 1 FROM link k \
         WHERE k.connection_id = $1 AND k.issuer = $2 AND k.subject = $3) \
         UNION ALL SELECT 'holder', FALSE, FALSE, h.id, h.sub, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
         FROM factor_holder h WHERE h.sub IN ($6, $7, $8) \
         UNION ALL SELECT 'kept_out', FALSE, FALSE, \
         NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
         FROM kept_out WHERE key = $9",
        account::COLUMNS
    )
});

/// Looks up a link, the asserted verified address, the username a new account would get, and under which of these `sub`s,
/// up to [`SUBS`] of them, the person is known as long as there is no link, with the holder of their second factors; and
/// whether the subject is kept out.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn look_up(
    db: &impl Database,
    link: &LinkKey,
    address: Option<&IdentifierKey>,
    username: Option<&IdentifierKey>,
    subs: &[String],
) -> Result<LookUp, StorageError> {
    let key = |key: Option<&IdentifierKey>| key.map(|key| key.as_str().to_owned()).into();
    let mut values = vec![
        link.connection.as_str().into(),
        link.issuer.as_str().into(),
        link.subject.as_str().into(),
        key(address),
        key(username),
    ];
    values.extend((0..SUBS).map(|place| subs.get(place).cloned().into()));
    values.push(kept_out::mark(db.keyring(), link).into());
    let (mut taken, mut holders) = (HashSet::new(), HashMap::new());
    let mut found = LookUp {
        linked: None,
        address: Address::Free,
        username_taken: false,
        sub: None,
        holder: None,
        is_kept_out: false,
    };
    for row in query_all(db, &SQL, values).await? {
        match row.get::<String>("hit")?.as_str() {
            "link" => found.linked = Some(account::from_row(&row)?),
            "sub" => {
                taken.insert(row.get::<String>("a_sub")?);
            }
            "holder" => {
                let holder: AccountId = id(row.get("a_id")?, "factor_holder")?;
                holders.insert(row.get::<String>("a_sub")?, holder);
            }
            "kept_out" => found.is_kept_out = true,
            "address" => {
                found.address = holder(&row)?;
                found.username_taken |= address == username;
            }
            _ => found.username_taken = true,
        }
    }
    let free = subs.iter().find(|sub| !taken.contains(*sub));
    found.sub = free.filter(|_| found.linked.is_none()).cloned();
    found.holder = found.sub.as_ref().and_then(|sub| holders.remove(sub));
    Ok(found)
}

fn holder(row: &Row) -> Result<Address, StorageError> {
    let holder: AccountId = id(row.get("a_id")?, "account")?;
    if !row.get::<bool>("owned")? {
        return Ok(Address::UsernameOf(holder));
    }
    let status = from_word(row.get("a_status")?, "account", holder.as_str())?;
    Ok(Address::Owned(Owner {
        account: holder,
        status,
        has_other_subject: row.get("other")?,
    }))
}
