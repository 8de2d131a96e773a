//! The page on which a person proves that an account is theirs, and what its forms send.

use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_app::hosted::page::proof::{ProofProblem, render, script};
use doorward_app::hosted::{UserMessage, names};
use doorward_domain::engine::SignIn;
use doorward_domain::flow::AuthOption;
use http::StatusCode;

use super::form::{Body, Form};
use super::loaded::{Chosen, Loaded, load_unless_cancelled};
use super::{model, page};
use crate::signin::dispatcher::{self, Failed};
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::signin::proof::{self, ProofOutcome, Shown};

/// Longest of anything that is typed, in bytes.
const TYPED_LIMIT: usize = 1024;

/// The page, with what is wrong with what was sent before.
pub(super) async fn show(loaded: Loaded, problem: Option<ProofProblem>, status: StatusCode) -> Response {
    let SignIn::AwaitingProof(awaiting) = loaded.transaction.state.clone() else {
        return page::redirect(&dispatcher::address(&loaded.transaction));
    };
    let ways = match proof::ways(&loaded.hop, &loaded.terms, &loaded.transaction).await {
        Ok(ways) => ways,
        Err(fault) => return loaded.stop(fault),
    };
    let shell = loaded.shell();
    let model = model::proof(
        &loaded.hop,
        &loaded.transaction,
        &awaiting,
        loaded.language(),
        problem,
        &ways,
    );
    page::with_script(status, &shell, render(&shell, &model), script(&model))
}

/// A form of the page.
pub(super) async fn prove(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (loaded, form) = match load_unless_cancelled(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    match form.text(names::OPTION).parse::<AuthOption>() {
        Ok(AuthOption::Password) => {
            let password = form.text(names::PASSWORD);
            if password.is_empty() || password.len() > TYPED_LIMIT {
                return show(loaded, Some(ProofProblem::PasswordMissing), StatusCode::BAD_REQUEST).await;
            }
            try_with(loaded, Shown::Password(password), ProofProblem::WrongPassword).await
        }
        Ok(AuthOption::Passkey) => {
            let used = form.text(names::PASSKEY);
            try_with(loaded, Shown::Passkey(used), ProofProblem::PasskeyRefused).await
        }
        Ok(AuthOption::EmailOtp) => by_mail(loaded, &form).await,
        Ok(AuthOption::Connection(handle)) => {
            let moved = proof::leave(&loaded.hop, &loaded.terms, loaded.transaction.clone(), &handle).await;
            loaded.finish(moved)
        }
        Ok(AuthOption::Totp | AuthOption::BackupCode | AuthOption::EmailLink) => loaded.stop(SignInFault::NotOffered),
        Err(_) => loaded.stop(SignInFault::Malformed),
    }
}

/// The code of a mail, or the wish for one.
async fn by_mail(loaded: Loaded, form: &Form) -> Response {
    if form.get(names::DECISION) == Some(names::DECISION_SEND) {
        let sent = proof::mail(&loaded.hop, &loaded.terms, &loaded.transaction, loaded.speaks()).await;
        return match sent {
            Ok(()) => page::redirect(&model::action(&loaded.transaction, "", loaded.language())),
            Err(SignInFault::TooManyAttempts) => too_many(loaded, UserMessage::TooManyMails).await,
            Err(fault) => loaded.stop(fault),
        };
    }
    let code = form.text(names::MAIL_CODE).trim();
    if code.is_empty() {
        return show(loaded, Some(ProofProblem::MailCodeMissing), StatusCode::BAD_REQUEST).await;
    }
    try_with(loaded, Shown::MailCode(code), ProofProblem::WrongMailCode).await
}

async fn try_with(loaded: Loaded, shown: Shown<'_>, wrong: ProofProblem) -> Response {
    match proof::prove(&loaded.hop, &loaded.terms, loaded.transaction.clone(), shown).await {
        Ok(ProofOutcome::Passed(answer)) => page::answer(&loaded.hop, answer),
        Ok(ProofOutcome::Wrong) => show(loaded, Some(wrong), StatusCode::UNAUTHORIZED).await,
        Err(Failed {
            fault: SignInFault::TooManyAttempts,
            ..
        }) => too_many(loaded, UserMessage::TooManyAttempts).await,
        Err(failed) => loaded.finish(Err(failed)),
    }
}

async fn too_many(loaded: Loaded, message: UserMessage) -> Response {
    show(loaded, Some(ProofProblem::Message(message)), page::status(message)).await
}
