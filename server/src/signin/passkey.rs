//! Passkeys (Web Authentication Level 3): what a step's page asks the browser for, and what its answer is good for.
//!
//! A challenge is derived from the transaction, which only this browser can continue, and from where it stands: nothing
//! is written until an answer to it is right, and with that the transaction is somewhere else.

use doorward_domain::engine::Person;
use doorward_domain::holder::FactorOwner;
use doorward_domain::passkey::Passkey;
use doorward_storage::passkey::{self, PasskeyLookUp};
use doorward_vault::Purpose;
use doorward_webauthn::{Expected, Party, User};

use super::backup_code;
use super::fault::SignInFault;
use super::hop::Hop;
use super::owner::{Owner, owner_of};
use super::transaction::Transaction;

mod check;
mod enter;
mod proof;

pub use enter::{PasskeyMisfit, PasskeyOutcome, Sent, enter};
pub(super) use proof::check_owner;
pub use proof::identify;

/// What the page of a step that takes a passkey hands to the browser: the options of the ceremonies, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// Nobody is known: whichever passkey the person has here says who they are.
    Identify { request: String },
    /// One of the account's passkeys confirms the person, and another can be made after it.
    Confirm { request: String, creation: String },
    /// The account has none yet. Where it has another factor that was not used, a code of that comes first (S38).
    Enrol { creation: String, proof: Option<ProofBy> },
}

/// What shows that whoever makes a passkey is the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofBy {
    /// A code of their app.
    App,
    BackupCode,
}

/// What the page shows; `None` where no passkey can be used: the person has none and may not make one, or our address
/// is a number, which no passkey works for.
///
/// # Errors
/// Those of the database.
pub(super) async fn page(
    hop: &Hop,
    transaction: &Transaction,
    person: Option<&Person>,
    codes: &mut backup_code::Known,
) -> Result<Option<Page>, SignInFault> {
    let Some(party) = party(hop) else {
        return Ok(None);
    };
    let challenges = Challenges::of(hop, transaction);
    let Some(person) = person else {
        let expected = challenges.to_use(true);
        let request = party.request_options(&expected, []).to_string();
        return Ok(Some(Page::Identify { request }));
    };
    let found = passkey::look_up(hop.state.store.read(), &owner_of(hop, person)?).await?;
    let Ok(owner) = Owner::found(person, found.account, found.is_held) else {
        return Ok(None);
    };
    let ids = || found.passkeys.iter().map(|passkey| passkey.credential_id.as_slice());
    let creation = || {
        let handle = user_handle(hop, &owner.id);
        let user = User {
            handle: &handle,
            name: &owner.name,
            display_name: &owner.display_name,
        };
        let name = &hop.snapshot.branding.organisation;
        party
            .creation_options(name, &user, &challenges.to_make(), ids())
            .to_string()
    };
    Ok(if !found.passkeys.is_empty() && !transaction.adds_passkey_now() {
        Some(Page::Confirm {
            request: party.request_options(&challenges.to_use(false), ids()).to_string(),
            creation: creation(),
        })
    } else if transaction.may_enrol(found.has_other) {
        Some(Page::Enrol {
            creation: creation(),
            proof: None,
        })
    } else {
        let proof = proof_by(hop, person, found.has_app, codes).await?;
        proof.map(|proof| Page::Enrol {
            creation: creation(),
            proof: Some(proof),
        })
    })
}

/// What of the person's other factors can show that it is them.
async fn proof_by(
    hop: &Hop,
    person: &Person,
    has_app: bool,
    codes: &mut backup_code::Known,
) -> Result<Option<ProofBy>, SignInFault> {
    if has_app {
        return Ok(Some(ProofBy::App));
    }
    let codes = codes.page(hop, person).await?;
    Ok(codes.filter(|codes| codes.left > 0).map(|_| ProofBy::BackupCode))
}

/// Our site as browsers know it.
fn party(hop: &Hop) -> Option<Party> {
    Party::of_site(hop.state.config.public_url.as_str())
}

/// What authenticators know an owner by: opaque, and the same for all their passkeys (§5.4.3).
fn user_handle(hop: &Hop, owner: &FactorOwner) -> [u8; 32] {
    let parts = [b"passkey user handle".as_slice(), owner.id().as_str().as_bytes()];
    hop.state.keyring.mac(Purpose::Factor, &parts)
}

/// The challenges of a transaction where it stands.
struct Challenges {
    usage: [u8; 32],
    making: [u8; 32],
}

impl Challenges {
    fn of(hop: &Hop, transaction: &Transaction) -> Self {
        let stage = transaction.stage();
        let challenge = |ceremony: &[u8]| {
            let parts = [
                b"passkey challenge".as_slice(),
                ceremony,
                transaction.id.as_str().as_bytes(),
                transaction.binding.expose().as_bytes(),
                stage.as_bytes(),
            ];
            hop.state.keyring.mac(Purpose::Factor, &parts)
        };
        Self {
            usage: challenge(b"use"),
            making: challenge(b"make"),
        }
    }

    /// What says who somebody is must know them; what confirms them need not.
    fn to_use(&self, says_who: bool) -> Expected<'_> {
        Expected {
            challenge: &self.usage,
            must_verify: says_who,
        }
    }

    fn to_make(&self) -> Expected<'_> {
        Expected {
            challenge: &self.making,
            must_verify: false,
        }
    }
}

/// Whom a ceremony is about.
struct Subject {
    owner: Owner,
    passkeys: Vec<Passkey>,
    has_other: bool,
    has_app: bool,
}

impl Subject {
    async fn load(hop: &Hop, person: &Person) -> Result<Self, SignInFault> {
        let PasskeyLookUp {
            account,
            is_held,
            passkeys,
            has_other,
            has_app,
        } = passkey::look_up(hop.state.store.read(), &owner_of(hop, person)?).await?;
        Ok(Self {
            owner: Owner::found(person, account, is_held)?,
            passkeys,
            has_other,
            has_app,
        })
    }
}
