//! A person's own account: the page, and the forms on it. A form that takes something away, or sets a password, stands
//! on a page of its own, which is shown after the person has shown anew who they are.

mod factors;
mod guard;
mod links;
mod model;
mod password;
mod profile;
mod sessions;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::get;

use super::hosted::form::BODY_LIMIT;
use super::hosted::page;
use crate::signin::self_service::HOME;
use crate::state::Shared;

/// The page and its forms. The layer around refuses posts from other sites.
pub fn router() -> Router<Shared> {
    Router::new()
        .route(HOME, get(profile::show))
        .route("/account/profile", get(to_home).post(profile::save_profile))
        .route(
            "/account/password",
            get(password::ask_password).post(password::set_password),
        )
        .route("/account/app", get(to_home).post(factors::add_app))
        .route("/account/app/remove", get(factors::ask_app).post(factors::remove_app))
        .route("/account/passkeys", get(to_home).post(factors::add_passkey))
        .route(
            "/account/passkeys/{passkey}",
            get(to_home).post(factors::rename_passkey),
        )
        .route(
            "/account/passkeys/{passkey}/remove",
            get(factors::ask_passkey).post(factors::remove_passkey),
        )
        .route("/account/codes", get(to_home).post(factors::make_codes))
        .route("/account/links", get(to_home).post(links::add_link))
        .route(
            "/account/links/{link}/remove",
            get(links::ask_link).post(links::remove_link),
        )
        .route("/account/sessions", get(to_home).post(sessions::end_sessions))
        .route("/account/sign-out", get(to_home).post(sessions::leave))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// Where a form of the page posts to stands in the browser's bar after a refusal; opened again, it leads to the page.
async fn to_home() -> Response {
    page::redirect(HOME)
}
