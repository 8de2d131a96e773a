//! Backup codes: ten at a time, kept as keyed hashes, each good once in the place of another second factor.
//!
//! New ones are derived from the transaction, which only this browser can continue, so the page that shows them can be
//! loaded again and shows the same. They are written when the person says that they have kept them, and never before:
//! a page that nobody has read leaves no codes behind.

use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::engine::{Noting, Person, SignIn};
use doorward_domain::factor::{BACKUP_CODES, Factor, FactorKind};
use doorward_domain::flow::AuthOption;
use doorward_domain::holder::FactorOwner;
use doorward_domain::id::FactorId;
use doorward_storage::Contested;
use doorward_storage::factor::{self, FactorLookUp};
use doorward_storage::sign_in::FactorWrite;
use doorward_vault::Purpose;
use serde_json::json;

use super::attempts::{self, WINDOW, counter};
use super::codes::{Checked, Misfit, Right};
use super::dispatcher::Failed;
use super::fault::SignInFault;
use super::finish::{Answer, Effects, advance, catch_up};
use super::hop::{Hop, Terms};
use super::owner::{Owner, owner_of};
use super::transaction::Transaction;

/// Wrong codes for one account within the window.
pub const PER_ACCOUNT: i64 = 10;
/// Without letters and digits that look alike (Crockford's Base32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code: 50 bits, more than twice what NIST SP 800-63B §5.1.2.2 asks of codes with a limit on tries.
const LENGTH: usize = 10;
/// Letters between two hyphens.
const GROUP: usize = 5;
/// Longest code that is looked at, with the spaces and hyphens people type.
const CODE_LIMIT: usize = 24;
const HASH_BYTES: usize = 32;

/// What the page of a step shows to somebody who has codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many still work.
    pub left: u8,
    /// Whether these are few.
    pub is_low: bool,
}

/// What one page has to know of the person's codes, looked up where it is asked for first.
#[derive(Debug, Default)]
pub(super) struct Known(Option<Option<Page>>);

impl Known {
    /// As [`page`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn page(&mut self, hop: &Hop, person: &Person) -> Result<Option<Page>, SignInFault> {
        if let Some(known) = self.0 {
            return Ok(known);
        }
        let found = page(hop, person).await?;
        self.0 = Some(found);
        Ok(found)
    }
}

/// What became of a code that was typed.
pub(super) enum Tried {
    /// Nobody has used it before.
    Right(Box<Spending>),
    Misfit(Misfit),
}

/// A code about to be spent.
pub(super) struct Spending {
    pub write: FactorWrite,
    pub event: AuditEvent,
    pub owner: Owner,
    failures: i64,
}

/// What the page shows to the person who is known by now; `None` while they have no codes.
///
/// # Errors
/// Those of the database.
pub(super) async fn page(hop: &Hop, person: &Person) -> Result<Option<Page>, SignInFault> {
    let found = look_up(hop, &owner_of(hop, person)?).await?;
    let page = |factor: Factor| {
        let is_low = factor.runs_low();
        factor.codes_left().map(|left| Page { left, is_low })
    };
    Ok(found.factor.and_then(page))
}

/// Checks a code; a wrong one is counted.
///
/// # Errors
/// `TooManyAttempts`; `Denied` for an account that is not active; those of the database.
pub(super) async fn check(hop: &Hop, person: &Person, typed: &str) -> Result<Checked, SignInFault> {
    let spending = match spend(hop, person, typed).await? {
        Tried::Right(spending) => *spending,
        Tried::Misfit(misfit) => return Ok(Checked::Misfit(misfit)),
    };
    let Spending {
        write,
        event,
        owner,
        failures,
    } = spending;
    let effects = Effects {
        factors: vec![write],
        forgive: (failures > 0).then(|| counter_of(hop, &owner.id)),
        audit: vec![event],
        ..owner.used(hop)
    };
    let claims = owner.claims;
    Ok(Checked::Right(Box::new(Right { effects, claims })))
}

/// Checks a code of a person and prepares to spend it; a wrong one is counted.
///
/// # Errors
/// As [`check`].
pub(super) async fn spend(hop: &Hop, person: &Person, typed: &str) -> Result<Tried, SignInFault> {
    let id = owner_of(hop, person)?;
    let counter = counter_of(hop, &id);
    let (_place, running) = hop.state.attempts_running.enter(&counter);
    let found = look_up(hop, &id).await?;
    let owner = Owner::found(person, found.account, found.is_held)?;
    owner.check_active()?;
    let counters = attempts::admit(hop, &counter, found.failures + running, PER_ACCOUNT).await?;
    let factor = found.factor.as_ref().ok_or(SignInFault::NotOffered)?;
    let Some(bit) = bit_of(hop, factor, &letters_of(typed))? else {
        counters.count(hop).await?;
        return Ok(Tried::Misfit(Misfit::Wrong));
    };
    if factor.last_counter & bit != 0 {
        return Ok(Tried::Misfit(Misfit::Used));
    }
    let left = factor.codes_left().unwrap_or_default().saturating_sub(1);
    let detail = json!({"factor": factor.kind.as_str(), "left": left});
    let event = owner.event(hop, AuditAction::BackupCodeUsed, detail);
    let write = FactorWrite::Spend {
        factor: factor.id.clone(),
        bit,
        at: hop.now,
    };
    Ok(Tried::Right(Box::new(Spending {
        write,
        event,
        owner,
        failures: found.failures,
    })))
}

/// Whether somebody who has just confirmed with something else is to get new codes: they have none, or few, or want some.
///
/// # Errors
/// Those of the database.
pub(super) async fn are_due(hop: &Hop, transaction: &Transaction, person: &Person) -> Result<bool, SignInFault> {
    if transaction.makes_codes() {
        return Ok(true);
    }
    let found = look_up(hop, &owner_of(hop, person)?).await?;
    Ok(found.factor.is_none_or(|factor| factor.runs_low()))
}

/// The codes that the person is to keep, as they are shown.
#[must_use]
pub fn shown(hop: &Hop, transaction: &Transaction, noting: &Noting) -> Vec<String> {
    (0..BACKUP_CODES)
        .map(|place| {
            let letters = letters(hop, transaction, noting, place);
            format!("{}-{}", &letters[..GROUP], &letters[GROUP..])
        })
        .collect()
}

fn letters(hop: &Hop, transaction: &Transaction, noting: &Noting, place: u8) -> String {
    let parts = [
        b"make backup code".as_slice(),
        transaction.id.as_str().as_bytes(),
        transaction.binding.expose().as_bytes(),
        &noting.proven_at().timestamp_micros().to_be_bytes(),
        &[place],
    ];
    let mac = hop.state.keyring.mac(Purpose::Factor, &parts);
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    mac.iter().take(LENGTH).map(letter).collect()
}

/// The person has kept the codes: they count from now on, and the step is passed.
///
/// # Errors
/// `BackupCodesReplaced` when others were made meanwhile; what else stops it.
pub async fn keep(hop: &Hop, terms: &Terms, transaction: Transaction) -> Result<Answer, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let SignIn::Noting(noting) = transaction.state.clone() else {
        return Err(within(SignInFault::AlreadyUsed));
    };
    let effects = match keeping(hop, terms, &transaction, &noting).await {
        Ok(effects) => effects,
        Err(fault) => return go_on(hop, &transaction, fault).await,
    };
    let next = noting
        .clone()
        .go_on(&terms.demands(), hop.now)
        .map_err(|refused| within(refused.into()))?;
    match advance(hop, terms, transaction.clone(), effects, next).await {
        Err(SignInFault::Storage(error))
            if matches!(error.contested(), Some(Contested::FactorExists | Contested::FactorUsed)) =>
        {
            let fault = replaced_or_kept(hop, &transaction, &noting).await;
            go_on(hop, &transaction, fault.unwrap_or_else(SignInFault::from)).await
        }
        moved => moved.map_err(within),
    }
}

/// Where these very codes count already, because the button was pressed twice, the person goes on.
async fn go_on(hop: &Hop, transaction: &Transaction, fault: SignInFault) -> Result<Answer, Failed> {
    let settled = match fault {
        fault @ SignInFault::AlreadyUsed => catch_up(hop, transaction, None, fault).await,
        fault => Err(fault),
    };
    settled.map_err(|fault| Failed::within(transaction.clone(), fault))
}

/// What is written when the person has kept the codes.
async fn keeping(hop: &Hop, terms: &Terms, transaction: &Transaction, noting: &Noting) -> Result<Effects, SignInFault> {
    let person = noting.progress().person().ok_or(SignInFault::NotOffered)?;
    let id = owner_of(hop, person)?;
    let owned = factor::list_of(hop.state.store.read(), &id).await?;
    // Who was let in by an app or a passkey that has been taken away meanwhile leaves no codes behind (S38).
    let proven = match noting.option() {
        AuthOption::Totp => owned.iter().any(|factor| factor.kind == FactorKind::Totp),
        AuthOption::Passkey => {
            let passkeys = doorward_storage::passkey::list_of(hop.state.store.read(), &id).await?;
            !passkeys.is_empty()
        }
        AuthOption::Password
        | AuthOption::EmailLink
        | AuthOption::EmailOtp
        | AuthOption::BackupCode
        | AuthOption::Connection(_) => true,
    };
    if !proven {
        return Err(SignInFault::Expired);
    }
    let before = owned.into_iter().find(|factor| factor.kind == FactorKind::BackupCode);
    if !transaction.makes_codes() && before.as_ref().is_some_and(|factor| !factor.runs_low()) {
        return Err(replaced_or_kept(hop, transaction, noting).await?);
    }
    let owner = owner_now(hop, person, &id).await?;
    let detail = json!({"factor": FactorKind::BackupCode.as_str(), "renewed": before.is_some()});
    let event = AuditEvent {
        application: terms.application().map(|application| application.id.clone()),
        ..owner.event(hop, AuditAction::FactorEnrolled, detail)
    };
    let sealed_secret = seal(hop, transaction, noting, &id);
    Ok(Effects {
        factors: vec![write(hop, &id, before, sealed_secret)],
        audit: vec![event],
        ..owner.used(hop)
    })
}

/// Why codes cannot be kept once there are some: others count, or these do, because the button was pressed twice.
async fn replaced_or_kept(
    hop: &Hop,
    transaction: &Transaction,
    noting: &Noting,
) -> Result<SignInFault, doorward_storage::StorageError> {
    let person = noting.progress().person();
    let Some(id) = person.and_then(|person| owner_of(hop, person).ok()) else {
        return Ok(SignInFault::NotOffered);
    };
    let owned = factor::list_of(hop.state.store.read(), &id).await?;
    let kept = owned.iter().find(|factor| factor.kind == FactorKind::BackupCode);
    let context = id.id().as_str().as_bytes();
    let hashes = kept.and_then(|kept| {
        hop.state
            .keyring
            .open(Purpose::Factor, context, &kept.sealed_secret)
            .ok()
    });
    if hashes.is_some_and(|hashes| *hashes == *hashes_of(hop, transaction, noting, &id)) {
        Ok(SignInFault::AlreadyUsed)
    } else {
        Ok(SignInFault::BackupCodesReplaced)
    }
}

/// Whose codes they become.
async fn owner_now(hop: &Hop, person: &Person, id: &FactorOwner) -> Result<Owner, SignInFault> {
    let found = look_up(hop, id).await?;
    Owner::found(person, found.account, found.is_held)
}

fn write(hop: &Hop, owner: &FactorOwner, before: Option<Factor>, sealed_secret: Vec<u8>) -> FactorWrite {
    match before {
        Some(before) => FactorWrite::Renew {
            factor: before.id,
            used: before.last_counter,
            sealed_secret,
            at: hop.now,
        },
        None => FactorWrite::Enrol(Box::new(Factor {
            id: FactorId::from_random(hop.state.random.id()),
            owner: owner.clone(),
            kind: FactorKind::BackupCode,
            sealed_secret,
            last_counter: 0,
            created_at: hop.now,
            last_used_at: None,
        })),
    }
}

/// The hashes one after the other.
fn hashes_of(hop: &Hop, transaction: &Transaction, noting: &Noting, owner: &FactorOwner) -> Vec<u8> {
    (0..BACKUP_CODES)
        .flat_map(|place| {
            let letters = letters(hop, transaction, noting, place);
            hop.state.keyring.mac(Purpose::Factor, &hash_parts(owner, &letters))
        })
        .collect()
}

/// The hashes, sealed for their owner.
fn seal(hop: &Hop, transaction: &Transaction, noting: &Noting, owner: &FactorOwner) -> Vec<u8> {
    let hashes = hashes_of(hop, transaction, noting, owner);
    let context = owner.id().as_str().as_bytes();
    hop.state.keyring.seal(Purpose::Factor, context, &hashes)
}

fn hash_parts<'a>(owner: &'a FactorOwner, letters: &'a str) -> [&'a [u8]; 3] {
    [b"backup code", owner.id().as_str().as_bytes(), letters.as_bytes()]
}

/// The bit of the code with these letters. Every hash is compared, whichever is right.
fn bit_of(hop: &Hop, factor: &Factor, letters: &str) -> Result<Option<i64>, SignInFault> {
    let context = factor.owner.id().as_str().as_bytes();
    let hashes = hop.state.keyring.open(Purpose::Factor, context, &factor.sealed_secret);
    let hashes = hashes.map_err(|_| SignInFault::Broken("a factor cannot be opened"))?;
    let parts = hash_parts(&factor.owner, letters);
    let bits = hashes.chunks_exact(HASH_BYTES).zip(0..BACKUP_CODES);
    Ok(bits.fold(None, |found, (hash, place)| {
        let is_right = hop.state.keyring.verify_mac(Purpose::Factor, &parts, hash);
        if is_right { Some(1 << place) } else { found }
    }))
}

/// A code as people type it: in small letters, with spaces or without the hyphen, and with letters that look alike.
fn letters_of(typed: &str) -> String {
    let letter = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let kept = typed.chars().take(CODE_LIMIT);
    kept.filter(|c| !c.is_whitespace() && *c != '-').map(letter).collect()
}

async fn look_up(hop: &Hop, owner: &FactorOwner) -> Result<FactorLookUp, SignInFault> {
    let (counter, since) = (counter_of(hop, owner), hop.now - WINDOW);
    Ok(factor::look_up(hop.state.store.read(), owner, FactorKind::BackupCode, &counter, since).await?)
}

fn counter_of(hop: &Hop, owner: &FactorOwner) -> String {
    counter(hop, "backup_code", owner.id().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        for (typed, want) in [
            ("ABCDE-FGH23", "ABCDEFGH23"),
            (" abcde fgh23 ", "ABCDEFGH23"),
            ("oil0l-OIL01", "0110101101"),
            ("ABCDE--FGH23 and what follows it, at length", "ABCDEFGH23ANDWHATF0"),
            ("", ""),
        ] {
            assert_eq!(letters_of(typed), want, "{typed}");
        }
    }
}
