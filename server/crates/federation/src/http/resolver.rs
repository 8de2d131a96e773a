//! Name resolution that drops private addresses.
//!
//! The filter stands here, after DNS and at the moment of connecting, because a name checked earlier may resolve
//! differently a moment later (DNS rebinding).

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// All addresses of a name are private or reserved.
#[derive(Debug, thiserror::Error)]
#[error("every address of this host is private or reserved")]
pub(super) struct AddressRefused;

/// A name could not be resolved.
#[derive(Debug, thiserror::Error)]
#[error("the host name could not be resolved")]
pub(super) struct Unresolved;

/// Asks the system's resolver.
pub(super) struct Resolver {
    /// Drop addresses that are not public.
    pub(super) public_only: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let public_only = self.public_only;
        Box::pin(async move {
            // Port 0: the client puts in the one of the URL.
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|_| Unresolved)?;
            let all: Vec<SocketAddr> = found.collect();
            if all.is_empty() {
                return Err(Unresolved.into());
            }
            let kept: Vec<SocketAddr> = all.into_iter().filter(|a| !public_only || is_public(a.ip())).collect();
            if kept.is_empty() {
                return Err(AddressRefused.into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}
