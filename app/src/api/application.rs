//! Applications: views and the service trait.

use std::collections::BTreeMap;

use doorward_domain::Timestamp;
use doorward_domain::application::ApplicationDraft;
use doorward_domain::expectation::Expectation;
use doorward_domain::finding::Finding;
use doorward_domain::flow::SignInFlow;
use doorward_domain::id::ApplicationId;
use doorward_domain::rehearsal::Choice;
use doorward_domain::script_secret::SecretName;
use doorward_domain::secret::SecretText;
use doorward_domain::text::Handle;
use serde::{Deserialize, Serialize};

use crate::api::page::PageQuery;

mod expectations;
mod read;
mod script_secret;
mod versions;
mod write;

pub use expectations::*;
pub use read::*;
pub use script_secret::*;
pub use versions::*;
pub use write::*;

/// An application as the console and the management API show it; the client secret is never among it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApplicationView {
    pub id: ApplicationId,
    #[serde(flatten)]
    pub settings: ApplicationDraft,
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
impl ApplicationView {
    /// With what its forms are made from.
    #[must_use]
    pub fn for_forms(mut self) -> Self {
        // What each tab sends.
        const TABS: [&[&str]; 3] = [
            &["name", "enabled"],
            &[
                "client_type",
                "redirect_uris",
                "post_logout_redirect_uris",
                "token_endpoint_auth_method",
                "grant_types",
                "id_token_signed_response_alg",
                "subject_type",
                "required_claims",
                "default_max_age",
                "jwks",
            ],
            &["flow"],
        ];
        self.base = crate::api::base::marks(&self.settings, &TABS);
        self
    }
}

/// Which applications are wanted; absent fields do not filter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ApplicationQuery {
    /// `q` is a part of the handle, the name or the client id.
    pub page: PageQuery,
    /// Whether there are findings that are more than information.
    pub findings: Option<bool>,
}

/// What it takes to name an application: of all of them at once, where a row of the list is too much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationName {
    pub handle: Handle,
    pub name: String,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApplicationSummary {
    #[serde(flatten)]
    pub application: ApplicationView,
    /// Distinct people who signed in in the last 30 days.
    pub people_30_days: u64,
    pub last_sign_in_at: Option<Timestamp>,
    /// How many findings there are now: errors and warnings.
    pub findings: u32,
    /// How many of them are errors.
    pub errors: u32,
    /// Whether one of them is about somebody who is stopped.
    pub stops_somebody: bool,
}

/// A saved application, with the secret when one was made (shown once) and the analyser's findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SavedApplication {
    #[serde(flatten)]
    pub application: ApplicationView,
    /// A fresh client secret, in clear, this one time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretText>,
    pub findings: Vec<Finding>,
}

#[cfg(feature = "ssr")]
impl SavedApplication {
    /// With what the forms of its page are made from next.
    #[must_use]
    pub fn for_forms(mut self) -> Self {
        self.application = self.application.for_forms();
        self
    }
}

/// What the console says of this server: the addresses that people copy, and whether the Test IdP is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderEndpoints {
    pub issuer: String,
    pub discovery: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: String,
    pub introspection_endpoint: String,
    pub revocation_endpoint: String,
    pub jwks_uri: String,
    pub end_session_endpoint: String,
    pub test_idp: bool,
}

/// The JSON of `POST /api/v1/analyses`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnalysisRequest {
    pub flow: SignInFlow,
    /// Merge patches (RFC 7396) over the connections' settings, by handle; nothing is saved.
    #[serde(default)]
    pub connections: BTreeMap<String, serde_json::Value>,
    /// Id or handle of the application whose secrets the script may name; without it each name is taken to exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// What to hold the flow against; without them those of the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expectations: Option<Vec<Expectation>>,
}

/// A secret of an application's script. Its value is never shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScriptSecretView {
    pub name: SecretName,
    pub created_at: Timestamp,
    /// When it got the value it has.
    pub updated_at: Timestamp,
}

/// The secrets of an application's script, with what the analyser says of the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScriptSecrets {
    pub items: Vec<ScriptSecretView>,
    pub findings: Vec<Finding>,
}

/// The value a secret gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScriptSecretDraft {
    pub value: SecretText,
}

/// The JSON of `POST /api/v1/analyses/rehearsal`: somebody's way through a flow, with nothing written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RehearsalRequest {
    pub flow: SignInFlow,
    /// Merge patches (RFC 7396) over the connections' settings, by handle.
    #[serde(default)]
    pub connections: BTreeMap<String, serde_json::Value>,
    /// Somebody made up: `new`, `new-without-email`, `local`, `returning`, `lost-phone` or `administrator`.
    #[serde(default)]
    pub persona: Option<String>,
    /// Somebody real, by id or username, in the place of `persona`.
    #[serde(default)]
    pub user: Option<String>,
    /// A merge patch (RFC 7396) over what is known of the person, such as `{"browser":{"ip":"192.0.2.7"}}`.
    #[serde(default)]
    pub person: serde_json::Value,
    /// What they do at each stop, in order: an option, `fail` or `abort`; at a form of the script `skip`, or `send:` and
    /// the values as JSON.
    #[serde(default)]
    pub choices: Vec<Choice>,
}

#[cfg(feature = "ssr")]
pub use service_trait::{ApplicationService, Applications, FreshSecret, FreshSecrets};

#[cfg(feature = "ssr")]
mod service_trait {
    use std::sync::Arc;

    use super::*;
    use crate::api::connection::SaveMode;
    use crate::api::error::ConsoleError;
    use crate::api::page::Page;
    use doorward_domain::analysis::Analysis;
    use doorward_domain::audit::Actor;
    use doorward_domain::id::AccountId;
    use doorward_domain::rehearsal::Rehearsal;

    /// The service in the context of every console request.
    pub type Applications = Arc<dyn ApplicationService>;

    /// The place where a fresh client secret waits for the next page.
    pub type FreshSecrets = Arc<dyn FreshSecret>;

    /// Carries a client secret from the answer that made it to the page that shows it, which may be a plain HTML page
    /// after a redirect. Nothing is stored: the secret travels sealed in a cookie that lives two minutes.
    pub trait FreshSecret: Send + Sync {
        /// Seals the secret into the answer of this request.
        fn keep(&self, administrator: &AccountId, application: &str, secret: &SecretText);
        /// The secret this request carries, if it is this administrator's and this application's.
        fn show(&self, administrator: &AccountId, application: &str) -> Option<String>;
    }

    /// Everything the console and the management API do with applications. `key` is an id or a handle.
    #[async_trait::async_trait]
    pub trait ApplicationService: Send + Sync {
        async fn list(&self, query: ApplicationQuery) -> Result<Page<ApplicationSummary>, ConsoleError>;
        /// Every one, by name.
        async fn names(&self) -> Result<Vec<ApplicationName>, ConsoleError>;
        async fn find(&self, key: &str) -> Result<ApplicationView, ConsoleError>;
        /// The findings of the application as it is saved.
        async fn findings(&self, key: &str) -> Result<Vec<Finding>, ConsoleError>;
        /// The same with the picture of its flow, which is there also while the application is disabled.
        async fn analysis(&self, key: &str) -> Result<Analysis, ConsoleError>;
        /// `draft` is the JSON of an [`ApplicationDraft`]; what does not fit one is refused with a pointer.
        async fn create(
            &self,
            actor: &Actor,
            draft: serde_json::Value,
            mode: SaveMode,
        ) -> Result<SavedApplication, ConsoleError>;
        async fn replace(
            &self,
            actor: &Actor,
            key: &str,
            expected: Option<i64>,
            draft: serde_json::Value,
            mode: SaveMode,
        ) -> Result<SavedApplication, ConsoleError>;
        /// JSON merge patch (RFC 7396) over the settings.
        async fn patch(
            &self,
            actor: &Actor,
            key: &str,
            expected: Option<i64>,
            patch: serde_json::Value,
            mode: SaveMode,
        ) -> Result<SavedApplication, ConsoleError>;
        /// Deletes the application and revokes every grant it holds.
        async fn delete(&self, actor: &Actor, key: &str, expected: Option<i64>) -> Result<(), ConsoleError>;
        /// Makes a new client secret; the old one stops working at once.
        async fn regenerate_secret(
            &self,
            actor: &Actor,
            key: &str,
            expected: Option<i64>,
        ) -> Result<SavedApplication, ConsoleError>;
        /// The secrets that the application's script may use, without their values.
        async fn script_secrets(&self, key: &str) -> Result<ScriptSecrets, ConsoleError>;
        /// Gives a secret of the script a value, the first or another one.
        async fn set_script_secret(
            &self,
            actor: &Actor,
            key: &str,
            name: &SecretName,
            draft: ScriptSecretDraft,
        ) -> Result<ScriptSecrets, ConsoleError>;
        async fn remove_script_secret(
            &self,
            actor: &Actor,
            key: &str,
            name: &SecretName,
        ) -> Result<ScriptSecrets, ConsoleError>;
        /// The flows it had, newest first; `q` is not looked at.
        async fn flow_versions(&self, key: &str, query: PageQuery) -> Result<Page<FlowVersionView>, ConsoleError>;
        /// One of them, by the application's version it was saved with.
        async fn flow_version(&self, key: &str, version: i64) -> Result<FlowVersionView, ConsoleError>;
        fn endpoints(&self) -> ProviderEndpoints;
        /// What the analyser says about a flow that is not saved; connections' settings may be overridden too.
        async fn analyse(&self, request: AnalysisRequest) -> Result<Analysis, ConsoleError>;
        /// Somebody's way through a flow that is not saved; nothing is written.
        async fn rehearse(&self, request: RehearsalRequest) -> Result<Rehearsal, ConsoleError>;
    }
}
