//! A refused entry of the sign-in page, at an address of its own: whoever goes back or loads the page again sends nothing
//! once more.

use axum::response::Response;
use doorward_app::hosted::page::sign_in::SignInProblem;
use doorward_app::hosted::{UserMessage, names};
use doorward_vault::Purpose;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::loaded::Loaded;
use super::{model, page};
use crate::signin::cookie;
use crate::signin::transaction::Transaction;

/// What a page says about what was typed before.
#[derive(Default, Serialize, Deserialize)]
pub struct Typed {
    pub username: Option<String>,
    pub problem: Option<SignInProblem>,
}

impl Typed {
    /// What is wrong where nothing needs to be shown back.
    #[must_use]
    pub fn problem(problem: SignInProblem) -> Self {
        Self {
            username: None,
            problem: Some(problem),
        }
    }

    /// What is said of the step as a whole.
    #[must_use]
    pub fn message(message: UserMessage, username: Option<String>) -> Self {
        let problem = SignInProblem::Message {
            message,
            connection: None,
        };
        Self {
            username,
            ..Self::problem(problem)
        }
    }

    /// The status of the page that says it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        use SignInProblem as P;
        match &self.problem {
            None => StatusCode::OK,
            Some(P::Message { message, .. }) => page::status(*message),
            Some(P::MailClosed) => StatusCode::SERVICE_UNAVAILABLE,
            Some(
                P::UsernameMissing
                | P::PasswordMissing
                | P::CodeMissing
                | P::MailCodeMissing
                | P::BackupCodeMissing
                | P::NoAddress,
            ) => StatusCode::BAD_REQUEST,
            Some(
                P::WrongPassword
                | P::WrongCode
                | P::CodeUsed
                | P::WrongMailCode
                | P::LinkRefused
                | P::WrongBackupCode
                | P::BackupCodeUsed
                | P::WrongProof
                | P::PasskeyRefused
                | P::PasskeyTaken
                | P::WrongPasskeyCode
                | P::PasskeyCodeUsed,
            ) => StatusCode::UNAUTHORIZED,
        }
    }
}

/// Binds it to the browser and to the stage: what was wrong at one step is not said at the next.
fn context(transaction: &Transaction) -> String {
    let (binding, stage) = (transaction.binding.expose(), transaction.stage());
    format!("refused {} {binding} {stage}", transaction.id)
}

/// Sends the browser to the page that says what is wrong.
pub(super) fn tell(loaded: &Loaded, typed: &Typed) -> Response {
    // These types always print.
    let json = serde_json::to_vec(typed).unwrap_or_default();
    let keyring = &loaded.hop.state.keyring;
    let sealed = keyring.seal(Purpose::Page, context(&loaded.transaction).as_bytes(), &json);
    let page = model::action(&loaded.transaction, "", loaded.language());
    let joint = if page.contains('?') { '&' } else { '?' };
    page::redirect(&format!("{page}{joint}{}={}", names::SEALED, cookie::encode(&sealed)))
}

/// What such an address says; `None` for one that somebody else made, and at another step.
pub(super) fn open(loaded: &Loaded, sealed: &str) -> Option<Typed> {
    let sealed = cookie::decode(sealed)?;
    let keyring = &loaded.hop.state.keyring;
    let json = keyring.open(Purpose::Page, context(&loaded.transaction).as_bytes(), &sealed);
    serde_json::from_slice(&json.ok()?).ok()
}
