//! One provider as one connection sees it: its documents in memory, and the way its endpoints are called.

use std::sync::Arc;

use doorward_domain::connection::OidcSettings;
use doorward_domain::id::ConnectionId;
use tokio::time::Instant;
use url::Url;

use crate::cache::Cached;
use crate::circuit::Circuit;
use crate::error::{Call, Fault};
use crate::gate::Gate;
use crate::http::{DOCUMENT_LIMIT, Fetch, OutboundRequest, OutboundResponse};
use crate::keys::KeySet;
use crate::metadata::{self, Endpoint, Endpoints, Metadata};

/// A document that goes on being used although the provider gives no good new one (F4, F8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub connection: ConnectionId,
    /// Which one.
    pub document: Call,
    /// What is wrong with the new one.
    pub fault: Fault,
}

/// Hears of documents that are kept.
pub type Alarm = Arc<dyn Fn(&Kept) + Send + Sync>;

/// What is kept for one connection while the process lives. Nothing in it is needed by another node.
pub(crate) struct Provider {
    connection: ConnectionId,
    alarm: Option<Alarm>,
    issuer: String,
    fetch: Arc<dyn Fetch>,
    circuit: Circuit,
    pub(crate) gate: Gate,
    metadata: Cached<Metadata>,
    keys: Cached<KeySet>,
}

impl Provider {
    pub(crate) fn new(connection: ConnectionId, issuer: String, fetch: Arc<dyn Fetch>, alarm: Option<Alarm>) -> Self {
        Self {
            connection,
            alarm,
            issuer,
            fetch,
            circuit: Circuit::new(),
            gate: Gate::new(),
            metadata: Cached::new(),
            keys: Cached::new(),
        }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Refuses at once while the provider is known to be down.
    pub(crate) fn check_circuit(&self) -> Result<(), Fault> {
        if self.circuit.is_open() {
            Err(Fault::CircuitOpen)
        } else {
            Ok(())
        }
    }

    /// Whether the outbound client would call this address.
    pub(crate) fn check_endpoint(&self, endpoint: Endpoint, url: &Url) -> Result<(), Fault> {
        self.fetch
            .check(url)
            .map_err(|source| Fault::EndpointRefused { endpoint, source })
    }

    /// Calls the provider.
    pub(crate) async fn call(&self, call: Call, request: OutboundRequest) -> Result<OutboundResponse, Fault> {
        let ticket = self.circuit.enter().ok_or(Fault::CircuitOpen)?;
        let start = Instant::now();
        let outcome = self.fetch.fetch(request).await;
        // A gateway that answers for a dead provider is a dead provider.
        let reached = match &outcome {
            Ok(response) => !(502..=504).contains(&response.status),
            Err(error) => !error.is_network(),
        };
        ticket.record(reached);
        self.gate.record(start.elapsed(), reached);
        outcome.map_err(|source| Fault::Fetch { call, source })
    }

    async fn document(&self, call: Call, url: Url) -> Result<Vec<u8>, Fault> {
        let response = self.call(call, OutboundRequest::get_json(url, DOCUMENT_LIMIT)).await?;
        if response.status == 200 {
            Ok(response.body)
        } else {
            Err(Fault::Status {
                call,
                status: response.status,
            })
        }
    }

    async fn fetch_metadata(&self) -> Result<Metadata, Fault> {
        let body = self
            .document(Call::Discovery, metadata::document_url(&self.issuer)?)
            .await?;
        metadata::parse(&self.issuer, &body).map_err(Fault::Metadata)
    }

    async fn fetch_keys(&self, url: Url) -> Result<KeySet, Fault> {
        let body = self.document(Call::Keys, url).await?;
        KeySet::parse(&body).map_err(Fault::Keys)
    }

    /// The discovery document.
    pub(crate) async fn metadata(self: &Arc<Self>) -> Result<Arc<Metadata>, Fault> {
        let found = self.metadata.get(self.fetch_metadata()).await?;
        if self.metadata.claim_refresh() {
            let this = Arc::clone(self);
            tokio::spawn(async move {
                let outcome = this.metadata.refresh(this.fetch_metadata()).await;
                this.report(Call::Discovery, outcome.err());
            });
        }
        Ok(found)
    }

    /// The addresses to use: without any discovery when all are typed.
    pub(crate) async fn endpoints(self: &Arc<Self>, settings: &OidcSettings) -> Result<Endpoints, Fault> {
        if metadata::all_typed(settings) {
            return Ok(Endpoints::of(settings, None));
        }
        Ok(Endpoints::of(settings, Some(self.metadata().await?.as_ref())))
    }

    /// The key set.
    pub(crate) async fn keys(self: &Arc<Self>, url: &Url) -> Result<Arc<KeySet>, Fault> {
        let found = self.keys.get(self.fetch_keys(url.clone())).await?;
        if self.keys.claim_refresh() {
            let (this, url) = (Arc::clone(self), url.clone());
            tokio::spawn(async move {
                let outcome = this.keys.refresh(this.fetch_keys(url)).await;
                this.report(Call::Keys, outcome.err());
            });
        }
        Ok(found)
    }

    /// Another key set than the one that lacked a key, if there is one.
    pub(crate) async fn other_keys(&self, used: &Arc<KeySet>, url: &Url) -> Option<Arc<KeySet>> {
        let fetch = async {
            let outcome = self.fetch_keys(url.clone()).await;
            self.report(Call::Keys, outcome.as_ref().err().cloned());
            outcome
        };
        self.keys.other_than(used, fetch).await
    }

    /// Tells the operator that a document goes on being used although the provider gives no good new one (F4, F8).
    fn report(&self, document: Call, fault: Option<Fault>) {
        let Some(fault) = fault else { return };
        tracing::warn!(connection = %self.connection, %document, reason = %fault, "kept the last good document");
        if let Some(alarm) = &self.alarm {
            alarm(&Kept {
                connection: self.connection.clone(),
                document,
                fault,
            });
        }
    }
}
