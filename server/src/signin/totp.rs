//! Codes of an app (RFC 6238): checks one, and enrols an app during the sign-in that asks for its first code.
//!
//! The secret of an app that is about to be enrolled is derived from the transaction, which only this browser can
//! continue: nothing has to be written until its first code is right.

use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::engine::{Denial, Person};
use doorward_domain::factor::{Factor, FactorKind};
use doorward_domain::holder::FactorOwner;
use doorward_domain::id::FactorId;
use doorward_storage::factor::{self, FactorLookUp};
use doorward_storage::sign_in::FactorWrite;
use doorward_vault::Purpose;
use serde_json::json;
use totp_rs::{Builder, Totp};

use super::attempts::{self, WINDOW, counter};
use super::backup_code::{self, Tried};
use super::codes::{Checked, Entered, Misfit, Right};
use super::fault::SignInFault;
use super::finish::Effects;
use super::hop::Hop;
use super::owner::{Owner, owner_of};
use super::transaction::Transaction;

/// Wrong codes for one account within the window. A guess hits one of the three codes that are good at a time, so this
/// leaves it a chance of 3 in 100,000 per window.
pub const PER_ACCOUNT: i64 = 10;
/// Longest code that is looked at, with the spaces people type.
const CODE_LIMIT: usize = 16;
/// Bytes of a secret: the length of the hash (RFC 4226 §4, R6).
const SECRET_BYTES: usize = 20;

/// What the page of a step that takes codes shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// The app is enrolled: a code is asked for.
    Ask,
    /// None is enrolled yet: what an app needs to be.
    Enrol {
        /// The secret in the letters of RFC 4648 §6, for typing.
        key: String,
        /// What the picture holds.
        address: String,
        /// Whether a backup code has to come with the app's first code (S38).
        needs_proof: bool,
    },
}

/// What there is for the person who is known by now.
pub(super) enum Offer {
    Page(Page),
    /// They can neither use an app nor enrol one: every backup code is used that could show who enrols it.
    NoProofLeft,
    /// Nor here, where a passkey that was not used would have to show it.
    NeedsPasskey,
}

/// What there is for the person who is known by now.
///
/// # Errors
/// Those of the database.
pub(super) async fn offer(
    hop: &Hop,
    transaction: &Transaction,
    person: &Person,
    codes: &mut backup_code::Known,
) -> Result<Offer, SignInFault> {
    let found = look_up(hop, &owner_of(hop, person)?).await?;
    if found.factor.is_some() {
        return Ok(Offer::Page(Page::Ask));
    }
    let codes = match transaction.shows_possession() {
        true => None,
        false => codes.page(hop, person).await?,
    };
    match codes {
        Some(codes) if codes.left == 0 => return Ok(Offer::NoProofLeft),
        None if !transaction.may_enrol(found.has_passkey) => return Ok(Offer::NeedsPasskey),
        Some(_) | None => {}
    }
    let owner = Owner::found(person, found.account, found.is_held)?;
    let totp = new_totp(hop, transaction, &owner.name)?;
    let address = totp
        .to_url()
        .map_err(|_| SignInFault::Broken("an app has no address"))?;
    Ok(Offer::Page(Page::Enrol {
        key: totp.secret().to_base32(),
        address,
        needs_proof: codes.is_some(),
    }))
}

/// Checks a code; a wrong one is counted.
///
/// # Errors
/// `TooManyAttempts`; `Denied` for an account that is not active; those of the database.
pub(super) async fn check(
    hop: &Hop,
    transaction: &Transaction,
    person: &Person,
    entered: Entered<'_>,
) -> Result<Checked, SignInFault> {
    let id = owner_of(hop, person)?;
    let counter = counter_of(hop, &id);
    let (_place, running) = hop.state.attempts_running.enter(&counter);
    let FactorLookUp {
        account,
        is_held,
        factor,
        has_passkey,
        failures,
    } = look_up(hop, &id).await?;
    let owner = Owner::found(person, account, is_held)?;
    owner.check_active()?;
    let counters = attempts::admit(hop, &counter, failures + running, PER_ACCOUNT).await?;
    let totp = match &factor {
        Some(factor) => enrolled_totp(hop, factor)?,
        None => new_totp(hop, transaction, &owner.name)?,
    };
    let typed: String = entered
        .code
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(CODE_LIMIT)
        .collect();
    let now = u64::try_from(hop.now.timestamp()).unwrap_or_default();
    let Some(step) = totp.check(&typed, now).and_then(|step| i64::try_from(step).ok()) else {
        counters.count(hop).await?;
        return Ok(Checked::Misfit(Misfit::Wrong));
    };
    let (factors, audit) = match factor {
        Some(factor) if step <= factor.last_counter => return Ok(Checked::Misfit(Misfit::Used)),
        Some(factor) => {
            let used = FactorWrite::Use {
                factor: factor.id,
                counter: step,
                at: hop.now,
            };
            (vec![used], vec![])
        }
        None => {
            let detail = json!({"factor": FactorKind::Totp.as_str()});
            let event = owner.event(hop, AuditAction::FactorEnrolled, detail);
            let new = FactorWrite::Enrol(Box::new(new_factor(hop, &totp, &id, step)));
            let proof = match transaction.shows_possession() {
                true => Proof::NotNeeded,
                false => prove(hop, person, entered.proof).await?,
            };
            match proof {
                Proof::NotNeeded if !transaction.may_enrol(has_passkey) => {
                    return Err(SignInFault::Denied(Denial::EnrolmentRefused, None));
                }
                Proof::NotNeeded => (vec![new], vec![event]),
                Proof::Spent(proof, spent) => (vec![proof, new], vec![*spent, event]),
                Proof::Misfit => return Ok(Checked::Misfit(Misfit::Unproven)),
            }
        }
    };
    let effects = Effects {
        factors,
        forgive: (failures > 0).then(|| counter.clone()),
        audit,
        ..owner.used(hop)
    };
    Ok(Checked::Right(Box::new(Right {
        effects,
        claims: owner.claims,
    })))
}

/// What shows that whoever enrols an app is the person.
enum Proof {
    /// The account has no backup codes.
    NotNeeded,
    Spent(FactorWrite, Box<AuditEvent>),
    Misfit,
}

/// An account that has backup codes gets an app only together with one of them: a stolen password alone enrols nothing
/// (S38).
async fn prove(hop: &Hop, person: &Person, typed: &str) -> Result<Proof, SignInFault> {
    match backup_code::page(hop, person).await? {
        None => return Ok(Proof::NotNeeded),
        Some(codes) if codes.left == 0 => return Err(SignInFault::NoProofLeft),
        Some(_) if typed.is_empty() => return Ok(Proof::Misfit),
        Some(_) => {}
    }
    Ok(match backup_code::spend(hop, person, typed).await? {
        Tried::Right(spending) => Proof::Spent(spending.write, Box::new(spending.event)),
        Tried::Misfit(_) => Proof::Misfit,
    })
}

async fn look_up(hop: &Hop, owner: &FactorOwner) -> Result<FactorLookUp, SignInFault> {
    let (counter, since) = (counter_of(hop, owner), hop.now - WINDOW);
    Ok(factor::look_up(hop.state.store.read(), owner, FactorKind::Totp, &counter, since).await?)
}

fn counter_of(hop: &Hop, owner: &FactorOwner) -> String {
    counter(hop, "totp", owner.id().as_str())
}

fn new_factor(hop: &Hop, totp: &Totp, owner: &FactorOwner, step: i64) -> Factor {
    let keyring = &hop.state.keyring;
    Factor {
        id: FactorId::from_random(hop.state.random.id()),
        owner: owner.clone(),
        kind: FactorKind::Totp,
        sealed_secret: keyring.seal(
            Purpose::Factor,
            owner.id().as_str().as_bytes(),
            totp.secret().as_bytes(),
        ),
        last_counter: step,
        created_at: hop.now,
        last_used_at: Some(hop.now),
    }
}

fn enrolled_totp(hop: &Hop, factor: &Factor) -> Result<Totp, SignInFault> {
    let context = factor.owner.id().as_str().as_bytes();
    let secret = hop.state.keyring.open(Purpose::Factor, context, &factor.sealed_secret);
    let secret = secret.map_err(|_| SignInFault::Broken("a factor cannot be opened"))?;
    totp(&secret, "", "")
}

/// The app this transaction would enrol.
fn new_totp(hop: &Hop, transaction: &Transaction, username: &str) -> Result<Totp, SignInFault> {
    let parts = [
        b"enrol totp".as_slice(),
        transaction.id.as_str().as_bytes(),
        transaction.binding.expose().as_bytes(),
    ];
    let secret = hop.state.keyring.mac(Purpose::Factor, &parts);
    totp(&secret[..SECRET_BYTES], username, &hop.snapshot.branding.organisation)
}

fn totp(secret: &[u8], username: &str, issuer: &str) -> Result<Totp, SignInFault> {
    // A colon parts the two names in the address.
    let name = |text: &str| text.replace(':', " ");
    let made = Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(name(username))
        .with_issuer((!issuer.is_empty()).then(|| name(issuer)))
        .build();
    made.map_err(|_| SignInFault::Broken("a factor's secret is too short"))
}
