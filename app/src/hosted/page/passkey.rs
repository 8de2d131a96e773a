//! A passkey: to say who one is, to confirm it, or to be made. Browsers give passkeys to scripts alone, so here is one;
//! without it, or in a browser that knows no passkeys, the page says so.

use leptos::prelude::*;

use super::backup_codes::code_field;
use crate::hosted::names;
use crate::hosted::parts::{DIGITS, Field, csrf, field};
use crate::hosted::shell::PageShell;

/// The script, exactly as it stands in the page.
pub const SCRIPT: &str = include_str!("passkey.js");
/// Longest name of a passkey, in characters.
const NAME_LIMIT: u16 = 60;

/// A step that takes a passkey: the options of the ceremonies, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyOption {
    /// To use one; `None` when the account has none yet.
    pub request: Option<String>,
    /// To make one; `None` while nobody is known.
    pub creation: Option<String>,
    /// What the person types to show that it is them, before one is made.
    pub proof: Option<ProofBy>,
}

/// A code of another factor of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofBy {
    App,
    BackupCode,
}

impl PasskeyOption {
    /// Whether it only confirms somebody who is known by now.
    #[must_use]
    pub fn confirms(&self) -> bool {
        self.creation.is_some()
    }
}

/// The forms of a step that takes a passkey.
pub(super) fn forms(
    shell: &PageShell,
    action: &str,
    option: &PasskeyOption,
    error: Option<&str>,
    code_error: Option<&str>,
) -> impl IntoView + use<> {
    let text = &shell.texts().passkey;
    let PasskeyOption {
        request,
        creation,
        proof,
    } = option.clone();
    let form = |request: Option<String>, creation: Option<String>, label, class, error: Option<&str>| Ceremony {
        request,
        creation,
        label,
        class,
        error: error.map(str::to_owned),
        code: None,
    };
    let (explain, first, more) = match (request, creation) {
        (None, creation) => {
            let mut make = form(None, creation, text.make, "button", error);
            make.code = proof.map(|proof| (proof, code_error.map(str::to_owned)));
            let explain = match proof {
                None => text.enrol_explain,
                Some(ProofBy::App) => text.enrol_with_code,
                Some(ProofBy::BackupCode) => text.enrol_with_backup_code,
            };
            (Some(explain), make, None)
        }
        (request, None) => (None, form(request, None, text.sign_in, "button second", error), None),
        (request, creation) => {
            let again = form(request.clone(), creation, text.add, "button second", None);
            let confirm = form(request, None, text.confirm, "button", error);
            (Some(text.explain), confirm, Some(again))
        }
    };
    ceremonies(shell, action, explain, first, more)
}

/// The form that asks somebody to confirm who they are with a passkey, whoever they are.
pub(super) fn confirm_form(
    shell: &PageShell,
    action: &str,
    request: &str,
    error: Option<&str>,
) -> impl IntoView + use<> {
    let confirm = Ceremony {
        request: Some(request.to_owned()),
        creation: None,
        label: shell.texts().passkey.confirm,
        class: "button second",
        error: error.map(str::to_owned),
        code: None,
    };
    ceremonies(shell, action, None, confirm, None)
}

fn ceremonies(
    shell: &PageShell,
    action: &str,
    explain: Option<&'static str>,
    first: Ceremony,
    more: Option<Ceremony>,
) -> impl IntoView + use<> {
    let text = &shell.texts().passkey;
    view! {
        <div data-passkeys="ready" class="form" hidden>
            {explain.map(|explain| view! { <p>{explain}</p> })}
            {first.form(shell, action)}
            {more
                .map(|more| {
                    view! {
                        <details>
                            <summary class="aside">{text.more}</summary>
                            {more.form(shell, action)}
                        </details>
                    }
                })}
        </div>
        <p data-passkeys="missing" class="aside" hidden>
            {text.missing}
        </p>
        // Stands until the script takes it away.
        <p data-passkeys="no-script" class="aside">
            {text.no_script}
        </p>
        <script inner_html=SCRIPT></script>
    }
}

/// One form and what the browser is asked for when it is sent.
struct Ceremony {
    request: Option<String>,
    creation: Option<String>,
    label: &'static str,
    class: &'static str,
    error: Option<String>,
    /// The code that is asked for, with what is wrong with the one before.
    code: Option<(ProofBy, Option<String>)>,
}

impl Ceremony {
    fn form(self, shell: &PageShell, action: &str) -> impl IntoView + use<> {
        let text = &shell.texts().passkey;
        let name = self.creation.is_some().then(|| {
            field(Field {
                name: names::PASSKEY_NAME.to_owned(),
                label: text.name.to_owned(),
                kind: "text",
                value: String::new(),
                autocomplete: "off",
                is_required: false,
                is_fixed: false,
                has_focus: false,
                is_literal: false,
                max_length: NAME_LIMIT,
                error: None,
                optional: Some(shell.texts().attributes.optional),
            })
        });
        let code = self.code.map(|(proof, error)| {
            let of_backup = &shell.texts().backup_code;
            let on_paper = code_field(names::PASSKEY_CODE, of_backup.code, false, error.as_deref());
            let (code, without) = match proof {
                ProofBy::App => {
                    let of_app = Field {
                        label: text.code_of_app.to_owned(),
                        autocomplete: DIGITS,
                        ..on_paper
                    };
                    (of_app, None)
                }
                ProofBy::BackupCode => (on_paper, Some(of_backup.no_proof)),
            };
            view! {
                {field(code)}
                {without.map(|without| view! { <p class="aside">{without}</p> })}
            }
        });
        view! {
            <form
                method="post"
                action=action.to_owned()
                class="form"
                data-passkey=""
                data-request=self.request
                data-creation=self.creation
            >
                {csrf(shell)}
                <input type="hidden" name=names::OPTION value="passkey" />
                <input type="hidden" name=names::PASSKEY />
                <input type="hidden" name=names::NEW_PASSKEY />
                {code}
                {name}
                {self
                    .error
                    .map(|error| {
                        view! {
                            <p class="error" role="alert">
                                {error}
                            </p>
                        }
                    })}
                <p class="error" role="alert" data-say="failed" hidden>
                    {text.failed}
                </p>
                <p class="error" role="alert" data-say="exists" hidden>
                    {text.exists}
                </p>
                <button class=self.class>{self.label}</button>
            </form>
        }
    }
}
