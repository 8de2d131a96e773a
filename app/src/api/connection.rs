//! Connections: views, the service trait and the server functions.

use doorward_domain::Timestamp;
use doorward_domain::connection::{ConnectionDraft, Template};
use doorward_domain::finding::Finding;
use doorward_domain::id::{ApplicationId, ConnectionId, TransactionId};
use doorward_domain::text::Handle;
use serde::{Deserialize, Serialize};

use crate::api::page::PageQuery;

mod holders;
mod kept_out;
mod read;
mod write;

pub use holders::*;
pub use kept_out::*;
pub use read::*;
pub use write::*;

/// A connection as the console and the management API show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionView {
    pub id: ConnectionId,
    /// Without the client secret.
    #[serde(flatten)]
    pub settings: ConnectionDraft,
    /// Whether a client secret is kept.
    pub client_secret_set: bool,
    /// What the administrator registers at the provider: `{public URL}/federation/{handle}/callback`.
    pub redirect_uri: String,
    /// Where the provider may tell that it has logged somebody out (OpenID Connect Back-Channel Logout 1.0):
    /// `{public URL}/federation/{handle}/backchannel-logout`.
    pub backchannel_logout_uri: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The ETag, for `If-Match`.
    pub version: i64,
    /// What the console's forms were made from, for those alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub base: String,
}

#[cfg(feature = "ssr")]
impl ConnectionView {
    /// With what its forms are made from.
    #[must_use]
    pub fn for_forms(mut self) -> Self {
        // What each tab sends.
        const TABS: [&[&str]; 4] = [
            &["display_name", "enabled"],
            &["oidc"],
            &["attributes", "username_template"],
            &[
                "jit",
                "factors_without_account",
                "otp_to_asserted_email",
                "trusted_acr",
                "trusted_amr",
            ],
        ];
        self.base = crate::api::base::marks(&self.settings, &TABS);
        self
    }
}

/// Which connections are wanted; absent fields do not filter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionQuery {
    /// `q` is a part of the handle, the display name or the issuer.
    pub page: PageQuery,
    pub enabled: Option<bool>,
    /// Whether just-in-time provisioning is on.
    pub jit: Option<bool>,
}

/// What it takes to name a connection and to choose it: of all of them at once, where a row of the list is too much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionName {
    pub id: ConnectionId,
    pub handle: Handle,
    pub display_name: String,
    pub template: Template,
    pub issuer: String,
    pub enabled: bool,
    /// Whether just-in-time provisioning is on.
    pub jit: bool,
}

impl From<&ConnectionView> for ConnectionName {
    fn from(view: &ConnectionView) -> Self {
        let settings = &view.settings;
        Self {
            id: view.id.clone(),
            handle: settings.handle.clone(),
            display_name: settings.display_name.clone(),
            template: settings.template,
            issuer: settings.oidc.issuer.clone(),
            enabled: settings.enabled,
            jit: settings.jit.enabled,
        }
    }
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionSummary {
    #[serde(flatten)]
    pub connection: ConnectionView,
    pub usage: ConnectionUsage,
}

/// What a connection means in people and applications.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionUsage {
    /// Accounts linked to a subject of this connection.
    pub people: u64,
    /// Accounts it created in the last seven days.
    pub created_this_week: u64,
    /// Applications whose flow names it.
    pub applications: u32,
    /// Distinct people who signed in through it in the last 30 days.
    pub signed_in_30_days: u64,
    pub last_sign_in_at: Option<Timestamp>,
    /// Sign-ins per day, the last 14 days, oldest first.
    pub per_day: Vec<u32>,
}

/// An application that names a connection, in a step, its script or an expectation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectedApplication {
    pub id: ApplicationId,
    pub handle: String,
    pub name: String,
    /// 1-based steps that offer the connection; empty where its script or an expectation alone names it.
    pub steps: Vec<u32>,
    /// Distinct people who signed in to it through the connection in the last 30 days.
    pub people_30_days: u64,
    /// Those among them whose account is linked to the connection now.
    pub linked_30_days: u64,
    /// How many findings of its flow concern this connection and are more than information.
    pub findings: u32,
    /// How many of them are errors.
    pub errors: u32,
}

/// A saved connection with what the analyser says about every application it touches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SavedConnection {
    #[serde(flatten)]
    pub connection: ConnectionView,
    pub findings: Vec<ApplicationFindings>,
}

#[cfg(feature = "ssr")]
impl SavedConnection {
    /// With what the forms of its page are made from next.
    #[must_use]
    pub fn for_forms(mut self) -> Self {
        self.connection = self.connection.for_forms();
        self
    }
}

/// The findings of one application.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApplicationFindings {
    pub application: String,
    pub name: String,
    pub findings: Vec<Finding>,
    /// Where a change of one connection is looked at: who comes to the application through it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected: Option<Affected>,
}

/// Distinct people who came to an application through a connection in the last 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Affected {
    /// All who signed in.
    pub people_30_days: u64,
    /// Those among them who are linked to an account: with just-in-time provisioning off, they go on as before.
    pub linked_30_days: u64,
    /// Those who were refused, once or more, whether they signed in another time or not.
    pub refused_30_days: u64,
}

/// Whether a change is saved at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveMode {
    /// Saved, whatever the analyser finds; the answer carries the findings.
    Save,
    /// Saved unless it brings a finding that was not there before: then `Unconfirmed` (design.md §4.1).
    UnlessItBreaks,
    /// Nothing is saved; the answer is what it would be.
    DryRun,
}

impl SaveMode {
    /// The mode of a form: a person who confirmed has read what breaks.
    #[must_use]
    pub fn confirmed(confirmed: bool) -> Self {
        if confirmed { Self::Save } else { Self::UnlessItBreaks }
    }
}

/// What discovery found at an issuer; fills the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DiscoveredProvider {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: Option<String>,
    pub jwks_uri: String,
    pub end_session_endpoint: Option<String>,
    pub scopes_supported: Vec<String>,
}

/// Why discovery or a test failed: closed, so that nothing a provider said reaches a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProviderFault {
    /// Stable code such as `unreachable`, `private_address`, `issuer_mismatch`, `wrong_nonce`.
    pub code: String,
    /// One sentence for the administrator, with what to do.
    pub sentence: String,
}

/// What a test round trip found; nothing is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TestReport {
    pub started_at: Timestamp,
    pub outcome: TestOutcome,
}

/// A test that was started through the management API: it goes on in whichever browser opens its link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionTest {
    pub id: TransactionId,
    /// The address to open in a browser; told once, when the test is started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// When the test and its report are gone.
    pub expires_at: Timestamp,
    #[serde(flatten)]
    pub report: TestReport,
}

/// Where a provider's discovery document is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DiscoveryRequest {
    pub issuer: String,
}

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TestOutcome {
    /// The provider vouched for somebody.
    Passed {
        /// Claims as they came.
        claims: doorward_domain::Claims,
        /// What the mapping makes of them.
        mapped: doorward_domain::Claims,
        /// What JIT would do, one sentence.
        decision: String,
    },
    Failed {
        fault: ProviderFault,
    },
    /// The administrator has not come back from the provider yet.
    Waiting,
}

#[cfg(feature = "ssr")]
pub use service_trait::{ConnectionService, Connections};

#[cfg(feature = "ssr")]
mod service_trait {
    use std::sync::Arc;

    use super::*;
    use crate::api::error::ConsoleError;
    use crate::api::page::Page;
    use doorward_domain::audit::Actor;
    use doorward_domain::id::AccountId;

    /// The service in the context of every console request.
    pub type Connections = Arc<dyn ConnectionService>;

    /// Everything the console and the management API do with connections. `key` is an id or a handle.
    #[async_trait::async_trait]
    pub trait ConnectionService: Send + Sync {
        async fn list(&self, query: ConnectionQuery) -> Result<Page<ConnectionSummary>, ConsoleError>;
        /// Those with these ids, or every one, by display name; ids of connections that are gone are left out.
        async fn names(&self, ids: Option<&[ConnectionId]>) -> Result<Vec<ConnectionName>, ConsoleError>;
        async fn find(&self, key: &str) -> Result<ConnectionView, ConsoleError>;
        async fn usage(&self, key: &str) -> Result<ConnectionUsage, ConsoleError>;
        async fn applications(&self, key: &str) -> Result<Vec<ConnectedApplication>, ConsoleError>;
        /// `draft` is the JSON of a [`ConnectionDraft`]; what does not fit one is refused with a pointer.
        async fn create(
            &self,
            actor: &Actor,
            draft: serde_json::Value,
            mode: SaveMode,
        ) -> Result<SavedConnection, ConsoleError>;
        /// Replaces the settings. `expected` is the version the caller saw (`If-Match`); `None` takes the newest.
        async fn replace(
            &self,
            actor: &Actor,
            key: &str,
            expected: Option<i64>,
            draft: serde_json::Value,
            mode: SaveMode,
        ) -> Result<SavedConnection, ConsoleError>;
        /// JSON merge patch (RFC 7396) over the settings.
        async fn patch(
            &self,
            actor: &Actor,
            key: &str,
            expected: Option<i64>,
            patch: serde_json::Value,
            mode: SaveMode,
        ) -> Result<SavedConnection, ConsoleError>;
        /// Refused while applications use it.
        async fn delete(&self, actor: &Actor, key: &str, expected: Option<i64>) -> Result<(), ConsoleError>;
        /// Second factors it keeps for people without an account, the last used first.
        async fn factor_holders(&self, key: &str, query: PageQuery) -> Result<FactorHolders, ConsoleError>;
        /// Erases one of them. The person is signed out, and enrols anew.
        async fn erase_factor_holder(&self, actor: &Actor, key: &str, holder: &AccountId) -> Result<(), ConsoleError>;
        /// Erases them all.
        async fn erase_factor_holders(&self, actor: &Actor, key: &str) -> Result<Erased, ConsoleError>;
        /// How many erased identities it keeps out.
        async fn kept_out(&self, key: &str) -> Result<KeptOut, ConsoleError>;
        /// Lets one of them in again; `NotFound` where it is not kept out.
        async fn let_in(&self, actor: &Actor, key: &str, issuer: &str, subject: &str) -> Result<LetIn, ConsoleError>;
        /// Lets them all in again.
        async fn let_in_all(&self, actor: &Actor, key: &str) -> Result<LetIn, ConsoleError>;
        /// Reads a provider's discovery document, to fill the form.
        async fn discover(&self, issuer: &str) -> Result<Result<DiscoveredProvider, ProviderFault>, ConsoleError>;
        /// Starts a test in the administrator's browser; the answer is the address to send them to.
        async fn start_test(&self, actor: &Actor, key: &str) -> Result<Result<String, ProviderFault>, ConsoleError>;
        /// The newest test of this connection by this administrator; `None` when there is none.
        async fn test_report(&self, actor: &Actor, key: &str) -> Result<Option<TestReport>, ConsoleError>;
        /// Starts a test in a browser that is yet to come: the one that opens its link.
        async fn start_linked_test(&self, key: &str) -> Result<Result<ConnectionTest, ProviderFault>, ConsoleError>;
        /// Such a test, with its report, for 15 minutes.
        async fn find_linked_test(&self, key: &str, id: &TransactionId) -> Result<ConnectionTest, ConsoleError>;
    }
}
