//! Server functions that read accounts.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::{UserSummary, UserView};
use crate::api::error::ConsoleError;
use crate::api::page::{Page, PageQuery};

#[cfg(feature = "ssr")]
use {super::Users, crate::api::error::service, crate::api::session::require_admin};

/// One page of the list; `q` finds by the start of the username, address or name, or by an exact id or `sub`.
#[server(prefix = "/console/fn", endpoint = "users/list", input = Json)]
pub async fn list_users(query: PageQuery) -> Result<Page<UserSummary>, ConsoleError> {
    require_admin()?;
    service::<Users>()?.list(query).await
}

/// What an account is called, by id or username: all that the breadcrumb of its page needs, which is part of every page.
#[server(prefix = "/console/fn", endpoint = "users/name", input = Json)]
pub async fn find_user_name(key: String) -> Result<String, ConsoleError> {
    require_admin()?;
    Ok(service::<Users>()?.find(&key).await?.summary.display_name)
}

/// One account, by id or username.
#[server(prefix = "/console/fn", endpoint = "users/find", input = Json)]
pub async fn find_user(key: String) -> Result<UserView, ConsoleError> {
    require_admin()?;
    service::<Users>()?.find(&key).await
}
