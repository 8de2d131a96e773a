//! What a step or the end of a sign-in writes.

use doorward_domain::Timestamp;
use doorward_domain::account::{Account, Attributes, Link};
use doorward_domain::audit::AuditEvent;
use doorward_domain::factor::Factor;
use doorward_domain::holder::FactorHolder;
use doorward_domain::id::{AccountId, FactorId, TransactionId};
use doorward_domain::passkey::Passkey;

use crate::grant::NewGrant;
use crate::session::{NewSession, SessionKey};
use crate::transaction::StoredTransaction;
use crate::upstream_logout::Vouched;

/// Everything a step or the end of a sign-in writes. It is committed together or not at all (S43).
#[derive(Debug, Clone)]
pub struct Completion {
    pub account: AccountWrite,
    /// What second factors without an account are bound to.
    pub holder: HolderWrite,
    /// When the person proved the first thing of this sign-in. An account whose sessions were all ended since is not
    /// signed in: nothing is written (S16). `None` stands for the time of the account's own write.
    pub proven_at: Option<Timestamp>,
    /// For whom providers have vouched earlier in this sign-in. Where one of them has logged the person out since, no
    /// session begins and no step is taken: nothing is written (S34).
    pub vouched: Vec<Vouched>,
    /// A new link.
    pub link: Option<Link>,
    /// Second factors that were used or enrolled.
    pub factors: Vec<FactorWrite>,
    /// Passkeys that were used or enrolled.
    pub passkeys: Vec<PasskeyWrite>,
    pub session: SessionWrite,
    /// The end of the flow. `None` when another step follows.
    pub grant: Option<NewGrant>,
    /// The transaction's row, when another step follows and none is stored yet.
    pub transaction: Option<StoredTransaction>,
    /// The transaction's row goes on, when another step follows and one is stored.
    pub advance: Option<TransactionAdvance>,
    /// The transaction's row goes, when the sign-in is refused at its end and one is stored.
    pub over: Option<TransactionOver>,
    /// A counter of failed attempts that is forgotten now.
    pub forgive: Option<String>,
    /// In the same commit as what they tell of (S46).
    pub audit: Vec<AuditEvent>,
}

/// A transaction's next state, written only if it still has this version (S24).
#[derive(Debug, Clone)]
pub struct TransactionAdvance {
    pub id: TransactionId,
    pub version: i64,
    pub sealed_state: Vec<u8>,
    pub at: Timestamp,
}

/// A transaction that is over, if it still has this version (S24).
#[derive(Debug, Clone)]
pub struct TransactionOver {
    pub id: TransactionId,
    pub version: i64,
}

/// What happens to the account.
#[derive(Debug, Clone)]
pub enum AccountWrite {
    /// There is none, or it is not touched.
    None,
    Create(Box<Account>),
    /// It signed in. It must be active at that moment, else nothing is written.
    Use {
        account: AccountId,
        at: Timestamp,
    },
    /// It signed in and its attributes were synchronised. It must be active and have this version, else nothing is
    /// written and the caller looks again. `keys_changed` when its owned address is another one than before.
    Update {
        account: AccountId,
        version: i64,
        username: String,
        attributes: Attributes,
        keys_changed: bool,
        at: Timestamp,
    },
}

/// What happens to what second factors without an account are bound to.
#[derive(Debug, Clone, Default)]
pub enum HolderWrite {
    /// There is none, or it is not touched.
    #[default]
    None,
    /// The first factor is enrolled. Nothing is written when the person has got an account meanwhile: what is enrolled
    /// belongs to that.
    Insert(Box<FactorHolder>),
    /// A factor of it was used or enrolled. It must be there still, else nothing is written.
    Use { holder: AccountId, at: Timestamp },
    /// The account that is made in the same commit has its id, and takes over what is bound to it.
    BecomeAccount(AccountId),
    /// The person is linked to an account of theirs, whose own factors count.
    Erase(AccountId),
}

/// What happens to a second factor.
#[derive(Debug, Clone)]
pub enum FactorWrite {
    Enrol(Box<Factor>),
    /// A code of it was used. Its counter must be beyond the last one, else nothing is written: a code works once
    /// (RFC 6238 §5.2).
    Use {
        factor: FactorId,
        counter: i64,
        at: Timestamp,
    },
    /// A backup code was used. Its bit must not be set yet, else nothing is written (S45).
    Spend {
        factor: FactorId,
        bit: i64,
        at: Timestamp,
    },
    /// New backup codes take the place of used ones. What was used must be this, else nothing is written.
    Renew {
        factor: FactorId,
        used: i64,
        sealed_secret: Vec<u8>,
        at: Timestamp,
    },
}

/// What happens to a passkey.
#[derive(Debug, Clone)]
pub enum PasskeyWrite {
    Enrol {
        passkey: Box<Passkey>,
        /// Whether a first factor alone was enough; that works once for an account (S38).
        is_first: bool,
    },
    /// It was used. Its counter must be beyond the last one unless its device does not count, else nothing is written
    /// (Web Authentication Level 3 §6.1.1).
    Use {
        passkey: FactorId,
        counter: i64,
        at: Timestamp,
    },
}

/// What happens to the session.
#[derive(Debug, Clone)]
pub enum SessionWrite {
    None,
    Insert(Box<NewSession>),
    /// A new one takes the place of the browser's old one, which ends (S26). Grants of the same person move over.
    Replace {
        new: Box<NewSession>,
        old: SessionKey,
        /// Whether the new one stands for what the old one had proven, which must be alive at that moment then, else
        /// nothing is written.
        rests_on_old: bool,
    },
    /// The browser's session goes on. It must be alive at that moment, else nothing is written.
    Continue {
        key: SessionKey,
        at: Timestamp,
    },
}

impl Default for Completion {
    fn default() -> Self {
        Self {
            account: AccountWrite::None,
            holder: HolderWrite::None,
            proven_at: None,
            vouched: Vec::new(),
            link: None,
            factors: Vec::new(),
            passkeys: Vec::new(),
            session: SessionWrite::None,
            grant: None,
            transaction: None,
            advance: None,
            over: None,
            forgive: None,
            audit: Vec::new(),
        }
    }
}
