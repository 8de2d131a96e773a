//! Letters that a script has sent: of ours by name, to the verified address of an account alone.

use doorward_app::hosted::{Language, text};
use doorward_domain::account::{Account, AccountStatus};
use doorward_domain::engine::Progress;
use doorward_domain::id::AccountId;
use doorward_storage::outbox;
use http::header::ACCEPT_LANGUAGE;

use crate::mail::{self, About, Letter, Order};
use crate::signin::attempts::{WINDOW, counter};
use crate::signin::fault::SignInFault;
use crate::signin::hop::{Hop, Terms};
use crate::signin::transaction::Transaction;

/// Letters of scripts to one person within the window, so that nobody's mailbox is flooded.
pub const PER_PERSON: i64 = 5;
/// How long a letter is worth sending.
const LIFE: chrono::Duration = chrono::Duration::hours(1);

/// Puts a letter into the outbox, once in a sign-in. `false` where nothing is sent: before a step has been passed, so
/// that nobody sends mail to others by starting sign-ins; without a verified address; after too many.
///
/// # Errors
/// Those of the database.
pub(super) async fn send(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    progress: &Progress,
    account: &AccountId,
    template: &str,
) -> Result<bool, SignInFault> {
    if progress.passed().is_empty() || !hop.state.mail.is_open() {
        return Ok(false);
    }
    let person_key = counter(hop, "script_mail", account.as_str());
    let topic = format!("script {} {account} {template}", transaction.id);
    let since = hop.now - WINDOW;
    let found = outbox::look_up(hop.state.store.read(), Some(account), &topic, &person_key, since).await?;
    if found.last.is_some() {
        return Ok(true);
    }
    let receiver = found.account.filter(|account| account.status == AccountStatus::Active);
    let Some(letter) = receiver.and_then(|account| write(hop, terms, transaction, &account, template)) else {
        return Ok(false);
    };
    if found.mails >= PER_PERSON {
        tracing::warn!(
            request_id = hop.request_id,
            "a script's letter is not sent: there were too many"
        );
        return Ok(false);
    }
    let order = Order {
        topic,
        number: 0,
        person_key,
        letter,
        expires_at: hop.now + LIFE,
    };
    // Written already means that the same answer was on its way before.
    mail::put(&hop.state, order, hop.now).await?;
    Ok(true)
}

/// `None` without a verified address, or for a name that is none of ours.
fn write(hop: &Hop, terms: &Terms, transaction: &Transaction, account: &Account, template: &str) -> Option<Letter> {
    let to = account.owned_address()?.to_owned();
    let texts = &text::texts(language(hop, transaction)).script_mail;
    let place = match terms.application() {
        Some(application) => &application.name,
        None => &hop.snapshot.branding.organisation,
    };
    let (subject, body) = match template {
        "new_device" => (texts.new_device_subject, texts.new_device),
        "sign_in" => (texts.sign_in_subject, texts.sign_in),
        _ => return None,
    };
    let moment = hop.now.format("%Y-%m-%d %H:%M UTC").to_string();
    Some(Letter {
        to,
        subject: subject(place),
        text: body(place, &moment),
        about: About {
            account: Some(account.id.clone()),
            application: terms.application().map(|application| application.id.clone()),
            sub: Some(account.sub.clone()),
        },
    })
}

fn language(hop: &Hop, transaction: &Transaction) -> Language {
    if let Some(chosen) = hop.cookies().language(&hop.headers) {
        return chosen;
    }
    let wished = transaction.request().map(|request| request.ui_locales.join(" "));
    let wished = wished.filter(|tags| !tags.is_empty());
    let accepted = hop.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::negotiate(wished.as_deref(), accepted)
}
