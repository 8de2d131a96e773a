//! Applications: views and the service trait.

use doorward_domain::Timestamp;
use doorward_domain::application::ApplicationDraft;
use doorward_domain::finding::Finding;
use doorward_domain::id::ApplicationId;
use serde::{Deserialize, Serialize};

/// An application as the console and the management API show it; the client secret is never among it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApplicationView {
    pub id: ApplicationId,
    #[serde(flatten)]
    pub settings: ApplicationDraft,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The ETag, for `If-Match`.
    pub version: i64,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApplicationSummary {
    #[serde(flatten)]
    pub application: ApplicationView,
    /// Distinct people who signed in in the last 30 days.
    pub people_30_days: u64,
    pub last_sign_in_at: Option<Timestamp>,
    /// How many findings there are now.
    pub findings: u32,
}

/// A saved application, with the secret when one was made (shown once) and the analyser's findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedApplication {
    #[serde(flatten)]
    pub application: ApplicationView,
    /// Fresh secret, in clear, this one time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_client_secret: Option<String>,
    pub findings: Vec<Finding>,
}

/// The addresses an application's developer copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderEndpoints {
    pub issuer: String,
    pub discovery: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: String,
    pub jwks_uri: String,
    pub end_session_endpoint: String,
}

#[cfg(feature = "ssr")]
pub use service_trait::{ApplicationService, Applications};

#[cfg(feature = "ssr")]
mod service_trait {
    use std::sync::Arc;

    use super::*;
    use crate::api::error::ConsoleError;
    use crate::api::page::{Page, PageQuery};
    use doorward_domain::audit::Actor;

    /// The service in the context of every console request.
    pub type Applications = Arc<dyn ApplicationService>;

    /// Everything the console and the management API do with applications. `key` is an id or a handle.
    #[async_trait::async_trait]
    pub trait ApplicationService: Send + Sync {
        async fn list(&self, query: PageQuery) -> Result<Page<ApplicationSummary>, ConsoleError>;
        async fn find(&self, key: &str) -> Result<ApplicationView, ConsoleError>;
        /// The findings of the application as it is saved.
        async fn findings(&self, key: &str) -> Result<Vec<Finding>, ConsoleError>;
        async fn create(&self, actor: &Actor, draft: ApplicationDraft) -> Result<SavedApplication, ConsoleError>;
        async fn replace(
            &self,
            actor: &Actor,
            key: &str,
            expected: Option<i64>,
            draft: ApplicationDraft,
        ) -> Result<SavedApplication, ConsoleError>;
        /// JSON merge patch (RFC 7396); with `dry_run` nothing is saved.
        async fn patch(
            &self,
            actor: &Actor,
            key: &str,
            expected: Option<i64>,
            patch: serde_json::Value,
            dry_run: bool,
        ) -> Result<SavedApplication, ConsoleError>;
        /// Deletes the application and revokes every grant it holds.
        async fn delete(&self, actor: &Actor, key: &str, expected: Option<i64>) -> Result<(), ConsoleError>;
        /// Makes a new client secret; the old one stops working at once.
        async fn regenerate_secret(&self, actor: &Actor, key: &str) -> Result<SavedApplication, ConsoleError>;
        fn endpoints(&self) -> ProviderEndpoints;
    }
}
