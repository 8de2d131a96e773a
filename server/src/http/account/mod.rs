//! A person's own account: the page, and the forms on it. A form that takes something away, or sets a password, stands
//! on a page of its own, which is shown after the person has shown anew who they are.

mod model;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use doorward_app::hosted::names;
use doorward_app::hosted::page::self_service::{self as view, Done};
use doorward_domain::flow::AuthOption;
use doorward_domain::id::FactorId;
use doorward_domain::self_service::{Addition, EDITABLE};
use doorward_storage::{link, passkey, session};
use http::{HeaderValue, StatusCode};
use serde::Deserialize;

use super::hosted::form::{BODY_LIMIT, Body, Form};
use super::hosted::{page, trouble};
use crate::service::password_policy;
use crate::signin::console::sign_out;
use crate::signin::cookie;
use crate::signin::dispatcher::Failed;
use crate::signin::fault::SignInFault;
use crate::signin::finish::Answer;
use crate::signin::hop::Hop;
use crate::signin::self_service::change::{self, Removal, link_name};
use crate::signin::self_service::{self, Arrival, HOME, Visitor};
use crate::state::Shared;

/// The page and its forms. The layer around refuses posts from other sites.
pub fn router() -> Router<Shared> {
    Router::new()
        .route(HOME, get(show))
        .route("/account/profile", post(save_profile))
        .route("/account/password", get(ask_password).post(set_password))
        .route("/account/app", post(add_app))
        .route("/account/app/remove", get(ask_app).post(remove_app))
        .route("/account/passkeys", post(add_passkey))
        .route("/account/passkeys/{passkey}", post(rename_passkey))
        .route(
            "/account/passkeys/{passkey}/remove",
            get(ask_passkey).post(remove_passkey),
        )
        .route("/account/codes", post(make_codes))
        .route("/account/links", post(add_link))
        .route("/account/links/{link}/remove", get(ask_link).post(remove_link))
        .route("/account/sessions", post(end_sessions))
        .route("/account/sign-out", post(leave))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

fn failed(hop: &Hop, fault: SignInFault) -> Response {
    trouble::failed(hop, Failed::early(fault), None)
}

fn moved(hop: &Hop, moved: Result<Answer, SignInFault>) -> Response {
    match moved {
        Ok(answer) => page::answer(hop, answer),
        Err(fault) => failed(hop, fault),
    }
}

fn enter(hop: &Hop, return_to: &str) -> Response {
    match self_service::enter(hop, return_to.to_owned()) {
        Ok(answer) => page::answer(hop, answer),
        Err(fault) => trouble::failed(hop, fault, None),
    }
}

/// Back to the page, with the session that takes the place of the one before.
fn done(done: Done, session: Option<HeaderValue>) -> Response {
    let mut response = page::redirect(&self_service::done_address(done));
    cookie::append(response.headers_mut(), session);
    response
}

/// The person with an account, or what answers everybody else.
async fn visitor(hop: &Hop, path: &str) -> Result<Visitor, Response> {
    match self_service::arrival(hop).await {
        Ok(Arrival::Visitor(visitor)) => Ok(*visitor),
        Ok(Arrival::Nobody) => Err(enter(hop, path)),
        Ok(Arrival::WithoutAccount(session)) => {
            let shell = model::shell(hop, &session, None);
            Err(page::html(StatusCode::OK, &shell, view::render_nothing(&shell)))
        }
        Err(fault) => Err(failed(hop, fault)),
    }
}

/// The person who sent a form of the page.
async fn sender(hop: &Hop, body: Body) -> Result<(Visitor, Form), Response> {
    let form = match body {
        Ok(body) => Form::read(&body).map_err(|fault| failed(hop, fault))?,
        Err(rejection) => return Err(rejection.into_response()),
    };
    let visitor = visitor(hop, HOME).await?;
    check_token(hop, &visitor.session, &form).map_err(|fault| failed(hop, fault))?;
    Ok((visitor, form))
}

fn check_token(hop: &Hop, session: &session::Session, form: &Form) -> Result<(), SignInFault> {
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
        Ok(false) => Err(moved(hop, self_service::prove(hop, visitor, path.to_owned()).await)),
        Err(fault) => Err(failed(hop, fault)),
    }
}

/// Somebody with a fresh proof who opens a page that asks before a change.
async fn asked(hop: &Hop, path: &str) -> Result<Visitor, Response> {
    let visitor = visitor(hop, path).await?;
    require_proof(hop, &visitor, path).await?;
    Ok(visitor)
}

/// Somebody with a fresh proof who sent the form of such a page.
async fn confirmed(hop: &Hop, body: Body, path: &str) -> Result<(Visitor, Form), Response> {
    let (visitor, form) = sender(hop, body).await?;
    require_proof(hop, &visitor, path).await?;
    Ok((visitor, form))
}

#[derive(Deserialize)]
struct Shown {
    done: Option<String>,
    ui_locales: Option<String>,
}

async fn show(hop: Hop, Query(shown): Query<Shown>) -> Response {
    let visitor = match visitor(&hop, HOME).await {
        Ok(visitor) => visitor,
        Err(response) => return response,
    };
    let done = shown.done.as_deref().and_then(Done::of_word);
    let chosen = shown.ui_locales.filter(|tags| tags.len() <= 100);
    answer(&hop, &visitor, StatusCode::OK, chosen.as_deref(), |page| {
        page.done = done
    })
    .await
}

async fn answer(
    hop: &Hop,
    visitor: &Visitor,
    status: StatusCode,
    chosen: Option<&str>,
    change: impl FnOnce(&mut view::SelfService),
) -> Response {
    let mut shell = model::shell(hop, &visitor.session, chosen);
    shell.address = Some(HOME.to_owned());
    match model::page(hop, visitor).await {
        Ok(mut page) => {
            change(&mut page);
            page::html(status, &shell, view::render(&shell, &page))
        }
        Err(fault) => failed(hop, fault),
    }
}

/// What was typed on the way, if it can be kept.
async fn save_profile(hop: Hop, body: Body) -> Response {
    let (visitor, form) = match sender(&hop, body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let field = |name: &'static str| {
        let typed = form.get(&format!("{}{name}", names::ATTRIBUTE_PREFIX))?;
        Some((name, typed.trim().to_owned()))
    };
    let typed: Vec<(&'static str, String)> = EDITABLE.into_iter().filter_map(field).collect();
    if typed.iter().any(|(_, value)| model::problem(value).is_some()) {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return answer(&hop, &visitor, status, None, |page| model::refuse(page, &typed)).await;
    }
    match change::set_profile(&hop, &visitor, &typed).await {
        Ok(()) => done(Done::ProfileSaved, None),
        Err(fault) => failed(&hop, fault),
    }
}

async fn ask_password(hop: Hop) -> Response {
    match asked(&hop, "/account/password").await {
        Ok(visitor) => password_page(&hop, &visitor, false).await,
        Err(response) => response,
    }
}

async fn password_page(hop: &Hop, visitor: &Visitor, is_weak: bool) -> Response {
    let read = hop.state.store.read();
    let hash = match doorward_storage::account::find_password_hash(read, &visitor.account.id).await {
        Ok(hash) => hash,
        Err(error) => return failed(hop, error.into()),
    };
    let shell = model::shell(hop, &visitor.session, None);
    let status = if is_weak {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page::html(status, &shell, view::render_password(&shell, hash.is_some(), is_weak))
}

async fn set_password(hop: Hop, body: Body) -> Response {
    let (visitor, form) = match confirmed(&hop, body, "/account/password").await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let password = form.text(names::PASSWORD);
    let email = visitor.account.attributes.get("email").and_then(|a| a.value.as_str());
    let own = [visitor.account.username.as_str()].into_iter().chain(email);
    if password_policy::check(password, own).is_err() {
        return password_page(&hop, &visitor, true).await;
    }
    match change::set_password(&hop, &visitor, password).await {
        Ok(session) => done(Done::PasswordSet, session),
        Err(fault) => failed(&hop, fault),
    }
}

async fn add(hop: &Hop, body: Body, addition: Addition) -> Response {
    match sender(hop, body).await {
        Ok((visitor, _)) => moved(hop, self_service::add(hop, &visitor, &addition).await),
        Err(response) => response,
    }
}

async fn add_app(hop: Hop, body: Body) -> Response {
    add(&hop, body, Addition::App).await
}

async fn add_passkey(hop: Hop, body: Body) -> Response {
    add(&hop, body, Addition::Passkey).await
}

async fn make_codes(hop: Hop, body: Body) -> Response {
    add(&hop, body, Addition::Codes).await
}

/// A link begins with a form of this page (S7), and its connection must be one of those that are enabled.
async fn add_link(hop: Hop, body: Body) -> Response {
    let (visitor, form) = match sender(&hop, body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let option: Option<AuthOption> = form.text(names::OPTION).parse().ok();
    let ways = self_service::holdings::ways(&hop);
    match option.filter(|option| ways.iter().any(|(_, way)| way == option)) {
        Some(option) => moved(&hop, self_service::add(&hop, &visitor, &Addition::Link(option)).await),
        None => failed(&hop, SignInFault::ConnectionUnusable),
    }
}

fn removal_page(hop: &Hop, visitor: &Visitor, removal: &view::Removal, path: &str) -> Response {
    let shell = model::shell(hop, &visitor.session, None);
    page::html(StatusCode::OK, &shell, view::render_removal(&shell, removal, path))
}

async fn remove(hop: &Hop, visitor: &Visitor, removal: Removal, what: Done) -> Response {
    match change::remove(hop, visitor, removal).await {
        Ok(session) => done(what, session),
        Err(fault) => failed(hop, fault),
    }
}

const REMOVE_APP: &str = "/account/app/remove";

async fn ask_app(hop: Hop) -> Response {
    match asked(&hop, REMOVE_APP).await {
        Ok(visitor) => removal_page(&hop, &visitor, &view::Removal::App, REMOVE_APP),
        Err(response) => response,
    }
}

async fn remove_app(hop: Hop, body: Body) -> Response {
    match confirmed(&hop, body, REMOVE_APP).await {
        Ok((visitor, _)) => remove(&hop, &visitor, Removal::App, Done::AppRemoved).await,
        Err(response) => response,
    }
}

fn passkey_path(id: &FactorId) -> String {
    format!("/account/passkeys/{id}/remove")
}

/// An id in a path; a text that is none names nothing.
fn passkey_id(text: &str) -> Result<FactorId, SignInFault> {
    text.parse().map_err(|_| SignInFault::Malformed)
}

async fn ask_passkey(hop: Hop, Path(id): Path<String>) -> Response {
    let asking = async {
        let id = passkey_id(&id).map_err(|fault| failed(&hop, fault))?;
        let path = passkey_path(&id);
        let visitor = asked(&hop, &path).await?;
        let all = passkey::list_of_account(hop.state.store.read(), &visitor.account.id).await;
        let all = all.map_err(|error| failed(&hop, error.into()))?;
        let one = all.into_iter().find(|one| one.id == id);
        let one = one.ok_or_else(|| page::redirect(HOME))?;
        Ok(removal_page(&hop, &visitor, &view::Removal::Passkey(one.name), &path))
    };
    asking.await.unwrap_or_else(|response: Response| response)
}

async fn remove_passkey(hop: Hop, Path(id): Path<String>, body: Body) -> Response {
    let removing = async {
        let id = passkey_id(&id).map_err(|fault| failed(&hop, fault))?;
        let (visitor, _) = confirmed(&hop, body, &passkey_path(&id)).await?;
        Ok(remove(&hop, &visitor, Removal::Passkey(id), Done::PasskeyRemoved).await)
    };
    removing.await.unwrap_or_else(|response: Response| response)
}

async fn rename_passkey(hop: Hop, Path(id): Path<String>, body: Body) -> Response {
    let renaming = async {
        let id = passkey_id(&id).map_err(|fault| failed(&hop, fault))?;
        let (visitor, form) = sender(&hop, body).await?;
        let typed = form.text(&format!("{}.{id}", names::PASSKEY_NAME)).to_owned();
        let renamed = change::rename(&hop, &visitor, id, &typed).await;
        renamed.map_err(|fault| failed(&hop, fault))?;
        Ok(done(Done::PasskeyRenamed, None))
    };
    renaming.await.unwrap_or_else(|response: Response| response)
}

/// A link of the person by its name on the page.
async fn link_of(hop: &Hop, visitor: &Visitor, name: &str) -> Result<doorward_domain::account::Link, Response> {
    let all = link::list_of_account(hop.state.store.read(), &visitor.account.id).await;
    let all = all.map_err(|error| failed(hop, error.into()))?;
    let one = all.into_iter().find(|one| link_name(hop, &one.key) == name);
    one.ok_or_else(|| page::redirect(HOME))
}

/// A path of ours with a name that came from outside: only letters that names are made of.
fn link_path(name: &str) -> Result<String, SignInFault> {
    match cookie::decode(name).filter(|bytes| bytes.len() == 16) {
        Some(bytes) => Ok(format!("/account/links/{}/remove", cookie::encode(&bytes))),
        None => Err(SignInFault::Malformed),
    }
}

async fn ask_link(hop: Hop, Path(name): Path<String>) -> Response {
    let asking = async {
        let path = link_path(&name).map_err(|fault| failed(&hop, fault))?;
        let visitor = asked(&hop, &path).await?;
        let link = link_of(&hop, &visitor, &name).await?;
        let removal = view::Removal::Link(model::connection_name(&hop, &link.key.connection));
        Ok(removal_page(&hop, &visitor, &removal, &path))
    };
    asking.await.unwrap_or_else(|response: Response| response)
}

async fn remove_link(hop: Hop, Path(name): Path<String>, body: Body) -> Response {
    let removing = async {
        let path = link_path(&name).map_err(|fault| failed(&hop, fault))?;
        let (visitor, _) = confirmed(&hop, body, &path).await?;
        let link = link_of(&hop, &visitor, &name).await?;
        Ok(remove(&hop, &visitor, Removal::Link(link.key), Done::Unlinked).await)
    };
    removing.await.unwrap_or_else(|response: Response| response)
}

async fn end_sessions(hop: Hop, body: Body) -> Response {
    let (visitor, form) = match sender(&hop, body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let only = match form.get(names::SESSION).map(str::parse).transpose() {
        Ok(only) => only,
        Err(_) => return failed(&hop, SignInFault::Malformed),
    };
    match change::end_sessions(&hop, &visitor, only.as_ref()).await {
        Ok(()) => done(Done::SessionEnded, None),
        Err(fault) => failed(&hop, fault),
    }
}

/// Signs out, also somebody of whom nothing is kept.
async fn leave(hop: Hop, body: Body) -> Response {
    let form = match body {
        Ok(body) => Form::read(&body),
        Err(rejection) => return rejection.into_response(),
    };
    let form = match form {
        Ok(form) => form,
        Err(fault) => return failed(&hop, fault),
    };
    match crate::signin::session::find(&hop).await {
        Ok(Some(session)) => {
            if let Err(fault) = check_token(&hop, &session, &form) {
                return failed(&hop, fault);
            }
        }
        Ok(None) => {}
        Err(fault) => return failed(&hop, fault),
    }
    match sign_out(&hop).await {
        Ok(removed) => {
            let mut response = page::redirect("/signed-out");
            cookie::append(response.headers_mut(), removed);
            response
        }
        Err(fault) => failed(&hop, fault),
    }
}
