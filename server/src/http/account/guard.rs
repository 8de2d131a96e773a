//! Who may see and send what: a session, a form of this page, and, before something is taken away, a fresh proof.

use axum::response::Response;
use doorward_app::hosted::names;
use doorward_app::hosted::page::self_service::{self as view, Done};
use doorward_domain::self_service::Addition;
use doorward_storage::session;
use http::{HeaderValue, StatusCode};

use super::model;
use crate::http::hosted::form::{Body, Form};
use crate::http::hosted::{page, trouble};
use crate::signin::cookie;
use crate::signin::dispatcher::Failed;
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::signin::self_service::change::{self, Removal};
use crate::signin::self_service::{self, Arrival, HOME, Visitor};

pub(super) fn failed(hop: &Hop, fault: SignInFault) -> Response {
    trouble::failed(hop, Failed::early(fault), None)
}

fn enter(hop: &Hop, return_to: &str) -> Response {
    trouble::moved(hop, self_service::enter(hop, return_to.to_owned()))
}

/// Back to the page, with the session that takes the place of the one before.
pub(super) fn done(hop: &Hop, done: Done, session: Option<HeaderValue>) -> Response {
    let mut response = page::redirect(HOME);
    let told = self_service::note_done(hop, done);
    cookie::append(response.headers_mut(), session.into_iter().chain(told));
    response
}

/// The person with an account, or what answers everybody else.
pub(super) async fn visitor(hop: &Hop, path: &str) -> Result<Visitor, Response> {
    match self_service::arrival(hop).await {
        Ok(Arrival::Visitor(visitor)) => Ok(*visitor),
        Ok(Arrival::Nobody) => Err(enter(hop, path)),
        Ok(Arrival::WithoutAccount(session)) => {
            let kept = model::kept_factors(hop, &session).await;
            let kept = kept.map_err(|fault| failed(hop, fault))?;
            let shell = model::shell(hop, &session, None);
            let html = view::render_nothing(&shell, kept.as_ref());
            Err(page::html(StatusCode::OK, &shell, html))
        }
        Err(fault) => Err(failed(hop, fault)),
    }
}

/// The person who sent a form of the page.
pub(super) async fn sender(hop: &Hop, body: Body) -> Result<(Visitor, Form), Response> {
    let form = Form::read(body).map_err(|fault| failed(hop, fault))?;
    let visitor = visitor(hop, HOME).await?;
    check_token(hop, &visitor.session, &form).map_err(|fault| failed(hop, fault))?;
    Ok((visitor, form))
}

pub(super) fn check_token(hop: &Hop, session: &session::Session, form: &Form) -> Result<(), SignInFault> {
    let wanted = self_service::csrf(hop, session);
    if doorward_vault::equal(form.text(names::CSRF).as_bytes(), wanted.as_bytes()) {
        Ok(())
    } else {
        Err(SignInFault::Forged)
    }
}

/// Sends somebody whose proof is too old to show anew who they are, and then back to the page that asks.
async fn require_proof(hop: &Hop, visitor: &Visitor, path: &str) -> Result<(), Response> {
    match self_service::is_proven(hop, visitor).await {
        Ok(true) => Ok(()),
        Ok(false) => {
            let proof = self_service::prove(hop, visitor, path.to_owned()).await;
            Err(trouble::moved(hop, proof.map_err(Failed::early)))
        }
        Err(fault) => Err(failed(hop, fault)),
    }
}

/// Somebody with a fresh proof who opens a page that asks before a change.
pub(super) async fn asked(hop: &Hop, path: &str) -> Result<Visitor, Response> {
    let visitor = visitor(hop, path).await?;
    require_proof(hop, &visitor, path).await?;
    Ok(visitor)
}

/// Somebody with a fresh proof who sent the form of such a page.
pub(super) async fn confirmed(hop: &Hop, body: Body, path: &str) -> Result<(Visitor, Form), Response> {
    let (visitor, form) = sender(hop, body).await?;
    require_proof(hop, &visitor, path).await?;
    Ok((visitor, form))
}

/// Has the person set something up.
pub(super) async fn added(hop: &Hop, visitor: &Visitor, addition: &Addition) -> Response {
    let begun = self_service::add(hop, visitor, addition).await;
    trouble::moved(hop, begun.map_err(Failed::early))
}

pub(super) async fn add(hop: &Hop, body: Body, addition: Addition) -> Response {
    match sender(hop, body).await {
        Ok((visitor, _)) => added(hop, &visitor, &addition).await,
        Err(response) => response,
    }
}

pub(super) fn removal_page(hop: &Hop, visitor: &Visitor, removal: &view::Removal, path: &str) -> Response {
    let shell = model::shell(hop, &visitor.session, None);
    page::html(StatusCode::OK, &shell, view::render_removal(&shell, removal, path))
}

pub(super) async fn remove(hop: &Hop, visitor: &Visitor, removal: Removal, what: Done) -> Response {
    match change::remove(hop, visitor, removal).await {
        Ok(session) => done(hop, what, session),
        Err(fault) => failed(hop, fault),
    }
}
