//! Which addresses of a provider can be called from here.

use doorward_domain::connection::{Connection, Template};
use doorward_domain::invalid::{Check, Invalid};
use doorward_federation::FetchError;
use url::Url;

use crate::state::AppState;

const INSECURE: &str = "Enter an address that starts with https://. Plain http is for development, with \
                        DOORWARD_ALLOW_PRIVATE_UPSTREAMS=true.";

/// Refuses addresses over plain http where none is called, so that it is told when they are typed and not at the first
/// sign-in. Those that were there before stay.
///
/// # Errors
/// Every such address.
pub fn check_addresses(state: &AppState, before: Option<&Connection>, next: &Connection) -> Result<(), Invalid> {
    // The Test IdP is part of this server, wherever that is.
    if next.template == Template::TestIdp {
        return Ok(());
    }
    let mut check = Check::default();
    let is_insecure = |url: &Url| state.fetch.check(url) == Err(FetchError::InsecureScheme);
    let known = addresses(before);
    for (index, (field, url)) in addresses(Some(next)).into_iter().enumerate() {
        let is_new = known.get(index).is_none_or(|(_, was)| *was != url);
        let fine = !is_new || !url.as_ref().is_some_and(is_insecure);
        check.require(fine, &format!("/oidc/{field}"), INSECURE);
    }
    check.finish()
}

/// The addresses, always in the same order; none of no connection.
fn addresses(connection: Option<&Connection>) -> Vec<(&'static str, Option<Url>)> {
    let Some(Connection { oidc, .. }) = connection else {
        return Vec::new();
    };
    vec![
        ("issuer", Url::parse(&oidc.issuer).ok()),
        ("authorization_endpoint", oidc.authorization_endpoint.clone()),
        ("token_endpoint", oidc.token_endpoint.clone()),
        ("userinfo_endpoint", oidc.userinfo_endpoint.clone()),
        ("jwks_uri", oidc.jwks_uri.clone()),
        ("end_session_endpoint", oidc.end_session_endpoint.clone()),
    ]
}
