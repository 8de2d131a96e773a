//! The forms of the sign-in page that carry a credential.

use axum::response::Response;
use doorward_app::hosted::page::sign_in::SignInProblem;
use doorward_app::hosted::{UserMessage, names};
use doorward_domain::flow::AuthOption;

use super::form::Form;
use super::loaded::Loaded;
use super::refused::Typed;
use super::{model, page};
use crate::signin::codes::{self, CodeOutcome, Entered, Misfit};
use crate::signin::dispatcher::{self, Failed, PasswordOutcome};
use crate::signin::fault::SignInFault;
use crate::signin::passkey::{self, PasskeyMisfit, PasskeyOutcome, Sent};

/// A name as the page shows it back. Nobody can have a longer one, which would only fill the page.
fn shown_back(name: &str) -> String {
    name.chars().take(320).collect()
}

/// The page again with the name or the address that is typed.
pub(super) async fn again(loaded: Loaded, form: &Form) -> Response {
    let typed = form.get(names::USERNAME).or_else(|| form.get(names::EMAIL));
    let typed = Typed {
        username: typed.map(|typed| shown_back(typed.trim())),
        problem: None,
    };
    loaded.show_sign_in(typed).await
}

pub(super) async fn password(loaded: Loaded, form: &Form) -> Response {
    let (name, password) = (form.text(names::USERNAME).trim(), form.text(names::PASSWORD));
    let shown = || Some(shown_back(name));
    let typed = |problem| Typed {
        username: shown(),
        problem: Some(problem),
    };
    if name.is_empty() {
        return loaded.refuse(&typed(SignInProblem::UsernameMissing));
    }
    if password.is_empty() {
        return loaded.refuse(&typed(SignInProblem::PasswordMissing));
    }
    let moved = if name.len() > 1024 || password.len() > 1024 {
        Ok(PasswordOutcome::Wrong)
    } else {
        dispatcher::enter_password(&loaded.hop, &loaded.terms, loaded.transaction.clone(), name, password).await
    };
    match moved {
        Ok(PasswordOutcome::Passed(answer)) => page::answer(&loaded.hop, answer),
        Ok(PasswordOutcome::Wrong) => loaded.refuse(&typed(SignInProblem::WrongPassword)),
        Err(Failed {
            fault: SignInFault::TooManyAttempts,
            ..
        }) => loaded.refuse(&Typed::message(UserMessage::TooManyAttempts, shown())),
        Err(failed) => loaded.finish(Err(failed)),
    }
}

/// Asks for a mail with a code.
pub(super) async fn mail_code(loaded: Loaded) -> Response {
    let sent = codes::mail(&loaded.hop, &loaded.terms, &loaded.transaction, loaded.speaks()).await;
    match sent {
        Ok(None) => page::redirect(&model::action(&loaded.transaction, "", loaded.language())),
        Ok(Some(answer)) => page::answer(&loaded.hop, answer),
        Err(failed) => loaded.refuse_mail(failed.fault),
    }
}

/// A passkey that was used, or made.
pub(super) async fn passkey(loaded: Loaded, form: &Form) -> Response {
    let sent = |name| form.get(name).filter(|json| !json.is_empty());
    let sent = Sent {
        used: sent(names::PASSKEY),
        made: sent(names::NEW_PASSKEY),
        name: form.text(names::PASSKEY_NAME),
        code: form.text(names::PASSKEY_CODE),
    };
    match passkey::enter(&loaded.hop, &loaded.terms, loaded.transaction.clone(), sent).await {
        Ok(PasskeyOutcome::Passed(answer)) => page::answer(&loaded.hop, answer),
        Ok(PasskeyOutcome::Again(misfit)) => {
            let problem = match misfit {
                PasskeyMisfit::Refused => SignInProblem::PasskeyRefused,
                PasskeyMisfit::Taken => SignInProblem::PasskeyTaken,
                PasskeyMisfit::Code(Misfit::Used) => SignInProblem::PasskeyCodeUsed,
                PasskeyMisfit::Code(Misfit::Wrong | Misfit::Unproven) => SignInProblem::WrongPasskeyCode,
            };
            loaded.refuse(&Typed::problem(problem))
        }
        Err(failed) => loaded.refuse_factor(failed),
    }
}

/// What a field of a code is called, and what is said of it when nothing was typed.
fn code_field(option: &AuthOption) -> (&'static str, SignInProblem) {
    match option {
        AuthOption::EmailOtp => (names::MAIL_CODE, SignInProblem::MailCodeMissing),
        AuthOption::BackupCode => (names::BACKUP_CODE, SignInProblem::BackupCodeMissing),
        AuthOption::Totp
        | AuthOption::Password
        | AuthOption::Passkey
        | AuthOption::EmailLink
        | AuthOption::Connection(_) => (names::CODE, SignInProblem::CodeMissing),
    }
}

/// Why a code did not do.
fn code_problem(option: &AuthOption, misfit: Misfit) -> SignInProblem {
    match (option, misfit) {
        (AuthOption::EmailOtp, _) => SignInProblem::WrongMailCode,
        (AuthOption::BackupCode, Misfit::Used) => SignInProblem::BackupCodeUsed,
        (AuthOption::BackupCode, Misfit::Wrong | Misfit::Unproven) => SignInProblem::WrongBackupCode,
        (
            AuthOption::Totp
            | AuthOption::Password
            | AuthOption::Passkey
            | AuthOption::EmailLink
            | AuthOption::Connection(_),
            misfit,
        ) => match misfit {
            Misfit::Wrong => SignInProblem::WrongCode,
            Misfit::Used => SignInProblem::CodeUsed,
            Misfit::Unproven => SignInProblem::WrongProof,
        },
    }
}

/// The code of an app, of a mail, or one that was kept.
pub(super) async fn code(loaded: Loaded, option: &AuthOption, form: &Form) -> Response {
    let (field, missing) = code_field(option);
    let code = form.text(field).trim();
    if code.is_empty() {
        return loaded.refuse(&Typed::problem(missing));
    }
    let entered = Entered {
        code,
        proof: form.text(names::PROOF).trim(),
    };
    let moved = codes::enter(&loaded.hop, &loaded.terms, loaded.transaction.clone(), option, entered).await;
    match moved {
        Ok(CodeOutcome::Passed(answer)) => page::answer(&loaded.hop, answer),
        Ok(CodeOutcome::Again(misfit)) => {
            let problem = code_problem(option, misfit);
            loaded.refuse(&Typed::problem(problem))
        }
        Err(failed) => loaded.refuse_factor(failed),
    }
}
