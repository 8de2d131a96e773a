//! What a handler gets of a request.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use http::{Extensions, HeaderMap, Method};

use crate::signin::hop::Hop;
use crate::state::Shared;

/// The request's id, made by the layer around all routes.
#[derive(Debug, Clone, Default)]
pub struct RequestId(pub String);

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

impl FromRequestParts<Shared> for Hop {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Self::Rejection> {
        Ok(hop(state, parts))
    }
}

/// One request with one version of the configuration and one moment.
#[must_use]
pub fn hop(state: &Shared, parts: &Parts) -> Hop {
    Hop {
        snapshot: state.snapshot(),
        headers: parts.headers.clone(),
        address: client_address(&parts.headers, &parts.extensions, state.config.trusted_proxies),
        now: state.now(),
        request_id: parts
            .extensions
            .get::<RequestId>()
            .map(|id| id.0.clone())
            .unwrap_or_default(),
        repeatable: (parts.method == Method::GET).then(|| parts.uri.clone()),
        state: state.clone(),
        typed: None,
    }
}

/// Where a request came from. Each trusted proxy adds one entry at the end of `X-Forwarded-For`; what stands before
/// these was written by the client and is not believed.
fn client_address(headers: &HeaderMap, extensions: &Extensions, trusted_proxies: usize) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if trusted_proxies == 0 {
        return peer;
    }
    let values = headers
        .get_all("x-forwarded-for")
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let entries: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let nth = entries
        .len()
        .checked_sub(trusted_proxies)
        .and_then(|index| entries.get(index));
    nth.and_then(|entry| entry.parse().ok()).or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_entries_of_trusted_proxies_are_believed() {
        let headers: HeaderMap = [("x-forwarded-for", "203.0.113.9, 198.51.100.7")]
            .into_iter()
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    http::HeaderValue::from_static(value),
                )
            })
            .collect();
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4000))));
        for (proxies, want) in [
            (0, "127.0.0.1"),
            (1, "198.51.100.7"),
            (2, "203.0.113.9"),
            (3, "127.0.0.1"),
        ] {
            let address = client_address(&headers, &extensions, proxies).expect("an address");
            assert_eq!(address.to_string(), want, "{proxies} proxies");
        }
    }
}
