//! The providers in use, a bounded number of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use doorward_domain::connection::{Connection, OidcSettings};
use doorward_domain::id::ConnectionId;
use url::Url;

use crate::http::Fetch;
use crate::provider::{Alarm, Provider};

/// Providers kept in memory; beyond, the one unused for longest makes room. A connection that nobody signs in through
/// takes no memory at all.
const PROVIDER_LIMIT: usize = 2_000;

/// Finds the provider of a connection.
pub(crate) struct Registry {
    fetch: Arc<dyn Fetch>,
    alarm: Option<Alarm>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    entries: HashMap<ConnectionId, Entry>,
    /// Counts uses; orders entries by last use.
    uses: u64,
}

struct Entry {
    provider: Arc<Provider>,
    typed_keys: Option<Url>,
    last_use: u64,
}

impl Entry {
    /// Whether what is kept still belongs to these settings. A change of anything else, such as the display name,
    /// must not throw away documents that may just then be impossible to fetch.
    fn serves(&self, settings: &OidcSettings) -> bool {
        self.provider.issuer() == settings.issuer && self.typed_keys == settings.jwks_uri
    }
}

impl Registry {
    pub(crate) fn new(fetch: Arc<dyn Fetch>, alarm: Option<Alarm>) -> Self {
        Self {
            fetch,
            alarm,
            inner: Mutex::default(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn provider(&self, connection: &Connection) -> Arc<Provider> {
        let mut inner = self.inner();
        inner.uses += 1;
        let now = inner.uses;
        if let Some(entry) = inner.entries.get_mut(&connection.id)
            && entry.serves(&connection.oidc)
        {
            entry.last_use = now;
            return Arc::clone(&entry.provider);
        }
        if inner.entries.len() >= PROVIDER_LIMIT {
            let oldest = inner
                .entries
                .iter()
                .min_by_key(|(_, entry)| entry.last_use)
                .map(|(id, _)| id.clone());
            if let Some(id) = oldest {
                inner.entries.remove(&id);
            }
        }
        let issuer = connection.oidc.issuer.clone();
        let (fetch, alarm) = (Arc::clone(&self.fetch), self.alarm.clone());
        let provider = Arc::new(Provider::new(connection.id.clone(), issuer, fetch, alarm));
        let entry = Entry {
            provider: Arc::clone(&provider),
            typed_keys: connection.oidc.jwks_uri.clone(),
            last_use: now,
        };
        inner.entries.insert(connection.id.clone(), entry);
        provider
    }

    /// A provider that is not kept: for looking at an issuer nobody has saved yet.
    pub(crate) fn stranger(&self, issuer: &str) -> Arc<Provider> {
        let nobody = ConnectionId::from_random([0; doorward_domain::id::RANDOM_BYTES]);
        let fetch = Arc::clone(&self.fetch);
        Arc::new(Provider::new(nobody, issuer.to_owned(), fetch, None))
    }

    pub(crate) fn forget(&self, connection: &ConnectionId) {
        self.inner().entries.remove(connection);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{FetchError, OutboundRequest, OutboundResponse};
    use async_trait::async_trait;
    use doorward_domain::Timestamp;
    use doorward_domain::connection::ConnectionDraft;

    struct Nobody;

    #[async_trait]
    impl Fetch for Nobody {
        async fn fetch(&self, _request: OutboundRequest) -> Result<OutboundResponse, FetchError> {
            Err(FetchError::Unreachable)
        }

        fn check(&self, _url: &Url) -> Result<(), FetchError> {
            Ok(())
        }
    }

    fn connection(number: u16) -> Connection {
        let oidc =
            serde_json::json!({ "issuer": "https://idp.example.com", "client_id": "door", "client_secret": "s" });
        let draft = serde_json::json!({ "handle": "acme", "display_name": "Acme", "oidc": oidc });
        let draft: ConnectionDraft = serde_json::from_value(draft).unwrap();
        let mut bytes = [0; doorward_domain::id::RANDOM_BYTES];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        draft
            .create(ConnectionId::from_random(bytes), Timestamp::UNIX_EPOCH)
            .unwrap()
    }

    #[test]
    fn memory_is_bounded_and_the_one_in_use_stays() {
        let registry = Registry::new(Arc::new(Nobody), None);
        let busy = registry.provider(&connection(0));
        for number in 1..2_500 {
            registry.provider(&connection(number));
            assert!(
                Arc::ptr_eq(&busy, &registry.provider(&connection(0))),
                "a connection in use is not thrown out"
            );
        }
        assert_eq!(registry.inner().entries.len(), PROVIDER_LIMIT);
        assert!(
            size_of::<Provider>() + size_of::<Entry>() < 1_500,
            "budgets.md §3.4: 3 kB per idle connection"
        );
    }
}
