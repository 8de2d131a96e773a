//! The authenticator app, passkeys and backup codes.

use axum::extract::Path;
use axum::response::Response;
use doorward_app::hosted::names;
use doorward_app::hosted::page::self_service::{self as view, Done};
use doorward_domain::id::FactorId;
use doorward_domain::self_service::Addition;
use doorward_storage::passkey;

use super::guard::{add, asked, confirmed, done, failed, removal_page, remove, sender};
use crate::http::hosted::form::Body;
use crate::http::hosted::page;
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::signin::self_service::HOME;
use crate::signin::self_service::change::{self, Removal};

pub(super) async fn add_app(hop: Hop, body: Body) -> Response {
    add(&hop, body, Addition::App).await
}

pub(super) async fn add_passkey(hop: Hop, body: Body) -> Response {
    add(&hop, body, Addition::Passkey).await
}

pub(super) async fn make_codes(hop: Hop, body: Body) -> Response {
    add(&hop, body, Addition::Codes).await
}

const REMOVE_APP: &str = "/account/app/remove";

pub(super) async fn ask_app(hop: Hop) -> Response {
    match asked(&hop, REMOVE_APP).await {
        Ok(visitor) => removal_page(&hop, &visitor, &view::Removal::App, REMOVE_APP),
        Err(response) => response,
    }
}

pub(super) async fn remove_app(hop: Hop, body: Body) -> Response {
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

pub(super) async fn ask_passkey(hop: Hop, Path(id): Path<String>) -> Response {
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

pub(super) async fn remove_passkey(hop: Hop, Path(id): Path<String>, body: Body) -> Response {
    let removing = async {
        let id = passkey_id(&id).map_err(|fault| failed(&hop, fault))?;
        let (visitor, _) = confirmed(&hop, body, &passkey_path(&id)).await?;
        Ok(remove(&hop, &visitor, Removal::Passkey(id), Done::PasskeyRemoved).await)
    };
    removing.await.unwrap_or_else(|response: Response| response)
}

pub(super) async fn rename_passkey(hop: Hop, Path(id): Path<String>, body: Body) -> Response {
    let renaming = async {
        let id = passkey_id(&id).map_err(|fault| failed(&hop, fault))?;
        let (visitor, form) = sender(&hop, body).await?;
        let typed = form.text(&format!("{}.{id}", names::PASSKEY_NAME)).to_owned();
        let renamed = change::rename(&hop, &visitor, id, &typed).await;
        renamed.map_err(|fault| failed(&hop, fault))?;
        Ok(done(&hop, Done::PasskeyRenamed, None))
    };
    renaming.await.unwrap_or_else(|response: Response| response)
}
