//! Codes of an app (RFC 6238): checks one, and enrols an app during the sign-in that asks for its first code.
//!
//! The secret of an app that is about to be enrolled is derived from the transaction, which only this browser can
//! continue: nothing has to be written until its first code is right.

use doorward_domain::Claims;
use doorward_domain::account::{Account, AccountStatus};
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::engine::Person;
use doorward_domain::factor::{Factor, FactorKind};
use doorward_domain::flow::AuthOption;
use doorward_domain::id::{AccountId, FactorId};
use doorward_storage::factor::{self, FactorLookUp};
use doorward_storage::rate_limit;
use doorward_storage::sign_in::{AccountWrite, FactorWrite};
use doorward_vault::Purpose;
use serde_json::json;
use totp_rs::{Builder, Totp};

use super::dispatcher;
use super::fault::SignInFault;
use super::finish::Effects;
use super::hop::{Hop, Terms};
use super::password::{self, WINDOW, counter};
use super::transaction::Transaction;

/// Wrong codes for one account within the window. A guess hits one of the three codes that are good at a time, so this
/// leaves it a chance of 3 in 100,000 per window.
pub const PER_ACCOUNT: i64 = 10;
/// Longest code that is looked at, with the spaces people type.
const CODE_LIMIT: usize = 16;
/// Bytes of a secret: the length of the hash (RFC 4226 §4, R6).
const SECRET_BYTES: usize = 20;

/// Why a code does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    Wrong,
    /// It was right, once.
    Used,
}

/// What became of a code.
pub enum Checked {
    Right(Box<Right>),
    Misfit(Misfit),
}

/// A code that was right.
pub struct Right {
    account: Account,
    write: FactorWrite,
    /// The counter to forget when the step is committed.
    forgive: Option<String>,
}

impl Right {
    /// What it writes, and what is known of the person.
    #[must_use]
    pub fn effects(self, hop: &Hop) -> (Effects, Claims) {
        let enrolled = match &self.write {
            FactorWrite::Enrol(factor) => Some(AuditEvent {
                account: Some(self.account.id.clone()),
                sub: Some(self.account.sub.clone()),
                detail: json!({"factor": factor.kind.as_str()}),
                ..hop.event(AuditAction::FactorEnrolled)
            }),
            FactorWrite::Use { .. } | FactorWrite::None => None,
        };
        let effects = Effects {
            account: Some(AccountWrite::Use {
                account: self.account.id.clone(),
                at: hop.now,
            }),
            factor: Some(self.write),
            forgive: self.forgive,
            audit: enrolled.into_iter().collect(),
            ..Effects::default()
        };
        (effects, self.account.claims())
    }
}

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
    },
}

/// What the page shows, when the step takes codes from the person who is known by now.
///
/// # Errors
/// Those of the database.
pub async fn page(hop: &Hop, terms: &Terms, transaction: &Transaction) -> Result<Option<Page>, SignInFault> {
    let choosing = dispatcher::choosing(transaction)?;
    let flow = terms.demands().flow;
    let Ok(account) = choosing.check_factor_offered(&AuthOption::Totp, flow, hop.now) else {
        return Ok(None);
    };
    let found = look_up(hop, account).await?;
    if found.factor.is_some() {
        return Ok(Some(Page::Ask));
    }
    let name = match (&found.account, choosing.progress().person()) {
        (Some(account), _) => account.username.clone(),
        (None, Some(person @ (Person::Account { .. } | Person::PassThrough { .. }))) => person.sub().to_owned(),
        (None, None) => String::new(),
    };
    let totp = new_totp(hop, transaction, &name)?;
    let address = totp
        .to_url()
        .map_err(|_| SignInFault::Broken("an app has no address"))?;
    Ok(Some(Page::Enrol {
        key: totp.secret().to_base32(),
        address,
    }))
}

/// Checks a code; a wrong one is counted.
///
/// # Errors
/// `TooManyAttempts`; `Denied` for an account that is not active; those of the database.
pub async fn check(
    hop: &Hop,
    transaction: &Transaction,
    account: &AccountId,
    typed: &str,
) -> Result<Checked, SignInFault> {
    let counter = counter_of(hop, account);
    let (_place, running) = hop.state.passwords_running.enter(&counter);
    let FactorLookUp {
        account: owner,
        factor,
        failures,
    } = look_up(hop, account).await?;
    let owner = owner.ok_or(SignInFault::Expired)?;
    if owner.status != AccountStatus::Active {
        return Err(SignInFault::Denied(doorward_domain::engine::Denial::NotActive(
            owner.status,
        )));
    }
    let from = password::address_counter(hop);
    let from_there = password::failures_from(hop, from.as_deref()).await?;
    if failures + running >= PER_ACCOUNT || from_there >= password::PER_ADDRESS {
        return Err(SignInFault::TooManyAttempts);
    }
    let totp = match &factor {
        Some(factor) => enrolled_totp(hop, factor)?,
        None => new_totp(hop, transaction, &owner.username)?,
    };
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).take(CODE_LIMIT).collect();
    let now = u64::try_from(hop.now.timestamp()).unwrap_or_default();
    let Some(step) = totp.check(&typed, now).and_then(|step| i64::try_from(step).ok()) else {
        for counter in std::iter::once(&counter).chain(&from) {
            rate_limit::hit(&hop.state.store, counter, WINDOW.num_seconds(), hop.now).await?;
        }
        return Ok(Checked::Misfit(Misfit::Wrong));
    };
    let write = match factor {
        Some(factor) if step <= factor.last_counter => return Ok(Checked::Misfit(Misfit::Used)),
        Some(factor) => FactorWrite::Use {
            factor: factor.id,
            counter: step,
            at: hop.now,
        },
        None => FactorWrite::Enrol(Box::new(new_factor(hop, &totp, account, step))),
    };
    Ok(Checked::Right(Box::new(Right {
        account: owner,
        write,
        forgive: (failures > 0).then(|| counter.clone()),
    })))
}

async fn look_up(hop: &Hop, account: &AccountId) -> Result<FactorLookUp, SignInFault> {
    let (counter, since) = (counter_of(hop, account), hop.now - WINDOW);
    Ok(factor::look_up(hop.state.store.read(), account, FactorKind::Totp, &counter, since).await?)
}

fn counter_of(hop: &Hop, account: &AccountId) -> String {
    counter(hop, "totp", account.as_str())
}

fn new_factor(hop: &Hop, totp: &Totp, account: &AccountId, step: i64) -> Factor {
    let keyring = &hop.state.keyring;
    Factor {
        id: FactorId::from_random(hop.state.random.id()),
        account: account.clone(),
        kind: FactorKind::Totp,
        sealed_secret: keyring.seal(Purpose::Factor, account.as_str().as_bytes(), totp.secret().as_bytes()),
        last_counter: step,
        created_at: hop.now,
        last_used_at: Some(hop.now),
    }
}

fn enrolled_totp(hop: &Hop, factor: &Factor) -> Result<Totp, SignInFault> {
    let context = factor.account.as_str().as_bytes();
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
