//! The hosted sign-in pages: one dispatcher that shows what comes next, and the forms that post to it.

mod accounts;
pub(super) mod form;
pub mod model;
pub mod page;
pub mod trouble;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use doorward_app::hosted::page::proof::ProofProblem;
use doorward_app::hosted::page::sign_in::SignInProblem;
use doorward_app::hosted::page::{attributes, backup_codes, proof, sign_in};
use doorward_app::hosted::{Language, UserMessage, names};
use doorward_domain::engine::{Denial, SignIn};
use doorward_domain::flow::AuthOption;
use doorward_domain::id::TransactionId;
use http::StatusCode;
use serde::Deserialize;

use crate::signin::backup_code;
use crate::signin::codes::{self, CodeOutcome, Entered, Misfit};
use crate::signin::dispatcher::{self, AttributesOutcome, Failed, PasswordOutcome};
use crate::signin::fault::SignInFault;
use crate::signin::hop::{Hop, Terms};
use crate::signin::passkey::{self, PasskeyMisfit, PasskeyOutcome, Sent};
use crate::signin::transaction::Transaction;
use crate::signin::{carrier, cookie};
use crate::state::Shared;
use form::{BODY_LIMIT, Body, Form};
use model::Typed;

/// The dispatcher and the forms of a transaction.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/signin/{transaction}", get(show).post(choose))
        .route(
            "/signin/{transaction}/account",
            get(accounts::show).post(accounts::choose),
        )
        .route("/signin/{transaction}/proof", post(prove))
        .route("/signin/{transaction}/attributes", post(fill_in))
        .route("/signin/{transaction}/kept", post(keep_codes))
        .route("/signin/{transaction}/resume", post(resume))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

#[derive(Deserialize, Default)]
struct Chosen {
    ui_locales: Option<String>,
}

/// A loaded transaction, with what its page needs.
struct Loaded {
    hop: Hop,
    terms: Terms,
    transaction: Transaction,
    language: Option<String>,
}

async fn load(hop: Hop, id: &str, chosen: Chosen) -> Result<Loaded, Response> {
    let language = chosen.ui_locales.filter(|tags| tags.len() <= 100);
    let found = match id.parse::<TransactionId>() {
        Ok(id) => carrier::find(&hop.state, &hop.headers, &id).await,
        Err(_) => Err(SignInFault::Expired),
    };
    let found = found.and_then(|transaction| Ok((hop.terms(&transaction)?, transaction)));
    match found {
        Ok((terms, transaction)) => Ok(Loaded {
            hop,
            terms,
            transaction,
            language,
        }),
        Err(fault) => Err(trouble::failed(&hop, Failed::early(fault), language.as_deref())),
    }
}

/// Loads a transaction for a form of its page: the body is within bounds and the token is the one of this stage.
async fn load_for_form(hop: Hop, id: &str, chosen: Chosen, body: Body) -> Result<(Loaded, Form), Response> {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return Err(rejection.into_response()),
    };
    let loaded = load(hop, id, chosen).await?;
    let form = match Form::read(&body) {
        Ok(form) => form,
        Err(fault) => return Err(loaded.stop(fault)),
    };
    let token = cookie::decode(form.text(names::CSRF)).unwrap_or_default();
    if !doorward_vault::equal(&token, &loaded.transaction.csrf(&loaded.hop.state.keyring)) {
        return Err(loaded.stop(SignInFault::Forged));
    }
    Ok((loaded, form))
}

impl Loaded {
    fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// The language of its pages, and of its mail.
    fn speaks(&self) -> Language {
        page::language(&self.hop, model::wishes(&self.transaction, self.language()).as_deref())
    }

    /// A mail that is one too many leaves the page as it is; nothing else can be passed then.
    async fn refuse_mail(self, fault: SignInFault) -> Response {
        if !matches!(fault, SignInFault::TooManyAttempts) {
            return self.stop(fault);
        }
        let typed = Typed {
            username: None,
            problem: Some(too_many()),
        };
        self.show_sign_in(page::status(UserMessage::TooManyAttempts), typed)
            .await
    }

    fn stop(self, fault: SignInFault) -> Response {
        let failed = Failed::within(self.transaction, fault);
        trouble::failed(&self.hop, failed, self.language.as_deref())
    }

    fn is_cancelled(&self, form: &Form) -> Option<Response> {
        let cancels = form.get(names::DECISION) == Some(names::DECISION_CANCEL);
        cancels.then(|| page::answer(&self.hop, dispatcher::cancel(&self.hop, &self.transaction)))
    }

    fn finish(self, moved: Result<crate::signin::finish::Answer, Failed>) -> Response {
        match moved {
            Ok(answer) => page::answer(&self.hop, answer),
            Err(failed) => trouble::failed(&self.hop, failed, self.language.as_deref()),
        }
    }

    async fn show_sign_in(self, status: StatusCode, typed: Typed) -> Response {
        let codes = match codes::pages(&self.hop, &self.terms, &self.transaction).await {
            Ok(codes) => codes,
            Err(fault) => return self.stop(fault),
        };
        let shell = model::shell(&self.hop, &self.terms, &self.transaction, self.language());
        let page = model::sign_in(
            &self.hop,
            &self.terms,
            &self.transaction,
            self.language(),
            typed,
            &codes,
        );
        if model::is_stuck(&self.terms, &self.transaction, &page) {
            return self.stop(SignInFault::Denied(Denial::EnrolmentRefused, None));
        }
        page::with_script(status, &shell, sign_in::render(&shell, &page), sign_in::script(&page))
    }

    fn show_proof(&self, problem: Option<ProofProblem>, status: StatusCode) -> Response {
        let SignIn::AwaitingProof(awaiting) = &self.transaction.state else {
            return page::redirect(&dispatcher::address(&self.transaction));
        };
        let shell = model::shell(&self.hop, &self.terms, &self.transaction, self.language());
        let model = model::proof(&self.hop, &self.transaction, awaiting, self.language(), problem);
        page::html(status, &shell, proof::render(&shell, &model))
    }
}

/// The one dispatcher: shows what comes next.
async fn show(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>) -> Response {
    let loaded = match load(hop, &id, chosen).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    match &loaded.transaction.state {
        SignIn::Choosing(_) | SignIn::AwaitingFederation(_) => {
            let mailed = codes::mail_if_alone(&loaded.hop, &loaded.terms, &loaded.transaction, loaded.speaks()).await;
            match mailed {
                Ok(()) => loaded.show_sign_in(StatusCode::OK, Typed::default()).await,
                Err(fault) => loaded.refuse_mail(fault).await,
            }
        }
        SignIn::Noting(noting) => {
            let shell = model::shell(&loaded.hop, &loaded.terms, &loaded.transaction, loaded.language());
            let model = model::backup_codes(&loaded.hop, &loaded.transaction, noting, loaded.language());
            page::html(StatusCode::OK, &shell, backup_codes::render(&shell, &model))
        }
        SignIn::AwaitingProof(_) => loaded.show_proof(None, StatusCode::OK),
        SignIn::AwaitingAttributes(awaiting) => {
            let shell = model::shell(&loaded.hop, &loaded.terms, &loaded.transaction, loaded.language());
            let model = model::attributes(
                &loaded.hop,
                &loaded.transaction,
                awaiting,
                loaded.language(),
                |_| None,
                &[],
            );
            page::html(StatusCode::OK, &shell, attributes::render(&shell, &model))
        }
        SignIn::AwaitingScript(_) | SignIn::Completed(_) | SignIn::Denied(_) => loaded.stop(SignInFault::AlreadyUsed),
    }
}

/// The choice of the sign-in page: a connection, or a name and a password.
async fn choose(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (loaded, form) = match load_for_form(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    if let Some(response) = loaded.is_cancelled(&form) {
        return response;
    }
    match form.text(names::OPTION).parse::<AuthOption>() {
        Ok(AuthOption::Connection(handle)) => {
            let moved = dispatcher::leave(&loaded.hop, &loaded.terms, loaded.transaction.clone(), &handle).await;
            loaded.finish(moved)
        }
        Ok(AuthOption::Password) => enter_password(loaded, &form).await,
        Ok(AuthOption::Passkey) => enter_passkey(loaded, &form).await,
        Ok(AuthOption::EmailOtp) if form.get(names::DECISION) == Some(names::DECISION_SEND) => mail_code(loaded).await,
        Ok(option @ (AuthOption::Totp | AuthOption::EmailOtp | AuthOption::BackupCode)) => {
            enter_code(loaded, &option, &form).await
        }
        Err(_) => loaded.stop(SignInFault::Malformed),
    }
}

async fn enter_password(loaded: Loaded, form: &Form) -> Response {
    let (name, password) = (form.text(names::USERNAME).trim(), form.text(names::PASSWORD));
    // Nobody can have a longer name; showing it back would only fill the page.
    let typed = |problem| Typed {
        username: Some(name.chars().take(320).collect()),
        problem: Some(problem),
    };
    if name.is_empty() {
        let typed = typed(SignInProblem::UsernameMissing);
        return loaded.show_sign_in(StatusCode::BAD_REQUEST, typed).await;
    }
    if password.is_empty() {
        let typed = typed(SignInProblem::PasswordMissing);
        return loaded.show_sign_in(StatusCode::BAD_REQUEST, typed).await;
    }
    let moved = if name.len() > 1024 || password.len() > 1024 {
        Ok(PasswordOutcome::Wrong)
    } else {
        dispatcher::enter_password(&loaded.hop, &loaded.terms, loaded.transaction.clone(), name, password).await
    };
    match moved {
        Ok(PasswordOutcome::Passed(answer)) => page::answer(&loaded.hop, answer),
        Ok(PasswordOutcome::Wrong) => {
            let typed = typed(SignInProblem::WrongPassword);
            loaded.show_sign_in(StatusCode::UNAUTHORIZED, typed).await
        }
        Err(Failed {
            fault: SignInFault::TooManyAttempts,
            ..
        }) => {
            let typed = typed(too_many());
            loaded
                .show_sign_in(page::status(UserMessage::TooManyAttempts), typed)
                .await
        }
        Err(failed) => loaded.finish(Err(failed)),
    }
}

fn too_many() -> SignInProblem {
    SignInProblem::Message {
        message: UserMessage::TooManyAttempts,
        connection: None,
    }
}

/// Asks for a mail with a code.
async fn mail_code(loaded: Loaded) -> Response {
    let sent = codes::mail(&loaded.hop, &loaded.terms, &loaded.transaction, loaded.speaks()).await;
    match sent {
        Ok(()) => page::redirect(&model::action(&loaded.transaction, "", loaded.language())),
        Err(fault) => loaded.refuse_mail(fault).await,
    }
}

/// A passkey that was used, or made.
async fn enter_passkey(loaded: Loaded, form: &Form) -> Response {
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
                PasskeyMisfit::Code(by, misfit) => code_problem(&by, misfit),
            };
            let typed = Typed {
                username: None,
                problem: Some(problem),
            };
            loaded.show_sign_in(StatusCode::UNAUTHORIZED, typed).await
        }
        Err(Failed {
            fault: SignInFault::TooManyAttempts,
            ..
        }) => {
            let typed = Typed {
                username: None,
                problem: Some(too_many()),
            };
            loaded
                .show_sign_in(page::status(UserMessage::TooManyAttempts), typed)
                .await
        }
        Err(failed) => loaded.finish(Err(failed)),
    }
}

/// The person has kept the backup codes they were shown.
async fn keep_codes(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (loaded, form) = match load_for_form(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    if let Some(response) = loaded.is_cancelled(&form) {
        return response;
    }
    let moved = backup_code::keep(&loaded.hop, &loaded.terms, loaded.transaction.clone()).await;
    loaded.finish(moved)
}

/// What a field of a code is called, and what is said of it when nothing was typed.
fn code_field(option: &AuthOption) -> (&'static str, SignInProblem) {
    match option {
        AuthOption::EmailOtp => (names::MAIL_CODE, SignInProblem::MailCodeMissing),
        AuthOption::BackupCode => (names::BACKUP_CODE, SignInProblem::BackupCodeMissing),
        AuthOption::Totp | AuthOption::Password | AuthOption::Passkey | AuthOption::Connection(_) => {
            (names::CODE, SignInProblem::CodeMissing)
        }
    }
}

/// Why a code did not do.
fn code_problem(option: &AuthOption, misfit: Misfit) -> SignInProblem {
    match (option, misfit) {
        (AuthOption::EmailOtp, _) => SignInProblem::WrongMailCode,
        (AuthOption::BackupCode, Misfit::Used) => SignInProblem::BackupCodeUsed,
        (AuthOption::BackupCode, Misfit::Wrong | Misfit::Unproven) => SignInProblem::WrongBackupCode,
        (AuthOption::Totp | AuthOption::Password | AuthOption::Passkey | AuthOption::Connection(_), misfit) => {
            match misfit {
                Misfit::Wrong => SignInProblem::WrongCode,
                Misfit::Used => SignInProblem::CodeUsed,
                Misfit::Unproven => SignInProblem::WrongProof,
            }
        }
    }
}

/// The code of an app, of a mail, or one that was kept.
async fn enter_code(loaded: Loaded, option: &AuthOption, form: &Form) -> Response {
    let typed = |problem| Typed {
        username: None,
        problem: Some(problem),
    };
    let (field, missing) = code_field(option);
    let code = form.text(field).trim();
    if code.is_empty() {
        let typed = typed(missing);
        return loaded.show_sign_in(StatusCode::BAD_REQUEST, typed).await;
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
            loaded.show_sign_in(StatusCode::UNAUTHORIZED, typed(problem)).await
        }
        Err(Failed {
            fault: SignInFault::TooManyAttempts,
            ..
        }) => {
            let status = page::status(UserMessage::TooManyAttempts);
            loaded.show_sign_in(status, typed(too_many())).await
        }
        Err(failed) => loaded.finish(Err(failed)),
    }
}

/// The proof that an account is one's own.
async fn prove(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (loaded, form) = match load_for_form(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    if let Some(response) = loaded.is_cancelled(&form) {
        return response;
    }
    let password = form.text(names::PASSWORD);
    if password.is_empty() || password.len() > 1024 {
        return loaded.show_proof(Some(ProofProblem::PasswordMissing), StatusCode::BAD_REQUEST);
    }
    match dispatcher::prove(&loaded.hop, &loaded.terms, loaded.transaction.clone(), password).await {
        Ok(PasswordOutcome::Passed(answer)) => page::answer(&loaded.hop, answer),
        Ok(PasswordOutcome::Wrong) => loaded.show_proof(Some(ProofProblem::WrongPassword), StatusCode::UNAUTHORIZED),
        Err(Failed {
            fault: SignInFault::TooManyAttempts,
            ..
        }) => {
            let message = UserMessage::TooManyAttempts;
            loaded.show_proof(Some(ProofProblem::Message(message)), page::status(message))
        }
        Err(failed) => loaded.finish(Err(failed)),
    }
}

/// The attributes that were missing.
async fn fill_in(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (loaded, form) = match load_for_form(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    if let Some(response) = loaded.is_cancelled(&form) {
        return response;
    }
    let typed = |name: &str| form.get(&format!("{}{name}", names::ATTRIBUTE_PREFIX));
    match dispatcher::fill_in(&loaded.hop, &loaded.terms, loaded.transaction.clone(), typed).await {
        Ok(AttributesOutcome::Passed(answer)) => page::answer(&loaded.hop, answer),
        Ok(AttributesOutcome::Faulty(faults)) => {
            let SignIn::AwaitingAttributes(awaiting) = &loaded.transaction.state else {
                return page::redirect(&dispatcher::address(&loaded.transaction));
            };
            let shell = model::shell(&loaded.hop, &loaded.terms, &loaded.transaction, loaded.language());
            let model = model::attributes(
                &loaded.hop,
                &loaded.transaction,
                awaiting,
                loaded.language(),
                typed,
                &faults,
            );
            page::html(
                StatusCode::UNPROCESSABLE_ENTITY,
                &shell,
                attributes::render(&shell, &model),
            )
        }
        Err(failed) => loaded.finish(Err(failed)),
    }
}

/// Goes on with a provider's answer that could not be written (F10).
async fn resume(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (loaded, form) = match load_for_form(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    let moved = dispatcher::resume(&loaded.hop, loaded.transaction.clone(), form.text(names::SEALED)).await;
    loaded.finish(moved)
}
