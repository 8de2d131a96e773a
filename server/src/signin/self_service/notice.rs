//! Tells a person by mail that something was changed in their account.

use chrono::Duration;
use doorward_app::hosted::Language;
use doorward_app::hosted::page::self_service::{Done, letter};
use doorward_domain::account::Account;
use http::header::ACCEPT_LANGUAGE;

use crate::log::chain;
use crate::mail::{self, About, Letter, Order};
use crate::signin::attempts::counter;
use crate::signin::hop::Hop;

/// How long the mail is worth sending.
const LIFE: Duration = Duration::days(2);

/// Writes the mail, where there is a way to send it and a verified address. The change stands without it.
pub async fn send(hop: &Hop, account: &Account, done: Done) {
    let Some(address) = account.owned_address().filter(|_| hop.state.mail.is_open()) else {
        return;
    };
    let accepted = hop.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let chosen = hop.cookies().language(&hop.headers).map(Language::tag);
    let language = Language::negotiate(chosen, accepted);
    let (subject, text) = letter(language, done, &hop.snapshot.branding.organisation);
    let order = Order {
        topic: format!("account {} {}", account.id, hop.state.random.short()),
        number: 0,
        person_key: counter(hop, "account_notice", account.id.as_str()),
        letter: Letter {
            to: address.to_owned(),
            subject,
            text,
            about: About {
                account: Some(account.id.clone()),
                application: None,
                sub: Some(account.sub.clone()),
            },
        },
        expires_at: hop.now + LIFE,
    };
    if let Err(error) = mail::put(&hop.state, order, hop.now).await {
        tracing::error!(
            error = chain(&error),
            request_id = hop.request_id,
            "a person is not told of a change in their account"
        );
    }
}
