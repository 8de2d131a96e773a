//! A link or a code by email that says who somebody is: who reads the mail at an address is who owns it here.
//!
//! The mail holds a code, and for a link the address of a page with the same code in it. The code is derived from the
//! transaction, which only the browser that asked can continue, and from the address: nothing of it is stored but the
//! mail, another browser can do nothing with it, and opening the link only shows a page with a button, so that a scanner
//! of mail signs nobody in. A code works once, because what it passes is written once.
//!
//! Nobody learns here whether an address is known: the page is the same and costs one commit for every address (S20).

use doorward_app::hosted::{Language, text};
use doorward_domain::Timestamp;
use doorward_domain::account::{Account, AccountStatus, verified_email};
use doorward_domain::canonical::{IdentifierKey, address, lookup_key};
use doorward_domain::engine::PasswordAccepted;
use doorward_domain::flow::AuthOption;
use doorward_domain::script::StepOutcome;
use doorward_storage::sign_in::AccountWrite;
use doorward_storage::{account, rate_limit};
use serde::{Deserialize, Serialize};

use super::attempts::{self, WINDOW, counter};
use super::carrier;
use super::dispatcher::{self, Failed};
use super::fault::SignInFault;
use super::finish::{Answer, Effects, advance};
use super::hop::{Hop, Terms};
use super::mail_code::{self, LIFE};
use super::refusal::{self, Ended};
use super::transaction::{Home, Transaction};
use super::unproven;
use crate::mail::{self, About, Letter, Order};

/// Mails to one address within the window, so that nobody's mailbox is flooded.
pub const MAILS_PER_ADDRESS: i64 = 5;
/// Mails that one place may ask for within the window.
pub const MAILS_PER_PLACE: i64 = 30;
/// Wrong codes for one address within the window: a chance of 1 in ten million.
pub const PER_ADDRESS: i64 = 10;
/// Of a code. Anybody can have one made for any address, so it is longer than one that confirms somebody.
const DIGITS: usize = 8;

/// What a mail was asked for, kept in the transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    #[serde(rename = "o")]
    pub option: AuthOption,
    /// As it was typed.
    #[serde(rename = "e")]
    pub address: String,
    #[serde(rename = "a")]
    at: Timestamp,
    #[serde(rename = "n")]
    number: i64,
}

/// Why no mail is asked for.
pub enum Refusal {
    NoAddress,
    /// No mail can leave.
    Closed,
    Fault(SignInFault),
}

/// How a code fared.
pub enum MailOutcome {
    Passed(Answer),
    Wrong,
}

/// The account whose verified address this is, where it may sign in. A username that looks like an address is no
/// mailbox (S10).
fn owner(found: Option<Account>, key: &IdentifierKey) -> Option<Account> {
    let owns = |account: &Account| account.owned_address().is_some_and(|own| lookup_key(own) == *key);
    found.filter(|account| owns(account) && account.status == AccountStatus::Active)
}

/// Asks for a mail to an address, and remembers it in the browser.
///
/// # Errors
/// `NoAddress`, `Closed`, `TooManyAttempts`; what else stops it.
pub async fn ask(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    option: AuthOption,
    typed: &str,
    language: Language,
) -> Result<Answer, Refusal> {
    address(typed).map_err(|_| Refusal::NoAddress)?;
    if !hop.state.mail.is_open() {
        return Err(Refusal::Closed);
    }
    let asking = asking(hop, terms, transaction, option, typed, language);
    asking.await.map_err(Refusal::Fault)
}

async fn asking(
    hop: &Hop,
    terms: &Terms,
    mut transaction: Transaction,
    option: AuthOption,
    typed: &str,
    language: Language,
) -> Result<Answer, SignInFault> {
    let choosing = dispatcher::choosing(&transaction)?.into_owned();
    choosing.check_mail_offered(&option, terms.demands().flow, hop.now)?;
    if transaction.home != Home::Cookie {
        return Err(SignInFault::NotOffered);
    }
    let key = lookup_key(typed);
    count(hop, &key).await?;
    let number = transaction.asked.as_ref().map_or(0, |asked| asked.number + 1);
    let asked = Asked {
        option,
        address: typed.to_owned(),
        at: hop.now,
        number,
    };
    let found = account::find_by_identifier(hop.state.store.read(), &key).await?;
    match owner(found, &key) {
        Some(account) => send(hop, terms, &transaction, &asked, account, language).await?,
        // The same commit for an address that nobody owns (S20).
        None => {
            let nobody = counter(hop, "by_mail_nobody", key.as_str());
            rate_limit::hit(&hop.state.store, &nobody, WINDOW.num_seconds(), hop.now).await?;
        }
    }
    transaction.asked = Some(asked);
    let cookies = carrier::keep(&hop.state, &hop.headers, &transaction)?;
    Ok(Answer::redirect(dispatcher::address(&transaction), cookies))
}

/// Counts what is asked for, whoever the address belongs to.
async fn count(hop: &Hop, key: &IdentifierKey) -> Result<(), SignInFault> {
    let place = hop.address.map(|address| address.to_string());
    let limits = [
        Some((counter(hop, "by_mail", key.as_str()), MAILS_PER_ADDRESS)),
        place.map(|place| (counter(hop, "by_mail_place", &place), MAILS_PER_PLACE)),
    ];
    for (counter, limit) in limits.into_iter().flatten() {
        if rate_limit::hit(&hop.state.store, &counter, WINDOW.num_seconds(), hop.now).await? > limit {
            return Err(SignInFault::TooManyAttempts);
        }
    }
    Ok(())
}

async fn send(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    asked: &Asked,
    account: Account,
    language: Language,
) -> Result<(), SignInFault> {
    let address = account.owned_address().unwrap_or_default().to_owned();
    let code = code(hop, transaction, &asked.option, &lookup_key(&address));
    let (place, texts) = (mail_code::place(hop, terms), &text::texts(language).by_mail);
    let text = if asked.option == AuthOption::EmailLink {
        let path = format!("{}/mailed?code={code}", dispatcher::address(transaction));
        (texts.letter)(&hop.state.config.public_url.join(&path), &code, place)
    } else {
        (texts.code_letter)(&code, place)
    };
    let letter = Letter {
        subject: (texts.subject)(place),
        text,
        to: address,
        about: About {
            account: Some(account.id.clone()),
            application: terms.application().map(|application| application.id.clone()),
            sub: Some(account.sub.clone()),
        },
    };
    let order = Order {
        topic: format!("sign in {}", transaction.id),
        number: asked.number,
        person_key: counter(hop, "by_mail", account.id.as_str()),
        letter,
        expires_at: hop.now + LIFE,
    };
    mail::put(&hop.state, order, hop.now).await?;
    Ok(())
}

fn code(hop: &Hop, transaction: &Transaction, option: &AuthOption, key: &IdentifierKey) -> String {
    let option = option.to_string();
    let parts = [
        b"by mail".as_slice(),
        option.as_bytes(),
        transaction.id.as_str().as_bytes(),
        transaction.binding.expose().as_bytes(),
        key.as_str().as_bytes(),
    ];
    mail_code::derive(hop, &parts, DIGITS)
}

/// Passes the step with a code; a wrong one is counted.
///
/// # Errors
/// `TooManyAttempts`; what else stops it.
pub async fn enter(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    option: AuthOption,
    typed: &str,
) -> Result<MailOutcome, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let demands = terms.demands();
    let choosing = dispatcher::choosing(&transaction).map_err(within)?.into_owned();
    choosing
        .check_mail_offered(&option, demands.flow, hop.now)
        .map_err(|refused| within(refused.into()))?;
    let right = check(hop, &transaction, &option, typed).await;
    let right = right.inspect_err(|fault| {
        if matches!(fault, SignInFault::TooManyAttempts) {
            unproven::note_limit(hop, terms, &transaction, None);
        }
    });
    let right = right.map_err(within)?;
    let Some(Right { account, forgive }) = right else {
        return match dispatcher::give_up(hop, terms, &transaction, choosing, StepOutcome::Fail).await {
            Some(answered) => answered.map(MailOutcome::Passed),
            None => Ok(MailOutcome::Wrong),
        };
    };
    let next = choosing
        .accept_mail(option, accepted(&account), &demands, hop.now)
        .map_err(|refused| within(refused.into()))?;
    let effects = Effects {
        account: Some(AccountWrite::Use {
            account: account.id,
            at: hop.now,
        }),
        forgive,
        ..Effects::default()
    };
    match advance(hop, terms, transaction.clone(), effects, next).await {
        Ok(answer) => Ok(MailOutcome::Passed(answer)),
        Err(fault) => {
            if let SignInFault::Denied(denial, step) = &fault {
                let ended = Ended::at(&transaction, *denial, *step);
                refusal::record(hop, terms, ended, None, Some(account.sub)).await;
            }
            Err(within(fault))
        }
    }
}

fn accepted(account: &Account) -> PasswordAccepted {
    let claims = account.claims();
    PasswordAccepted {
        account: account.id.clone(),
        sub: account.sub.clone(),
        status: account.status,
        mailbox: verified_email(&claims).is_some(),
        claims,
    }
}

/// Whether what was sent is too old.
#[must_use]
pub fn is_over(hop: &Hop, asked: &Asked) -> bool {
    hop.now >= asked.at + LIFE
}

/// A code that was right.
struct Right {
    account: Account,
    /// The counter to forget when the step is committed.
    forgive: Option<String>,
}

async fn check(
    hop: &Hop,
    transaction: &Transaction,
    option: &AuthOption,
    typed: &str,
) -> Result<Option<Right>, SignInFault> {
    let Some(asked) = transaction.asked.as_ref().filter(|asked| asked.option == *option) else {
        return Ok(None);
    };
    let key = lookup_key(&asked.address);
    let tries = counter(hop, "by_mail_code", key.as_str());
    let (_place, running) = hop.state.attempts_running.enter(&tries);
    let failures = rate_limit::find(hop.state.store.read(), &tries, hop.now - WINDOW).await?;
    let counters = attempts::admit(hop, &tries, failures + running, PER_ADDRESS).await?;
    let found = account::find_by_identifier(hop.state.store.read(), &key).await?;
    let is_right = mail_code::fits(typed, &code(hop, transaction, option, &key));
    if is_right
        && !is_over(hop, asked)
        && let Some(account) = owner(found, &key)
    {
        let forgive = (failures > 0).then(|| tries.clone());
        return Ok(Some(Right { account, forgive }));
    }
    counters.count(hop).await?;
    Ok(None)
}
