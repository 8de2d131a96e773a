//! Checks a browser's answers: whose passkey it is, that it is right, and that one more may be enrolled.

use doorward_domain::account::verified_email;
use doorward_domain::assurance::KeyUse;
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::engine::{Denial, PasskeyAccepted, Person};
use doorward_domain::flow::AuthOption;
use doorward_domain::holder::FactorOwner;
use doorward_domain::id::FactorId;
use doorward_domain::passkey::{self as rules, Passkey};
use doorward_storage::passkey;
use doorward_storage::sign_in::{FactorWrite, PasskeyWrite};
use doorward_webauthn::{Answer as BrowserAnswer, Fault, Known};
use serde_json::json;

use super::enter::{PasskeyMisfit, Sent};
use super::{Challenges, ProofBy, Subject, party, proof_by, user_handle};
use crate::log::chain;
use crate::signin::backup_code::{self, Tried};
use crate::signin::codes::{self, Entered};
use crate::signin::fault::SignInFault;
use crate::signin::finish::Effects;
use crate::signin::hop::{Hop, Terms};
use crate::signin::owner::{Owner, owner_of};
use crate::signin::totp;
use crate::signin::transaction::Transaction;

/// What becomes of a browser's answers.
pub(super) struct Checked {
    pub(super) owner: Owner,
    key: KeyUse,
    pub(super) writes: Vec<PasskeyWrite>,
    /// What the code of another factor, used beside it, writes.
    code: Option<Effects>,
    audit: Vec<AuditEvent>,
}

/// Why an answer is not taken.
pub(super) enum Stop {
    Misfit(PasskeyMisfit),
    /// There may be a copy of a passkey of the person with this `sub`.
    Copied(String),
    Fault(SignInFault),
}

impl<T: Into<SignInFault>> From<T> for Stop {
    fn from(fault: T) -> Self {
        Self::Fault(fault.into())
    }
}

const REFUSED: Stop = Stop::Misfit(PasskeyMisfit::Refused);

pub(super) async fn check(
    hop: &Hop,
    transaction: &Transaction,
    person: Option<&Person>,
    sent: Sent<'_>,
) -> Result<Checked, Stop> {
    match (sent.used, sent.made, person) {
        (Some(used), None, _) => check_used(hop, transaction, person, used).await,
        (Some(used), Some(made), Some(person)) => {
            let mut checked = check_used(hop, transaction, Some(person), used).await?;
            let subject = Subject::load(hop, person).await?;
            let (write, _) = check_made(hop, transaction, &subject, made, sent.name, false)?;
            checked.writes.push(write);
            checked.audit.push(enrolled(hop, &subject.owner));
            Ok(checked)
        }
        // What makes backup codes is shown now, not made now.
        (None, Some(_), Some(_)) if transaction.makes_codes() => Err(REFUSED),
        (None, Some(made), Some(person)) => {
            let subject = Subject::load(hop, person).await?;
            let has_any = subject.has_other || !subject.passkeys.is_empty();
            let code = if transaction.may_enrol(has_any) {
                None
            } else {
                Some(check_code(hop, transaction, person, &subject, sent.code).await?)
            };
            let (write, key) = check_made(hop, transaction, &subject, made, sent.name, !has_any)?;
            Ok(Checked {
                key,
                code,
                writes: vec![write],
                audit: vec![enrolled(hop, &subject.owner)],
                owner: subject.owner,
            })
        }
        (None, None, _) | (_, Some(_), None) => Err(REFUSED),
    }
}

/// Checks a code of another factor: who holds that may enrol one more (S38).
async fn check_code(
    hop: &Hop,
    transaction: &Transaction,
    person: &Person,
    subject: &Subject,
    typed: &str,
) -> Result<Effects, Stop> {
    let refused = || SignInFault::Denied(Denial::EnrolmentRefused, None).into();
    if !subject.passkeys.is_empty() {
        return Err(refused());
    }
    let mut codes = backup_code::Known::default();
    match proof_by(hop, person, subject.has_app, &mut codes)
        .await?
        .ok_or_else(refused)?
    {
        ProofBy::App => check_code_of_app(hop, transaction, person, typed).await,
        ProofBy::BackupCode => match backup_code::spend(hop, person, typed).await? {
            Tried::Right(spending) => Ok(Effects {
                factors: vec![spending.write],
                audit: vec![spending.event],
                ..Effects::default()
            }),
            Tried::Misfit(misfit) => Err(Stop::Misfit(PasskeyMisfit::Code(misfit))),
        },
    }
}

async fn check_code_of_app(
    hop: &Hop,
    transaction: &Transaction,
    person: &Person,
    typed: &str,
) -> Result<Effects, Stop> {
    let entered = Entered { code: typed, proof: "" };
    match totp::check(hop, transaction, person, entered).await? {
        codes::Checked::Right(right) if matches!(right.effects.factors[..], [FactorWrite::Use { .. }]) => {
            Ok(right.effects)
        }
        // The app was taken away this moment.
        codes::Checked::Right(_) => Err(REFUSED),
        codes::Checked::Misfit(misfit) => Err(Stop::Misfit(PasskeyMisfit::Code(misfit))),
    }
}

/// Checks a passkey that was used: whose it is (§7.2), then the answer itself.
pub(super) async fn check_used(
    hop: &Hop,
    transaction: &Transaction,
    person: Option<&Person>,
    used: &str,
) -> Result<Checked, Stop> {
    let party = party(hop).ok_or(SignInFault::NotOffered)?;
    let answer = BrowserAnswer::read(used).map_err(|_| REFUSED)?;
    let found = passkey::find_owner(hop.state.store.read(), &answer.credential_id).await?;
    let found = found.ok_or(REFUSED)?;
    let handle = user_handle(hop, &found.passkey.owner);
    let is_theirs = match (person, &answer.user_handle) {
        (Some(person), None) => owner_of(hop, person)? == found.passkey.owner,
        (Some(person), Some(named)) => owner_of(hop, person)? == found.passkey.owner && *named == handle,
        // Who is to be identified must be named by the authenticator itself, and be known by an account.
        (None, named) => {
            matches!(found.passkey.owner, FactorOwner::Account(_)) && named.as_deref() == Some(&handle[..])
        }
    };
    if !is_theirs {
        return Err(REFUSED);
    }
    let owner = match (person, found.account) {
        (_, Some(account)) => Owner::of_account(account),
        (Some(person), None) => Owner::found(person, None, true)?,
        (None, None) => return Err(REFUSED),
    };
    let challenges = Challenges::of(hop, transaction);
    let known = Known {
        public_key: &found.passkey.public_key,
        counter: u32::try_from(found.passkey.counter).unwrap_or(u32::MAX),
        backup_eligible: found.passkey.synced,
    };
    let asserted = party
        .authenticate(&answer, &known, &challenges.to_use(person.is_none()))
        .map_err(|fault| refuse(hop, fault, &owner.sub))?;
    let write = PasskeyWrite::Use {
        passkey: found.passkey.id,
        counter: asserted.counter.into(),
        at: hop.now,
    };
    Ok(Checked {
        owner,
        key: KeyUse {
            verified: asserted.user_verified,
            synced: found.passkey.synced,
        },
        writes: vec![write],
        code: None,
        audit: vec![],
    })
}

fn refuse(hop: &Hop, fault: Fault, sub: &str) -> Stop {
    tracing::info!(
        request_id = hop.request_id,
        error = chain(&fault),
        "a passkey was refused"
    );
    match fault {
        // Everything else is right: there is a copy, or the device is broken. Nobody is let in by either.
        Fault::CounterWentBack => Stop::Copied(sub.to_owned()),
        Fault::Malformed
        | Fault::OtherCeremony
        | Fault::OtherChallenge
        | Fault::OtherOrigin
        | Fault::Framed
        | Fault::OtherParty
        | Fault::NotPresent
        | Fault::NotVerified
        | Fault::Backup
        | Fault::UnknownKey
        | Fault::Attestation
        | Fault::Signature => REFUSED,
    }
}

/// Checks a passkey that was made (§7.1). That nobody has it yet is up to the database.
fn check_made(
    hop: &Hop,
    transaction: &Transaction,
    subject: &Subject,
    made: &str,
    name: &str,
    is_first: bool,
) -> Result<(PasskeyWrite, KeyUse), Stop> {
    let party = party(hop).ok_or(SignInFault::NotOffered)?;
    let answer = BrowserAnswer::read(made).map_err(|_| REFUSED)?;
    let registered = party
        .register(&answer, &Challenges::of(hop, transaction).to_make())
        .map_err(|fault| refuse(hop, fault, &subject.owner.sub))?;
    let key = KeyUse {
        verified: registered.user_verified,
        synced: registered.backup_eligible,
    };
    let passkey = Passkey {
        id: FactorId::from_random(hop.state.random.id()),
        owner: subject.owner.id.clone(),
        credential_id: registered.credential_id,
        name: rules::name(name, &subject.passkeys),
        public_key: registered.public_key,
        counter: registered.counter.into(),
        synced: registered.backup_eligible,
        created_at: hop.now,
        last_used_at: Some(hop.now),
    };
    let write = PasskeyWrite::Enrol {
        passkey: Box::new(passkey),
        is_first,
    };
    Ok((write, key))
}

fn enrolled(hop: &Hop, owner: &Owner) -> AuditEvent {
    let detail = json!({"factor": AuthOption::Passkey.to_string()});
    owner.event(hop, AuditAction::FactorEnrolled, detail)
}

impl Checked {
    pub(super) fn into_move(self, hop: &Hop, terms: &Terms, person: Option<&Person>) -> (PasskeyAccepted, Effects) {
        let Effects {
            factors,
            forgive,
            audit: proven,
            ..
        } = self.code.unwrap_or_default();
        let mut audit: Vec<AuditEvent> = proven.into_iter().chain(self.audit).collect();
        for event in &mut audit {
            event.application = terms.application().map(|application| application.id.clone());
        }
        let effects = Effects {
            factors,
            forgive,
            passkeys: self.writes,
            audit,
            ..self.owner.used(hop)
        };
        let passing = person.and_then(Person::passing_claims).cloned();
        let claims = passing.unwrap_or(self.owner.claims);
        let accepted = PasskeyAccepted {
            mailbox: verified_email(&claims).is_some(),
            claims,
            owner: self.owner.id,
            sub: self.owner.sub,
            status: self.owner.status,
            key: self.key,
        };
        (accepted, effects)
    }
}
