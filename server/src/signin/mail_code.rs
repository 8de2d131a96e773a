//! Codes that go to a verified address of the person (S39).
//!
//! A code is derived from the transaction, which only this browser can continue, the step and the address: nothing of
//! it is stored but the mail, and a second mail brings the same one. It works once because the step it passes is over
//! then.

use chrono::Duration;
use doorward_app::hosted::{Language, mask, text};
use doorward_domain::account::{Account, AccountStatus, verified_email};
use doorward_domain::engine::{Choosing, Denial, MailWish, Person, SignIn};
use doorward_storage::outbox::{self, CodeLookUp, LastMail, MailState};
use doorward_storage::sign_in::AccountWrite;
use doorward_vault::Purpose;

use super::attempts::{self, WINDOW, counter};
use super::codes::{Checked, Misfit, Right};
use super::fault::SignInFault;
use super::finish::Effects;
use super::hop::{Hop, Terms};
use super::transaction::Transaction;
use crate::mail::{self, About, Letter, Order};

/// Wrong codes for one person within the window: a chance of 1 in 100,000.
pub const PER_PERSON: i64 = 10;
/// Mails to one person within the window, so that nobody's mailbox is flooded.
pub const MAILS_PER_PERSON: i64 = 5;
/// How long a code works after the last mail with it.
pub(super) const LIFE: Duration = Duration::minutes(10);
const DIGITS: usize = 6;
/// Of a code that joins an account to a provider: any provider may assert any address and have one made.
const PROOF_DIGITS: usize = 8;

/// What the page of the step shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The address, masked.
    pub to: String,
    /// `None` until a mail was asked for.
    pub mail: Option<Delivery>,
}

/// How the last mail fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    UnderWay,
    /// It was tried and is tried again (F23).
    Slow,
    /// It will not arrive (F24).
    Failed,
}

/// When a mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// If there was none for this step yet.
    First,
    /// The person asked for one.
    Asked,
}

/// The person and their address, as they are now.
struct Receiver {
    address: String,
    account: Option<Account>,
    /// What wrong codes and mails are counted under.
    key: String,
    topic: String,
    failures: i64,
    mails: i64,
    last: Option<LastMail>,
}

fn key_of(hop: &Hop, person: &Person) -> String {
    counter(hop, "email_otp", person.sub())
}

async fn receiver(
    hop: &Hop,
    choosing: &Choosing,
    transaction: &Transaction,
    person: &Person,
) -> Result<Receiver, SignInFault> {
    let key = key_of(hop, person);
    let topic = topic(choosing, transaction);
    let since = hop.now - WINDOW;
    let CodeLookUp {
        account,
        failures,
        mails,
        last,
    } = outbox::look_up(hop.state.store.read(), person.account(), &topic, &key, since).await?;
    if let Some(account) = &account
        && account.status != AccountStatus::Active
    {
        return Err(SignInFault::Denied(Denial::NotActive(account.status), None));
    }
    let address = address(hop, person, account.as_ref()).ok_or(SignInFault::Denied(Denial::NoVerifiedAddress, None))?;
    Ok(Receiver {
        address,
        account,
        key,
        topic,
        failures,
        mails,
        last,
    })
}

/// What a code is for. A code for a step proves no account, and the other way round.
fn topic(choosing: &Choosing, transaction: &Transaction) -> String {
    if matches!(transaction.state, SignIn::AwaitingProof(_)) {
        return format!("proof {}", transaction.id);
    }
    format!("code {} {}", transaction.id, choosing.progress().passed().len())
}

/// The letter's subject and text. One that links says so, and with what: whoever passes its code on gives their account
/// away.
fn words(hop: &Hop, place: &str, transaction: &Transaction, language: Language, code: &str) -> (String, String) {
    let texts = text::texts(language);
    if let SignIn::AwaitingProof(awaiting) = &transaction.state {
        let connection = hop.snapshot.connection(&awaiting.federated().assertion().connection);
        let name = connection.map_or("", |connection| connection.display_name.as_str());
        return ((texts.proof.subject)(place), (texts.proof.letter)(code, name));
    }
    ((texts.mail_code.subject)(place), (texts.mail_code.letter)(code, place))
}

/// Where codes may go now: what was allowed when the person came in may not be any more (S9, S39).
fn address(hop: &Hop, person: &Person, account: Option<&Account>) -> Option<String> {
    match person {
        Person::Account { .. } => account?.owned_address().map(str::to_owned),
        Person::PassThrough { key, claims, .. } => {
            let connection = hop.snapshot.connection(&key.connection)?;
            let asserted = verified_email(claims).filter(|_| connection.mails_to_asserted_address());
            asserted.map(str::to_owned)
        }
    }
}

/// What the page shows.
///
/// # Errors
/// `Denied` for an account that is not active or has lost its address; those of the database.
pub async fn page(
    hop: &Hop,
    choosing: &Choosing,
    transaction: &Transaction,
    person: &Person,
) -> Result<Page, SignInFault> {
    let receiver = receiver(hop, choosing, transaction, person).await?;
    let delivery = |last: LastMail| match last.state {
        MailState::Sent => Delivery::UnderWay,
        MailState::Waiting if last.attempts <= 1 => Delivery::UnderWay,
        MailState::Waiting => Delivery::Slow,
        MailState::Refused | MailState::Expired => Delivery::Failed,
    };
    Ok(Page {
        to: mask::mask(&receiver.address),
        mail: receiver.last.map(delivery),
    })
}

/// Sends the mail with the code.
///
/// # Errors
/// As [`page`]; `TooManyAttempts` after too many mails.
pub async fn send(
    hop: &Hop,
    terms: &Terms,
    choosing: &Choosing,
    transaction: &Transaction,
    person: &Person,
    language: Language,
    when: When,
) -> Result<MailWish, SignInFault> {
    let receiver = receiver(hop, choosing, transaction, person).await?;
    if when == When::First && receiver.last.is_some() {
        return Ok(MailWish::Granted);
    }
    let sent = receiver.last.map_or(0, |last| last.number + 1);
    let wish = choosing.allows_mail(u32::try_from(sent).unwrap_or(u32::MAX));
    if wish != MailWish::Granted {
        return Ok(wish);
    }
    if receiver.mails >= MAILS_PER_PERSON {
        return Err(SignInFault::TooManyAttempts);
    }
    let place = place(hop, terms);
    let code = code(hop, transaction, &receiver);
    let (subject, text) = words(hop, place, transaction, language, &code);
    let letter = Letter {
        subject,
        text,
        to: receiver.address,
        about: About {
            account: person.account().cloned(),
            application: terms.application().map(|application| application.id.clone()),
            sub: Some(person.sub().to_owned()),
        },
    };
    let order = Order {
        topic: receiver.topic,
        number: sent,
        person_key: receiver.key,
        letter,
        expires_at: hop.now + LIFE,
    };
    mail::put(&hop.state, order, hop.now).await?;
    Ok(MailWish::Granted)
}

fn code(hop: &Hop, transaction: &Transaction, receiver: &Receiver) -> String {
    let parts = [
        receiver.topic.as_bytes(),
        transaction.binding.expose().as_bytes(),
        receiver.address.as_bytes(),
    ];
    let digits = if matches!(transaction.state, SignIn::AwaitingProof(_)) {
        PROOF_DIGITS
    } else {
        DIGITS
    };
    derive(hop, &parts, digits)
}

/// A code of so many digits that stems from what it is for.
pub(super) fn derive(hop: &Hop, parts: &[&[u8]], digits: usize) -> String {
    let mac = hop.state.keyring.mac(Purpose::Mail, parts);
    let number = mac[..8]
        .iter()
        .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    let codes = 10_u64.pow(u32::try_from(digits).unwrap_or_default());
    format!("{:0digits$}", number % codes)
}

/// Whether the code is what was typed, with the spaces people put between.
pub(super) fn fits(typed: &str, code: &str) -> bool {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    doorward_vault::equal(typed.as_bytes(), code.as_bytes())
}

/// Where the person signs in, in words.
pub(super) fn place<'a>(hop: &'a Hop, terms: &'a Terms) -> &'a str {
    match terms.application() {
        Some(application) => &application.name,
        None => &hop.snapshot.branding.organisation,
    }
}

/// Checks a code; a wrong one is counted.
///
/// # Errors
/// `TooManyAttempts`; as [`page`].
pub(super) async fn check(
    hop: &Hop,
    choosing: &Choosing,
    transaction: &Transaction,
    person: &Person,
    typed: &str,
) -> Result<Checked, SignInFault> {
    let key = key_of(hop, person);
    let (_place, running) = hop.state.attempts_running.enter(&key);
    let receiver = receiver(hop, choosing, transaction, person).await?;
    let counters = attempts::admit(hop, &key, receiver.failures + running, PER_PERSON).await?;
    let is_alive = receiver.last.is_some_and(|last| hop.now < last.expires_at);
    let is_right = fits(typed, &code(hop, transaction, &receiver));
    if !(is_alive && is_right) {
        counters.count(hop).await?;
        return Ok(Checked::Misfit(Misfit::Wrong));
    }
    let used = receiver.account.as_ref().map(|account| AccountWrite::Use {
        account: account.id.clone(),
        at: hop.now,
    });
    Ok(Checked::Right(Box::new(Right {
        effects: Effects {
            account: used,
            forgive: (receiver.failures > 0).then_some(receiver.key),
            ..Effects::default()
        },
        claims: receiver.account.map(|account| account.claims()).unwrap_or_default(),
    })))
}
