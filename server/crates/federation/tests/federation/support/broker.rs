//! The broker's side: a connection, the engine with its real outbound client, and one sign-in after another.

use std::sync::Arc;
use std::time::Duration;

use doorward_domain::Timestamp;
use doorward_domain::connection::{Connection, ConnectionDraft};
use doorward_domain::id::ConnectionId;
use doorward_domain::subject::VerifiedAssertion;
use doorward_federation::{
    BeginOptions, Begun, Expected, Fault, Federation, FederationError, Limits, OutboundClient, OutboundSettings,
    UntrustedCallback,
};
use serde_json::{Value, json};
use url::Url;

use super::Idp;

/// The moment in which all tests play.
pub fn now() -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000, 0).unwrap()
}

pub const STATE: &str = "state-of-this-browser";

pub struct Broker {
    pub federation: Federation,
    pub connection: Connection,
}

pub fn connection(number: u8, oidc: Value) -> Connection {
    let mut all = json!({ "client_id": "door", "client_secret": "top secret" });
    all.as_object_mut().unwrap().extend(oidc.as_object().unwrap().clone());
    let draft = json!({ "handle": format!("acme{number}"), "display_name": "Acme", "oidc": all });
    let draft: ConnectionDraft = serde_json::from_value(draft).unwrap();
    draft.create(ConnectionId::from_random([number; 16]), now()).unwrap()
}

/// The real client, let onto the loopback address and less patient than in earnest.
pub fn patient_for(call_timeout: Duration) -> Federation {
    let settings = OutboundSettings {
        allow_private: true,
        call_timeout,
        ..OutboundSettings::default()
    };
    Federation::new(Arc::new(OutboundClient::new(settings)), Limits::default())
}

pub fn redirect_uri() -> Url {
    Url::parse("https://door.example.com/federation/acme/callback").unwrap()
}

impl Broker {
    pub fn new(idp: &Idp) -> Self {
        Self::with(idp, json!({}))
    }

    /// A connection with some settings of its own.
    pub fn with(idp: &Idp, oidc: Value) -> Self {
        let mut all = json!({ "issuer": idp.issuer });
        all.as_object_mut().unwrap().extend(oidc.as_object().unwrap().clone());
        Self {
            federation: patient_for(Duration::from_secs(5)),
            connection: connection(1, all),
        }
    }

    pub async fn begin(&self) -> Result<Begun, FederationError> {
        self.begin_with(7).await
    }

    async fn begin_with(&self, seed: u8) -> Result<Begun, FederationError> {
        let options = BeginOptions {
            state: STATE,
            ..BeginOptions::default()
        };
        let random = std::array::from_fn(|at| seed.wrapping_mul(31).wrapping_add(at as u8));
        self.federation
            .begin(&self.connection, &redirect_uri(), &options, &random)
            .await
    }

    /// Another browser: other nonce, other verifier.
    pub async fn begin_elsewhere(&self) -> Begun {
        self.begin_with(8).await.unwrap()
    }

    pub async fn finish(&self, begun: &Begun, query: &str) -> Result<VerifiedAssertion, Fault> {
        self.finish_within(begun, query, None).await
    }

    pub async fn finish_within(
        &self,
        begun: &Begun,
        query: &str,
        max_age_seconds: Option<u32>,
    ) -> Result<VerifiedAssertion, Fault> {
        let callback = UntrustedCallback::parse(query).map_err(Fault::Callback)?;
        let expected = Expected {
            state: STATE,
            nonce: &begun.nonce,
            code_verifier: &begun.code_verifier,
            redirect_uri: &redirect_uri(),
            max_age_seconds,
            now: now(),
        };
        self.federation
            .finish(&self.connection, callback, expected)
            .await
            .map_err(|error| error.fault)
    }

    /// A whole sign-in in which the person agrees.
    pub async fn sign_in(&self, idp: &Idp) -> Result<VerifiedAssertion, Fault> {
        let begun = self.begin().await.map_err(|error| error.fault)?;
        self.finish(&begun, &idp.agree(&begun.url)).await
    }
}
