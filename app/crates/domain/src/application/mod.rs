//! Applications: who asks us for sign-in. Protocol fields carry their names of RFC 7591 and its OpenID Connect sibling.

mod draft;
mod keys;
mod protocol;
mod redirect;

use std::collections::BTreeSet;

use crate::Timestamp;
use crate::expectation::Expectation;
use crate::flow::SignInFlow;
use crate::id::ApplicationId;
use crate::script::calls::Text;
use crate::text::Handle;
pub use draft::{ApplicationDraft, Credentials};
pub use protocol::{ClientAuthMethod, ClientType, GrantType, ProtocolSettings, SigningAlg, SubjectType};

/// An application that asks for sign-in.
#[derive(Debug, Clone, PartialEq)]
pub struct Application {
    pub id: ApplicationId,
    pub handle: Handle,
    pub name: String,
    pub client_id: String,
    /// HMAC of the client secret; the secret itself is shown once and never kept.
    pub client_secret_hash: Option<Vec<u8>>,
    pub enabled: bool,
    pub protocol: ProtocolSettings,
    pub flow: SignInFlow,
    /// What must stay true of the flow.
    pub expectations: Vec<Expectation>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Counts saves; the ETag of the management API.
    pub version: i64,
}

impl Application {
    /// Every connection that its flow or its expectations name.
    #[must_use]
    pub fn connections(&self) -> BTreeSet<&Handle> {
        let expected = self.expectations.iter().flat_map(Expectation::connections);
        self.flow.connections().into_iter().chain(expected).collect()
    }

    /// Whether its steps, its script or its expectations name the connection.
    #[must_use]
    pub fn names(&self, connection: &Handle) -> bool {
        let script = self.flow.script.as_deref().unwrap_or_default();
        let by_script = || {
            let named = Text::of(script).connections();
            named.iter().any(|named| named.handle == connection.as_str())
        };
        self.connections().contains(connection) || by_script()
    }
}
