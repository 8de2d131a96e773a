//! How a rehearsal ends, in words.

use super::Ending;
use crate::account::AccountStatus;
use crate::engine::{Denial, Denied, Person, ScriptFault};

pub(super) fn signed_in(person: Option<&Person>, acr: &str, amr: &[&str], asked_for: Vec<String>) -> Ending {
    Ending::SignedIn {
        has_account: person.and_then(Person::account).is_some(),
        acr: acr.to_owned(),
        amr: amr.iter().map(|&value| value.to_owned()).collect(),
        asked_for,
    }
}

pub(super) fn stopped(denied: Denied) -> Ending {
    let told = match denied.reason {
        Denial::AccountExists => "an account has this address already, and the connection links none",
        Denial::NotActive(AccountStatus::Disabled) => "the account is disabled",
        Denial::NotActive(AccountStatus::Locked | AccountStatus::Active) => "the account is locked",
        Denial::KeptOut => "the identity was erased, and is kept out",
        Denial::AnotherPerson => "the step was passed by somebody else than the first",
        Denial::NeedsAccount => "the step needs an account, and they have none",
        Denial::NoVerifiedAddress => "the step sends a code by email, and they have no verified address",
        Denial::NoOptionLeft => "nothing that the step offers is left for them",
        Denial::ByScript => "the script refuses them",
        Denial::ScriptFailed(ScriptFault::NoSuchStep) => "the script asks for a step that is not there",
        Denial::ScriptFailed(_) => "the script fails, and nobody is let through then",
        Denial::PasskeyCopied => "the passkey has been copied, and works no more",
        Denial::EnrolmentRefused => "nothing new can be set up with a first factor alone",
        Denial::Incomplete => "the flow ends before they have said who they are",
    };
    Ending::Stopped {
        step: denied.step + 1,
        reason: denied.reason.as_str().to_owned(),
        told: told.to_owned(),
    }
}
