//! Pages that ask before something is taken away, and the one that takes a new password.

use doorward_domain::weak_password::WeakPassword;
use leptos::prelude::*;

use super::passkey_name;
use crate::hosted::page::sign_in::password_field;
use crate::hosted::parts::{Field, csrf, cut, field, isolated};
use crate::hosted::shell::PageShell;
use crate::hosted::text::self_service;

/// What is asked before something is taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    App,
    /// Its name.
    Passkey(String),
    Link {
        /// The connection's name.
        connection: String,
        /// As in [`super::LinkItem::subject`].
        subject: Option<String>,
    },
}

/// The question before something is taken away.
#[must_use]
pub fn render_removal(shell: &PageShell, removal: &Removal, action: &str) -> String {
    let text = self_service(shell.language);
    let (title, button) = match removal {
        Removal::App => (text.confirm_app.to_owned(), text.remove_app.to_owned()),
        Removal::Passkey(name) => {
            let name = passkey_name(text, name);
            let name = isolated(&name);
            ((text.confirm_passkey)(&name), (text.remove_it)(&name))
        }
        Removal::Link { connection, .. } => ((text.confirm_unlink)(connection), (text.unlink)(connection)),
    };
    let subject = match removal {
        Removal::Link { subject, .. } => subject.as_deref(),
        Removal::App | Removal::Passkey(_) => None,
    };
    let content = view! {
        {subject.map(|subject| view! { <p>{cut(&(text.known_as)(subject))}</p> })}
        <p>{text.ends_sessions}</p>
        <form method="post" action=action.to_owned() class="form">
            {csrf(shell)}
            <button class="button danger">{button}</button>
            <a class="button second" href="/account">
                {text.keep}
            </a>
        </form>
    };
    shell.document(&title, content)
}

/// The page that takes a new password, with what is wrong with the one before.
#[must_use]
pub fn render_password(shell: &PageShell, has_password: bool, weak: Option<WeakPassword>) -> String {
    let text = self_service(shell.language);
    let title = if has_password {
        text.change_password
    } else {
        text.set_password
    };
    let password = Field {
        autocomplete: "new-password",
        ..password_field(text.new_password, true, weak.map(text.weak_password))
    };
    let content = view! {
        <form method="post" action="/account/password" class="form">
            {csrf(shell)}
            {field(password)}
            <p class="aside">{text.password_rule}</p>
            <button class="button">{title}</button>
            <a class="button second" href="/account">
                {text.keep}
            </a>
        </form>
    };
    shell.document(title, content)
}
