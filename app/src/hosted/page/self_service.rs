//! A person's own account: what is kept, what confirms them, what signs them in, and where they are signed in.

use leptos::prelude::*;

use super::attributes::{AttributeField, control};
use super::sign_in::{ConnectionOption, password_field};
use crate::hosted::language::Language;
use crate::hosted::names;
use crate::hosted::parts::{Field, csrf, field};
use crate::hosted::shell::PageShell;
use crate::hosted::text::SelfServiceTexts;
use crate::hosted::text::self_service;
use crate::ui::logo::Logo;

/// Longest name of a passkey, in characters.
const NAME_LIMIT: u16 = 60;

/// Everything the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfService {
    pub username: String,
    /// Address and whether it is verified.
    pub email: Option<(String, bool)>,
    /// What the person may write, with where it comes from.
    pub editable: Vec<(AttributeField, Option<Source>)>,
    /// What they may not: label, value, source.
    pub fixed: Vec<(AttributeField, Source)>,
    /// Since when there is an app.
    pub app: Option<String>,
    pub passkeys: Vec<PasskeyItem>,
    pub codes_left: Option<u8>,
    pub may_take_factor: bool,
    pub may_have_codes: bool,
    pub links: Vec<LinkItem>,
    pub linkable: Vec<ConnectionOption>,
    pub has_password: bool,
    pub sessions: Vec<SessionItem>,
    /// What has just been done.
    pub done: Option<Done>,
}

/// Who wrote an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Connection(String),
    Administrator,
    Person,
}

/// A passkey of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyItem {
    pub key: String,
    pub name: String,
    pub since: String,
}

/// A provider's subject that signs in to the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkItem {
    pub key: String,
    pub connection: String,
    pub since: String,
    /// Whether another way to sign in remains.
    pub may_go: bool,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionItem {
    pub key: String,
    /// `None` when it does not say what it is.
    pub browser: Option<String>,
    pub since: String,
    pub is_this: bool,
}

/// What was done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    ProfileSaved,
    AppAdded,
    AppRemoved,
    PasskeyAdded,
    PasskeyRenamed,
    PasskeyRemoved,
    CodesMade,
    Linked,
    Unlinked,
    PasswordSet,
    SessionEnded,
}

impl Done {
    /// Every one of them.
    pub const ALL: [Self; 11] = [
        Self::ProfileSaved,
        Self::AppAdded,
        Self::AppRemoved,
        Self::PasskeyAdded,
        Self::PasskeyRenamed,
        Self::PasskeyRemoved,
        Self::CodesMade,
        Self::Linked,
        Self::Unlinked,
        Self::PasswordSet,
        Self::SessionEnded,
    ];

    /// The word in the page's address.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ProfileSaved => "profile-saved",
            Self::AppAdded => "app-added",
            Self::AppRemoved => "app-removed",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRenamed => "passkey-renamed",
            Self::PasskeyRemoved => "passkey-removed",
            Self::CodesMade => "codes-made",
            Self::Linked => "linked",
            Self::Unlinked => "unlinked",
            Self::PasswordSet => "password-set",
            Self::SessionEnded => "session-ended",
        }
    }

    /// The one of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.word() == word)
    }
}

/// What is asked before something is taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    App,
    /// Its name.
    Passkey(String),
    /// The connection's name.
    Link(String),
}

/// Subject and text of the mail that tells the person of a change.
#[must_use]
pub fn letter(language: Language, done: Done, organisation: &str) -> (String, String) {
    let text = self_service(language);
    (
        (text.subject)(organisation),
        (text.letter)((text.done)(done), organisation),
    )
}

/// The page for somebody of whom nothing is kept.
#[must_use]
pub fn render_nothing(shell: &PageShell) -> String {
    let text = self_service(shell.language);
    let content = view! {
        <p>{text.nothing}</p>
        {sign_out(shell, text)}
    };
    shell.document(text.nothing_title, content)
}

/// The question before something is taken away.
#[must_use]
pub fn render_removal(shell: &PageShell, removal: &Removal, action: &str) -> String {
    let text = self_service(shell.language);
    let (title, button) = match removal {
        Removal::App => (text.confirm_app.to_owned(), text.remove_app.to_owned()),
        Removal::Passkey(name) => ((text.confirm_passkey)(name), (text.remove_it)(name)),
        Removal::Link(connection) => ((text.confirm_unlink)(connection), (text.unlink)(connection)),
    };
    let content = view! {
        <p>{text.ends_sessions}</p>
        <form method="post" action=action.to_owned() class="form">
            {csrf(shell)}
            <button class="button">{button}</button>
            <a class="button second" href="/account">
                {text.keep}
            </a>
        </form>
    };
    shell.document(&title, content)
}

/// The page that takes a new password.
#[must_use]
pub fn render_password(shell: &PageShell, has_password: bool, is_weak: bool) -> String {
    let text = self_service(shell.language);
    let title = if has_password {
        text.change_password
    } else {
        text.set_password
    };
    let password = Field {
        autocomplete: "new-password",
        ..password_field(text.new_password, true, is_weak.then_some(text.weak_password))
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

/// The account page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &SelfService) -> String {
    let text = self_service(shell.language);
    let content = view! {
        {model.done.map(|done| view! { <p role="status">{(text.done)(done)}</p> })}
        {profile(shell, text, model)}
        {factors(shell, text, model)}
        {links(shell, text, model)}
        {password(text, model)}
        {sessions(shell, text, model)}
        {sign_out(shell, text)}
    };
    shell.document(text.title, content)
}

fn source(text: &SelfServiceTexts, source: &Source) -> String {
    match source {
        Source::Connection(name) => (text.from)(name),
        Source::Administrator => text.by_administrator.to_owned(),
        Source::Person => text.by_you.to_owned(),
    }
}

fn profile(shell: &PageShell, text: &'static SelfServiceTexts, model: &SelfService) -> impl IntoView + use<> {
    let labels = &shell.texts().attributes;
    let email = model.email.clone().map(|(address, verified)| {
        let state = if verified { text.verified } else { text.not_verified };
        view! {
            <div>
                <dt>{(labels.label)(super::attributes::StandardAttribute::Email)}</dt>
                <dd>{address}" "<small>{state}</small></dd>
            </div>
        }
    });
    let fixed: Vec<_> = model
        .fixed
        .iter()
        .map(|(one, from)| {
            let Field { label, value, .. } = control(labels, one, false);
            let from = source(text, from);
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd>{value}" "<small>{from}</small></dd>
                </div>
            }
        })
        .collect();
    let fields: Vec<_> = model
        .editable
        .iter()
        .map(|(one, from)| {
            let hint = from.as_ref().map(|from| source(text, from));
            view! {
                {field(control(labels, one, one.problem.is_some()))}
                {hint.map(|hint| view! { <p class="aside">{hint}</p> })}
            }
        })
        .collect();
    // What is wrong with a field must be seen.
    let is_open = model.editable.iter().any(|(one, _)| one.problem.is_some());
    view! {
        <section class="part">
            <h2>{text.profile}</h2>
            <dl class="facts">
                <div>
                    <dt>{text.username}</dt>
                    <dd>{model.username.clone()}</dd>
                </div>
                {email}
                {fixed}
            </dl>
            <details open=is_open>
                <summary>{text.edit}</summary>
                <form method="post" action="/account/profile" class="form">
                    {csrf(shell)}
                    {fields}
                    <button class="button second">{text.save}</button>
                </form>
            </details>
        </section>
    }
}

/// A form that is one button.
fn press(shell: &PageShell, action: &'static str, label: &'static str) -> impl IntoView + use<> {
    view! {
        <form method="post" action=action>
            {csrf(shell)}
            <button class="button second">{label}</button>
        </form>
    }
}

fn factors(shell: &PageShell, text: &'static SelfServiceTexts, model: &SelfService) -> impl IntoView + use<> {
    let app = match &model.app {
        Some(since) => view! {
            <div class="item">
                <p>
                    {text.app}" "<small>{(text.since)(since)}</small>
                </p>
                {model.may_take_factor.then(|| view! { <a href="/account/app/remove">{text.remove_app}</a> })}
            </div>
        }
        .into_any(),
        None => press(shell, "/account/app", text.add_app).into_any(),
    };
    let has_any = model.app.is_some() || !model.passkeys.is_empty();
    let last = has_any && !model.may_take_factor;
    let passkeys: Vec<_> = model
        .passkeys
        .iter()
        .map(|item| passkey(shell, text, item, model.may_take_factor))
        .collect();
    let codes = model.codes_left.map(|left| {
        view! {
            <p>
                {text.codes}" "<small>{(text.codes_left)(left)}</small>
            </p>
        }
    });
    view! {
        <section class="part">
            <h2>{text.factors}</h2>
            {(!has_any).then(|| view! { <p>{text.no_factor}</p> })}
            {app}
            {passkeys}
            {press(shell, "/account/passkeys", text.add_passkey)}
            {codes}
            {model.may_have_codes.then(|| press(shell, "/account/codes", text.make_codes))}
            {last.then(|| view! { <p class="aside">{text.last_factor}</p> })}
        </section>
    }
}

fn passkey(
    shell: &PageShell,
    text: &'static SelfServiceTexts,
    item: &PasskeyItem,
    may_go: bool,
) -> impl IntoView + use<> {
    let name = Field {
        // Names of fields are ids, and the page has several such forms.
        name: format!("{}.{}", names::PASSKEY_NAME, item.key),
        label: (text.rename_it)(&item.name),
        kind: "text",
        value: item.name.clone(),
        autocomplete: "off",
        is_required: true,
        has_focus: false,
        is_literal: false,
        max_length: NAME_LIMIT,
        error: None,
        optional: None,
    };
    let remove = format!("/account/passkeys/{}/remove", item.key);
    view! {
        <div class="item">
            <p>
                {item.name.clone()}" "<small>{text.passkey}", "{(text.since)(&item.since)}</small>
            </p>
            {may_go.then(|| view! { <a href=remove>{(text.remove_it)(&item.name)}</a> })}
            <details>
                <summary class="aside">{text.rename}</summary>
                <form method="post" action=format!("/account/passkeys/{}", item.key) class="form">
                    {csrf(shell)}
                    {field(name)}
                    <button class="button second">{text.rename}</button>
                </form>
            </details>
        </div>
    }
}

fn links(shell: &PageShell, text: &'static SelfServiceTexts, model: &SelfService) -> impl IntoView + use<> {
    let links: Vec<_> = model
        .links
        .iter()
        .map(|item| {
            let way = if item.may_go {
                let address = format!("/account/links/{}/remove", item.key);
                view! { <a href=address>{(text.unlink)(&item.connection)}</a> }.into_any()
            } else {
                view! { <p class="aside">{text.last_way}</p> }.into_any()
            };
            view! {
                <div class="item">
                    <p>
                        {item.connection.clone()}" "<small>{(text.since)(&item.since)}</small>
                    </p>
                    {way}
                </div>
            }
        })
        .collect();
    let buttons: Vec<_> = model
        .linkable
        .iter()
        .map(|one| {
            view! {
                <button class="way" name=names::OPTION value=format!("connection:{}", one.handle)>
                    <Logo brand=one.brand />
                    <span>{(text.link)(&one.name)}</span>
                </button>
            }
        })
        .collect();
    let form = (!buttons.is_empty()).then(|| {
        view! {
            <form method="post" action="/account/links" class="ways">
                {csrf(shell)}
                {buttons}
            </form>
        }
    });
    view! {
        <section class="part">
            <h2>{text.links}</h2>
            {links.is_empty().then(|| view! { <p>{text.no_link}</p> })}
            {links}
            {form}
        </section>
    }
}

fn password(text: &'static SelfServiceTexts, model: &SelfService) -> impl IntoView + use<> {
    let label = if model.has_password {
        text.change_password
    } else {
        text.set_password
    };
    view! {
        <section class="part">
            <h2>{text.password}</h2>
            <a class="button second" href="/account/password">
                {label}
            </a>
        </section>
    }
}

fn sessions(shell: &PageShell, text: &'static SelfServiceTexts, model: &SelfService) -> impl IntoView + use<> {
    let items: Vec<_> = model
        .sessions
        .iter()
        .map(|item| {
            let browser = item.browser.clone().unwrap_or_else(|| text.unknown_browser.to_owned());
            let end = (!item.is_this).then(|| {
                view! {
                    <form method="post" action="/account/sessions">
                        {csrf(shell)}
                        <button class="link" name=names::SESSION value=item.key.clone()>
                            {(text.end)(&browser)}
                        </button>
                    </form>
                }
            });
            let hint = if item.is_this {
                text.this_browser.to_owned()
            } else {
                (text.since)(&item.since)
            };
            view! {
                <div class="item">
                    <p>
                        {browser}" "<small>{hint}</small>
                    </p>
                    {end}
                </div>
            }
        })
        .collect();
    let others = (model.sessions.len() > 1).then(|| press(shell, "/account/sessions", text.end_others));
    view! {
        <section class="part">
            <h2>{text.sessions}</h2>
            {items}
            {others}
        </section>
    }
}

fn sign_out(shell: &PageShell, text: &'static SelfServiceTexts) -> impl IntoView + use<> {
    press(shell, "/account/sign-out", text.sign_out)
}
