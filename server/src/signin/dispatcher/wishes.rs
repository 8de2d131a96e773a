//! What a provider is told of the application's request.

use doorward_federation::BeginOptions;
use doorward_oidc::authorize::Prompt;

use crate::signin::transaction::Transaction;

/// What the application's request asks for that the provider should know.
pub(in crate::signin) struct Wishes<'a> {
    login_hint: Option<&'a str>,
    prompt: Option<&'static str>,
    max_age_seconds: Option<u32>,
    ui_locales: Option<String>,
}

impl<'a> Wishes<'a> {
    pub(in crate::signin) fn of(transaction: &'a Transaction) -> Self {
        let Some(request) = transaction.request() else {
            let anew = transaction.proves_anew();
            return Self {
                login_hint: None,
                prompt: anew.then_some("login"),
                max_age_seconds: anew.then_some(0),
                ui_locales: None,
            };
        };
        let asks = |prompt| request.prompt.contains(prompt);
        let prompt = match (asks(Prompt::Login), asks(Prompt::SelectAccount)) {
            (true, true) => Some("login select_account"),
            (true, false) => Some("login"),
            (false, true) => Some("select_account"),
            (false, false) => None,
        };
        Self {
            login_hint: request.login_hint.as_deref(),
            prompt,
            max_age_seconds: request.max_age_seconds,
            ui_locales: (!request.ui_locales.is_empty()).then(|| request.ui_locales.join(" ")),
        }
    }

    /// The script's word on who comes counts before the application's.
    pub(super) fn about(self, login_hint: Option<&'a str>) -> Self {
        Self {
            login_hint: login_hint.or(self.login_hint),
            ..self
        }
    }

    /// Who proves something else with the provider's word: it names nobody, and lets the person choose again, who may
    /// have come back with the wrong identity before.
    pub(in crate::signin) fn choosing_again(self) -> Self {
        let prompt = match self.prompt {
            Some("login" | "login select_account") => "login select_account",
            Some(_) | None => "select_account",
        };
        Self {
            login_hint: None,
            prompt: Some(prompt),
            ..self
        }
    }

    pub(super) fn options<'o>(&'o self, state: &'o str) -> BeginOptions<'o> {
        BeginOptions {
            state,
            login_hint: self.login_hint,
            prompt: self.prompt,
            max_age_seconds: self.max_age_seconds,
            ui_locales: self.ui_locales.as_deref(),
        }
    }
}
