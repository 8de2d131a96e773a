//! Reading a provider's discovery document to fill the form.

use doorward_app::api::connection::{DiscoveredProvider, ProviderFault};
use doorward_federation::Metadata;
use url::Url;

use super::Service;
use super::explain::{explain, fault};

impl Service {
    pub(super) async fn read_discovery(&self, issuer: &str) -> Result<DiscoveredProvider, ProviderFault> {
        if issuer.len() > 2048 {
            return Err(fault("issuer", "Use at most 2,048 characters for the issuer."));
        }
        let metadata = self
            .core
            .federation
            .discover(issuer)
            .await
            .map_err(|error| explain(&error))?;
        found(metadata)
    }
}

fn found(metadata: Metadata) -> Result<DiscoveredProvider, ProviderFault> {
    let needed = |name: &str, url: Option<Url>| {
        let sentence = format!("The provider's discovery document has no {name}. Type the endpoints in Settings.");
        url.map(String::from).ok_or_else(|| fault("endpoint_missing", sentence))
    };
    Ok(DiscoveredProvider {
        authorization_endpoint: needed("authorization_endpoint", metadata.authorization_endpoint)?,
        token_endpoint: needed("token_endpoint", metadata.token_endpoint)?,
        userinfo_endpoint: metadata.userinfo_endpoint.map(String::from),
        jwks_uri: needed("jwks_uri", metadata.jwks_uri)?,
        end_session_endpoint: metadata.end_session_endpoint.map(String::from),
        scopes_supported: metadata.scopes_supported,
        issuer: metadata.issuer,
    })
}
