//! Sign-ins at providers that lead to this account.

use axum::extract::Path;
use axum::response::Response;
use doorward_app::hosted::names;
use doorward_app::hosted::page::self_service::{self as view, Done};
use doorward_domain::account::Link;
use doorward_domain::flow::AuthOption;
use doorward_domain::self_service::Addition;
use doorward_storage::link;

use super::guard::{added, asked, confirmed, failed, removal_page, remove, sender};
use super::model;
use crate::http::hosted::form::Body;
use crate::http::hosted::page;
use crate::signin::cookie;
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::signin::self_service::change::{Removal, link_name};
use crate::signin::self_service::{self, HOME, Visitor};

/// A link begins with a form of this page (S7), and its connection must be one of those that are enabled.
pub(super) async fn add_link(hop: Hop, body: Body) -> Response {
    let (visitor, form) = match sender(&hop, body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let option: Option<AuthOption> = form.text(names::OPTION).parse().ok();
    let ways = self_service::holdings::ways(&hop);
    match option.filter(|option| ways.iter().any(|(_, way)| way == option)) {
        Some(option) => added(&hop, &visitor, &Addition::Link(option)).await,
        None => failed(&hop, SignInFault::ConnectionUnusable),
    }
}

async fn links_of(hop: &Hop, visitor: &Visitor) -> Result<Vec<Link>, Response> {
    let all = link::list_of_account(hop.state.store.read(), &visitor.account.id).await;
    all.map_err(|error| failed(hop, error.into()))
}

/// A link of the person by its name on the page.
fn one_of<'a>(hop: &Hop, all: &'a [Link], name: &str) -> Option<&'a Link> {
    all.iter().find(|one| link_name(hop, &one.key) == name)
}

/// A path of ours with a name that came from outside: only letters that names are made of.
fn link_path(name: &str) -> Result<String, SignInFault> {
    match cookie::decode(name).filter(|bytes| bytes.len() == 16) {
        Some(bytes) => Ok(format!("/account/links/{}/remove", cookie::encode(&bytes))),
        None => Err(SignInFault::Malformed),
    }
}

pub(super) async fn ask_link(hop: Hop, Path(name): Path<String>) -> Response {
    let asking = async {
        let path = link_path(&name).map_err(|fault| failed(&hop, fault))?;
        let visitor = asked(&hop, &path).await?;
        let all = links_of(&hop, &visitor).await?;
        let Some(link) = one_of(&hop, &all, &name) else {
            return Err(page::redirect(HOME));
        };
        let removal = view::Removal::Link {
            connection: model::connection_name(&hop, &link.key.connection),
            subject: model::subject(link, &all),
        };
        Ok(removal_page(&hop, &visitor, &removal, &path))
    };
    asking.await.unwrap_or_else(|response: Response| response)
}

pub(super) async fn remove_link(hop: Hop, Path(name): Path<String>, body: Body) -> Response {
    let removing = async {
        let path = link_path(&name).map_err(|fault| failed(&hop, fault))?;
        let (visitor, _) = confirmed(&hop, body, &path).await?;
        let all = links_of(&hop, &visitor).await?;
        let Some(link) = one_of(&hop, &all, &name) else {
            return Err(page::redirect(HOME));
        };
        let removal = Removal::Link(link.key.clone());
        Ok(remove(&hop, &visitor, removal, Done::Unlinked).await)
    };
    removing.await.unwrap_or_else(|response: Response| response)
}
