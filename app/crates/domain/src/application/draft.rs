//! What may be set on an application, and what becomes of it.

use serde::{Deserialize, Serialize};

use super::{Application, ProtocolSettings};
use crate::Timestamp;
use crate::expectation::{self, Expectation};
use crate::flow::SignInFlow;
use crate::id::ApplicationId;
use crate::invalid::{Check, Invalid};
use crate::text::{Handle, display_name};

/// The JSON of `POST` and `PUT /api/v1/applications`. `client_id` and `client_secret` may be brought along by people
/// who migrate; otherwise they are made for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
// The flattened protocol keeps serde from refusing strangers, so the server does; the document says so here.
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("additionalProperties" = false))
)]
pub struct ApplicationDraft {
    pub handle: Handle,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<crate::secret::SecretText>,
    #[serde(default = "yes")]
    pub enabled: bool,
    #[serde(flatten)]
    pub protocol: ProtocolSettings,
    #[serde(default = "SignInFlow::password_only")]
    pub flow: SignInFlow,
    /// What must stay true of the flow; a save that breaks one has the finding `expectation-broken`.
    #[serde(default)]
    pub expectations: Vec<Expectation>,
}

fn yes() -> bool {
    true
}

impl From<&Application> for ApplicationDraft {
    /// The current settings without their secret.
    fn from(application: &Application) -> Self {
        Self {
            handle: application.handle.clone(),
            name: application.name.clone(),
            client_id: Some(application.client_id.clone()),
            client_secret: None,
            enabled: application.enabled,
            protocol: application.protocol.clone(),
            flow: application.flow.clone(),
            expectations: application.expectations.clone(),
        }
    }
}

/// What the server adds to a draft when it makes an application.
pub struct Credentials {
    /// Used when the draft brings none.
    pub client_id: String,
    /// HMAC of the secret, `None` for applications without one.
    pub client_secret_hash: Option<Vec<u8>>,
}

impl ApplicationDraft {
    /// Whether this application authenticates with a secret.
    #[must_use]
    pub fn needs_secret(&self) -> bool {
        self.protocol.auth_method().is_by_secret()
    }

    /// Makes a new application of a draft. `known` answers whether a connection exists.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn create(
        self,
        id: ApplicationId,
        credentials: Credentials,
        known: impl Fn(&Handle) -> bool,
        now: Timestamp,
    ) -> Result<Application, Invalid> {
        self.build(id, credentials, known, (now, now), 1)
    }

    /// Changes an application. The handle and the client id stay.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn apply(
        self,
        current: &Application,
        known: impl Fn(&Handle) -> bool,
        now: Timestamp,
    ) -> Result<Application, Invalid> {
        let mut check = Check::default();
        check.require(
            self.handle == current.handle,
            "/handle",
            "The handle cannot change. Change the name instead.",
        );
        let same_client = self.client_id.as_ref().is_none_or(|id| *id == current.client_id);
        check.require(
            same_client,
            "/client_id",
            "The client id cannot change. Add another application instead.",
        );
        check.finish()?;
        let credentials = Credentials {
            client_id: current.client_id.clone(),
            client_secret_hash: current.client_secret_hash.clone(),
        };
        self.build(
            current.id.clone(),
            credentials,
            known,
            (current.created_at, now),
            current.version + 1,
        )
    }

    fn build(
        self,
        id: ApplicationId,
        credentials: Credentials,
        known: impl Fn(&Handle) -> bool,
        (created_at, updated_at): (Timestamp, Timestamp),
        version: i64,
    ) -> Result<Application, Invalid> {
        let mut check = Check::default();
        let name = check.take("/name", display_name(&self.name));
        let client_id = self.client_id.clone().unwrap_or(credentials.client_id);
        // RFC 6749 appendix A.1: visible characters only.
        let id_fine = (1..=200).contains(&client_id.len()) && client_id.bytes().all(|b| (0x21..=0x7E).contains(&b));
        check.require(id_fine, "/client_id", "Use 1 to 200 visible ASCII characters.");
        if let Some(secret) = &self.client_secret {
            let fine = (16..=512).contains(&secret.expose().len())
                && secret.expose().bytes().all(|b| (0x20..=0x7E).contains(&b));
            check.require(fine, "/client_secret", "Use 16 to 512 visible ASCII characters.");
        }
        self.protocol.check(&mut check);
        self.flow.check(&known, &mut check);
        expectation::check(&self.expectations, &known, &mut check);
        self.flow.check_order(&mut check);
        check.finish()?;
        let mut protocol = self.protocol;
        protocol.token_endpoint_auth_method = Some(protocol.auth_method());
        Ok(Application {
            id,
            handle: self.handle,
            name: name.unwrap_or_default(),
            client_id,
            client_secret_hash: credentials.client_secret_hash,
            enabled: self.enabled,
            protocol,
            flow: self.flow,
            expectations: self.expectations,
            created_at,
            updated_at,
            version,
        })
    }
}
