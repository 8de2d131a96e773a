//! Sign in: the options of a step, in the order of the flow.

use leptos::prelude::*;

use super::backup_codes::{self, BackupCodeOption};
use super::by_mail::{self, ByMail, MailErrors};
use super::code::{self, CodeErrors, CodeOption, MailCodeOption};
use super::passkey::{self, PasskeyOption, ProofBy};
use crate::hosted::message::UserMessage;
use crate::hosted::names;
use crate::hosted::parts::{Field, cancel, connection_buttons, csrf, field, notice};
use crate::hosted::shell::{PageShell, TYPED_FORM};
use crate::hosted::text::self_service;
use crate::ui::logo::Brand;

/// The options of the step a person is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Where the forms post to.
    pub action: String,
    /// In the order of the flow.
    pub options: Vec<SignInOption>,
    /// What was typed before, or the application's `login_hint`.
    pub username: String,
    /// Whether somebody who is signed in shows anew that they have this username; it stands fixed then.
    pub is_known: bool,
    /// Whether somebody links a provider to their account: it is the one option.
    pub is_linking: bool,
    pub problem: Option<SignInProblem>,
    /// Whether the person may go back to the application without signing in.
    pub can_cancel: bool,
}

/// One way to pass the step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInOption {
    Connection(ConnectionOption),
    Password,
    ByMail(ByMail),
    Code(CodeOption),
    MailCode(MailCodeOption),
    BackupCode(BackupCodeOption),
    Passkey(PasskeyOption),
}

impl SignInOption {
    /// Whether it only confirms somebody who is known by now.
    fn is_second(&self) -> bool {
        match self {
            Self::Connection(_) | Self::Password | Self::ByMail(_) => false,
            Self::Code(_) | Self::MailCode(_) | Self::BackupCode(_) => true,
            Self::Passkey(option) => option.confirms(),
        }
    }
}

/// A connection offered as a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionOption {
    pub handle: String,
    pub name: String,
    pub brand: Brand,
    /// Whether this browser's last sign-in went this way.
    pub was_last_used: bool,
}

/// Why the page is shown again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInProblem {
    /// No username was typed.
    UsernameMissing,
    /// No password was typed.
    PasswordMissing,
    /// Unknown account or wrong password; the page cannot know which.
    WrongPassword,
    /// No code was typed.
    CodeMissing,
    WrongCode,
    /// The code was right and has been used.
    CodeUsed,
    /// No code of a mail was typed.
    MailCodeMissing,
    /// What was typed is no email address.
    NoAddress,
    /// No mail can be sent.
    MailClosed,
    /// It is not the one, or too old.
    WrongMailCode,
    /// The same of the code in a link, which nobody typed.
    LinkRefused,
    /// No backup code was typed.
    BackupCodeMissing,
    WrongBackupCode,
    /// The backup code was right and has been used.
    BackupCodeUsed,
    /// The code of the app is right, but not the backup code that shows who enrols it.
    WrongProof,
    /// The passkey is none of this person's, or what the browser sent is not right.
    PasskeyRefused,
    /// The passkey that was made is registered already.
    PasskeyTaken,
    /// The code that shows who makes a passkey is not right.
    WrongPasskeyCode,
    /// It was right and has been used.
    PasskeyCodeUsed,
    /// Anything else; `connection` is the display name of the one that failed.
    Message {
        message: UserMessage,
        connection: Option<String>,
    },
}

/// Longest username or address that is taken; beyond it nothing can match (RFC 5321 §4.5.3.1.3 allows 254).
const USERNAME_LIMIT: u16 = 320;
/// Longest password that is hashed.
const PASSWORD_LIMIT: u16 = 1024;

/// The page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &SignIn) -> String {
    let text = &shell.texts().sign_in;
    let problem = match &model.problem {
        Some(SignInProblem::Message { message, connection }) => {
            Some(notice(shell, *message, connection.as_deref()).into_any())
        }
        Some(_) | None => None,
    };
    let ways = if model.options.is_empty() {
        view! { <p>{text.no_options}</p> }.into_any()
    } else {
        ways(shell, model).into_any()
    };
    let content = view! {
        {problem}
        {model.is_known.then(|| view! { <p>{text.again}</p> })}
        {ways}
        {model.can_cancel.then(|| cancel(shell, &model.action))}
    };
    let title = link_title(shell, model).unwrap_or_else(|| title(shell, model).to_owned());
    if has_password(model) || asks_for_address(model) {
        shell.document_with_form(&title, content)
    } else {
        shell.document(&title, content)
    }
}

fn has_password(model: &SignIn) -> bool {
    model.options.contains(&SignInOption::Password)
}

fn asks_for_address(model: &SignIn) -> bool {
    let by_mail = |option: &SignInOption| matches!(option, SignInOption::ByMail(_));
    model.options.iter().any(by_mail)
}

/// The script of the page, if it has one.
#[must_use]
pub fn script(model: &SignIn) -> Option<&'static str> {
    let has_passkey = model
        .options
        .iter()
        .any(|option| matches!(option, SignInOption::Passkey(_)));
    has_passkey.then_some(passkey::SCRIPT)
}

impl SignIn {
    /// Whether the page is shown again because of this way.
    fn is_about(&self, option: &SignInOption) -> bool {
        use SignInProblem::{
            CodeMissing, CodeUsed, PasskeyCodeUsed, PasskeyRefused, PasskeyTaken, WrongCode, WrongPasskeyCode,
            WrongProof,
        };
        matches!(
            (&self.problem, option),
            (
                Some(CodeMissing | WrongCode | CodeUsed | WrongProof),
                SignInOption::Code(_)
            ) | (
                Some(PasskeyRefused | PasskeyTaken | WrongPasskeyCode | PasskeyCodeUsed),
                SignInOption::Passkey(_)
            )
        )
    }
}

impl SignInOption {
    /// What it sets up first, because the person does not have it yet.
    fn enrols(&self, shell: &PageShell) -> Option<&'static str> {
        match self {
            Self::Code(code) => code.enrol.is_some().then_some(shell.texts().code.enrol_title),
            Self::Passkey(passkey) => passkey.request.is_none().then_some(shell.texts().passkey.enrol_title),
            Self::Password | Self::ByMail(_) | Self::MailCode(_) | Self::BackupCode(_) | Self::Connection(_) => None,
        }
    }

    /// What a mail is on its way for stands before what the person has, and that before what would be set up.
    fn rank(&self, shell: &PageShell) -> u8 {
        match self {
            Self::MailCode(code) if code.mailed.is_some() => 0,
            other if other.enrols(shell).is_none() => 1,
            _ => 2,
        }
    }
}

/// A page from which a provider is linked says which one.
fn link_title(shell: &PageShell, model: &SignIn) -> Option<String> {
    match model.options.as_slice() {
        [SignInOption::Connection(connection)] if model.is_linking => {
            Some((self_service(shell.language).link)(&connection.name))
        }
        _ => None,
    }
}

/// A step that only confirms somebody says so, and one for which they have nothing yet says what is set up.
fn title(shell: &PageShell, model: &SignIn) -> &'static str {
    let texts = shell.texts();
    let set_up: Vec<_> = model.options.iter().map(|option| option.enrols(shell)).collect();
    if model.is_known {
        texts.code.title
    } else if model.options.is_empty() || !model.options.iter().all(SignInOption::is_second) {
        texts.sign_in.title
    } else if set_up.iter().all(Option::is_some) {
        set_up.into_iter().flatten().next().unwrap_or(texts.code.title)
    } else {
        texts.code.title
    }
}

/// Neighbouring connections share a form; the password stands in its own, so that Enter means the password. What would
/// be set up first is folded away beside what the person has.
fn ways(shell: &PageShell, model: &SignIn) -> Vec<AnyView> {
    let mut parts: Vec<AnyView> = Vec::new();
    let is_button = |option: &SignInOption| matches!(option, SignInOption::Connection(_));
    let mut options = model.options.clone();
    options.sort_by_key(|option| option.rank(shell));
    let has_any = options.iter().any(|option| option.enrols(shell).is_none());
    for group in options.chunk_by(|a, b| is_button(a) && is_button(b)) {
        let set_up = group
            .first()
            .and_then(|option| option.enrols(shell))
            .filter(|_| has_any);
        if !parts.is_empty() && set_up.is_none() {
            parts.push(view! { <p class="or">{shell.texts().frame.or}</p> }.into_any());
        }
        let connections: Vec<ConnectionOption> = group
            .iter()
            .filter_map(|option| match option {
                SignInOption::Connection(connection) => Some(connection.clone()),
                SignInOption::Password
                | SignInOption::ByMail(_)
                | SignInOption::Code(_)
                | SignInOption::MailCode(_)
                | SignInOption::BackupCode(_)
                | SignInOption::Passkey(_) => None,
            })
            .collect();
        let part = match group.first() {
            Some(SignInOption::Password) => password_form(shell, model).into_any(),
            Some(SignInOption::ByMail(option)) => by_mail_forms(shell, model, option).into_any(),
            Some(SignInOption::Code(option)) => code_form(shell, model, option).into_any(),
            Some(SignInOption::MailCode(option)) => mail_code_form(shell, model, option).into_any(),
            Some(SignInOption::BackupCode(option)) => backup_code_form(shell, model, *option).into_any(),
            Some(SignInOption::Passkey(option)) => passkey_forms(shell, model, option).into_any(),
            Some(SignInOption::Connection(_)) | None => {
                connection_buttons(shell, &model.action, &connections).into_any()
            }
        };
        parts.push(match set_up {
            Some(title) => {
                let is_open = group.first().is_some_and(|option| model.is_about(option));
                view! {
                    <details class="set-up" open=is_open>
                        <summary>{title}</summary>
                        {part}
                    </details>
                }
                .into_any()
            }
            None => part,
        });
    }
    parts
}

fn code_form(shell: &PageShell, model: &SignIn, option: &CodeOption) -> impl IntoView + use<> {
    let text = &shell.texts().code;
    let error = match &model.problem {
        Some(SignInProblem::CodeMissing) => Some(text.missing),
        Some(SignInProblem::WrongCode) => Some(text.wrong),
        Some(SignInProblem::CodeUsed) => Some(text.used),
        Some(_) | None => None,
    };
    let errors = CodeErrors {
        code: error,
        proof: (model.problem == Some(SignInProblem::WrongProof)).then_some(shell.texts().backup_code.wrong_proof),
    };
    // On a phone the keyboard would hide the picture.
    let takes_focus = error.is_some() || option.enrol.is_none() && model.problem.is_none() && is_the_way(model);
    code::form(shell, &model.action, option, takes_focus, errors)
}

fn mail_code_form(shell: &PageShell, model: &SignIn, option: &MailCodeOption) -> impl IntoView + use<> {
    let text = &shell.texts().mail_code;
    let error = match &model.problem {
        Some(SignInProblem::MailCodeMissing) => Some(text.missing),
        Some(SignInProblem::WrongMailCode) => Some(text.wrong),
        Some(_) | None => None,
    };
    let takes_focus = error.is_some() || model.problem.is_none() && is_the_way(model);
    code::mail_form(shell, &model.action, option, takes_focus, error)
}

fn by_mail_forms(shell: &PageShell, model: &SignIn, option: &ByMail) -> impl IntoView + use<> {
    let (text, of_code) = (&shell.texts().by_mail, &shell.texts().mail_code);
    let (address, code) = match &model.problem {
        Some(SignInProblem::NoAddress) => (Some(text.no_address), None),
        Some(SignInProblem::MailClosed) => (Some(text.closed), None),
        Some(SignInProblem::MailCodeMissing) => (None, Some(of_code.missing)),
        Some(SignInProblem::WrongMailCode) => (None, Some(of_code.wrong)),
        Some(SignInProblem::LinkRefused) => (Some(text.link_refused), None),
        Some(_) | None => (None, None),
    };
    let errors = MailErrors { address, code };
    // Where a name is typed as well, the name comes back in another language, and not the address.
    let id = (!has_password(model)).then_some(TYPED_FORM);
    by_mail::forms(shell, &model.action, option, &model.username, errors, id)
}

fn backup_code_form(shell: &PageShell, model: &SignIn, option: BackupCodeOption) -> impl IntoView + use<> {
    let text = &shell.texts().backup_code;
    let error = match &model.problem {
        Some(SignInProblem::BackupCodeMissing) => Some(text.missing),
        Some(SignInProblem::WrongBackupCode) => Some(text.wrong),
        Some(SignInProblem::BackupCodeUsed) => Some(text.used),
        Some(_) | None => None,
    };
    backup_codes::form(shell, &model.action, option, error.is_some(), error)
}

/// Whether the page offers one way beside the backup codes, which stand in for it.
fn is_the_way(model: &SignIn) -> bool {
    let others = model.options.iter();
    others
        .filter(|option| !matches!(option, SignInOption::BackupCode(_)))
        .count()
        == 1
}

fn passkey_forms(shell: &PageShell, model: &SignIn, option: &PasskeyOption) -> impl IntoView + use<> {
    let text = &shell.texts().passkey;
    let error = match &model.problem {
        Some(SignInProblem::PasskeyRefused) => Some(text.refused),
        Some(SignInProblem::PasskeyTaken) => Some(text.taken),
        Some(_) | None => None,
    };
    let (of_app, of_backup) = (&shell.texts().code, &shell.texts().backup_code);
    let code_error = match (&model.problem, option.proof) {
        (Some(SignInProblem::WrongPasskeyCode), Some(ProofBy::App)) => Some(of_app.wrong),
        (Some(SignInProblem::PasskeyCodeUsed), Some(ProofBy::App)) => Some(of_app.used),
        (Some(SignInProblem::WrongPasskeyCode), Some(ProofBy::BackupCode)) => Some(of_backup.wrong),
        (Some(SignInProblem::PasskeyCodeUsed), Some(ProofBy::BackupCode)) => Some(of_backup.used),
        (Some(_) | None, _) => None,
    };
    passkey::forms(shell, &model.action, option, error, code_error)
}

fn password_form(shell: &PageShell, model: &SignIn) -> impl IntoView + use<> {
    let text = &shell.texts().sign_in;
    let (username_error, password_error) = match &model.problem {
        Some(SignInProblem::UsernameMissing) => (Some(text.username_missing), None),
        Some(SignInProblem::PasswordMissing) => (None, Some(text.password_missing)),
        Some(SignInProblem::WrongPassword) if model.is_known => (None, Some(shell.texts().proof.wrong_password)),
        Some(SignInProblem::WrongPassword) => (None, Some(text.wrong_password)),
        Some(_) | None => (None, None),
    };
    // With other ways on the page, focus would open a phone's keyboard over them.
    let takes_focus = model.options.len() == 1 || username_error.or(password_error).is_some();
    let submit = if model.is_known {
        shell.texts().code.submit
    } else {
        text.submit
    };
    let username_first = model.username.is_empty() || username_error.is_some();
    view! {
        <form method="post" action=model.action.clone() class="form" id=TYPED_FORM>
            {csrf(shell)}
            <input type="hidden" name=names::OPTION value="password" />
            {field(Field {
                name: names::USERNAME.to_owned(),
                label: text.username.to_owned(),
                kind: "text",
                value: model.username.clone(),
                autocomplete: "username",
                is_required: true,
                is_fixed: model.is_known,
                has_focus: takes_focus && username_first,
                is_literal: true,
                max_length: USERNAME_LIMIT,
                error: username_error.map(str::to_owned),
                optional: None,
            })}
            {field(password_field(text.password, takes_focus && !username_first, password_error))}
            <button class="button">{submit}</button>
        </form>
    }
}

pub(super) fn password_field(label: &str, has_focus: bool, error: Option<&str>) -> Field {
    Field {
        name: names::PASSWORD.to_owned(),
        label: label.to_owned(),
        kind: "password",
        value: String::new(),
        autocomplete: "current-password",
        is_required: true,
        is_fixed: false,
        has_focus,
        is_literal: true,
        max_length: PASSWORD_LIMIT,
        error: error.map(str::to_owned),
        optional: None,
    }
}
