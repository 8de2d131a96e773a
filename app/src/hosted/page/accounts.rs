//! Choosing an account (`prompt=select_account`, OpenID Connect Core §3.1.2.1).

use leptos::prelude::*;

use crate::hosted::branding::monogram;
use crate::hosted::names;
use crate::hosted::parts::{cancel, csrf, cut};
use crate::hosted::shell::PageShell;

/// The accounts signed in to in this browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    /// Where the form posts to.
    pub action: String,
    pub accounts: Vec<AccountChoice>,
}

/// One account to go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChoice {
    /// What the form sends; not the account's id, which stays with us.
    pub key: String,
    pub name: String,
    /// Username or address, shown below the name.
    pub detail: Option<String>,
}

/// The page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &Accounts) -> String {
    let text = &shell.texts().accounts;
    let choices: Vec<_> = model
        .accounts
        .iter()
        .map(|account| {
            view! {
                <button class="way person" name=names::ACCOUNT value=account.key.clone()>
                    <span class="person-letter" aria-hidden="true">
                        {monogram(&account.name)}
                    </span>
                    <span>
                        {cut(&account.name)}
                        {account
                            .detail
                            .as_deref()
                            .map(|detail| view! { <small>{cut(detail)}</small> })}
                    </span>
                    <span class="hint">{text.signed_in}</span>
                </button>
            }
        })
        .collect();
    let content = view! {
        <p>{(text.explain)(shell.application_name())}</p>
        <form method="post" action=model.action.clone() class="ways">
            {csrf(shell)}
            {choices}
            <button class="way" name=names::DECISION value=names::DECISION_OTHER>
                <span>{text.other}</span>
            </button>
        </form>
        {cancel(shell, &model.action)}
    };
    shell.document(text.title, content)
}
