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

/// One account, by id or username.
#[server(prefix = "/console/fn", endpoint = "users/find", input = Json)]
pub async fn find_user(key: String) -> Result<UserView, ConsoleError> {
    require_admin()?;
    service::<Users>()?.find(&key).await
}
