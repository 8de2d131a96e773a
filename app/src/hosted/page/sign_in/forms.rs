//! The form of each way, with what went wrong in it.

use leptos::prelude::*;

use super::model::{ConnectionOption, SignIn, SignInOption, SignInProblem};
use crate::hosted::names;
use crate::hosted::page::backup_codes::{self, BackupCodeOption};
use crate::hosted::page::by_mail::{self, ByMail, MailErrors};
use crate::hosted::page::code::{self, CodeErrors, CodeOption, MailCodeOption};
use crate::hosted::page::passkey::{self, PasskeyOption, ProofBy};
use crate::hosted::parts::{Field, connection_buttons, csrf, field};
use crate::hosted::shell::{PageShell, TYPED_FORM};

/// Longest username or address that is taken; beyond it nothing can match (RFC 5321 §4.5.3.1.3 allows 254).
const USERNAME_LIMIT: u16 = 320;
/// Longest password that is hashed.
const PASSWORD_LIMIT: u16 = 1024;

/// The form of one way, or of neighbouring connections.
pub(super) fn form(shell: &PageShell, model: &SignIn, group: &[SignInOption]) -> AnyView {
    match group.first() {
        Some(SignInOption::Password) => password_form(shell, model).into_any(),
        Some(SignInOption::ByMail(option)) => by_mail_forms(shell, model, option).into_any(),
        Some(SignInOption::Code(option)) => code_form(shell, model, option).into_any(),
        Some(SignInOption::MailCode(option)) => mail_code_form(shell, model, option).into_any(),
        Some(SignInOption::BackupCode(option)) => backup_code_form(shell, model, *option).into_any(),
        Some(SignInOption::Passkey(option)) => passkey_forms(shell, model, option).into_any(),
        Some(SignInOption::Connection(_)) | None => {
            connection_buttons(shell, &model.action, &connections(group)).into_any()
        }
    }
}

fn connections(group: &[SignInOption]) -> Vec<ConnectionOption> {
    let connection = |option: &SignInOption| match option {
        SignInOption::Connection(connection) => Some(connection.clone()),
        SignInOption::Password
        | SignInOption::ByMail(_)
        | SignInOption::Code(_)
        | SignInOption::MailCode(_)
        | SignInOption::BackupCode(_)
        | SignInOption::Passkey(_) => None,
    };
    group.iter().filter_map(connection).collect()
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
    let takes_focus = error.is_some() || option.enrol.is_none() && model.problem.is_none() && model.has_one_way();
    code::form(shell, &model.action, option, takes_focus, errors)
}

fn mail_code_form(shell: &PageShell, model: &SignIn, option: &MailCodeOption) -> impl IntoView + use<> {
    let text = &shell.texts().mail_code;
    let error = match &model.problem {
        Some(SignInProblem::MailCodeMissing) => Some(text.missing),
        Some(SignInProblem::WrongMailCode) => Some(text.wrong),
        Some(_) | None => None,
    };
    let is_awaited = option.mailed.is_some() || model.has_one_way();
    let takes_focus = error.is_some() || model.problem.is_none() && is_awaited;
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
    let is_refused = matches!(
        model.problem,
        Some(SignInProblem::NoAddress | SignInProblem::MailClosed | SignInProblem::Message { .. })
    );
    let errors = MailErrors {
        address,
        code,
        is_refused,
    };
    // Whoever has just asked for a mail types its code next.
    let takes_focus = code.is_some() || model.problem.is_none();
    // Where a name is typed as well, the name comes back in another language, and not the address.
    let id = (!model.has_password()).then_some(TYPED_FORM);
    by_mail::forms(shell, &model.action, option, &model.username, errors, id, takes_focus)
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

pub(in crate::hosted::page) fn password_field(label: &str, has_focus: bool, error: Option<&str>) -> Field {
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
