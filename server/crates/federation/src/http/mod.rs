//! Calls to the outside: the shape of one, and the hardened client that makes it.
//!
//! Everything this binary ever asks of another server goes through [`Fetch`], so that the rules against server-side
//! request forgery stand in one place ([`OutboundClient`], S31) and tests can answer in the place of the world.

mod address;
mod client;
mod resolver;
mod rules;

use async_trait::async_trait;
use doorward_domain::secret::SecretText;
use reqwest::header::HeaderMap;
use url::Url;

pub use address::is_public;
pub use client::{OutboundClient, OutboundSettings};

/// Most bytes of a token or userinfo answer. F3.
pub const ANSWER_LIMIT: usize = 256 * 1024;
/// Most bytes of a discovery document or key set. F3.
pub const DOCUMENT_LIMIT: usize = 1024 * 1024;

/// One call to the outside.
#[derive(Debug, Clone)]
pub struct OutboundRequest {
    pub url: Url,
    /// The `Accept` header.
    pub accept: &'static str,
    /// The whole `Authorization` header.
    pub authorization: Option<SecretText>,
    /// More headers. They may hold credentials, so with any of them no redirect is followed.
    pub headers: HeaderMap,
    /// With a body the call is a `POST`, without one a `GET`.
    pub body: Option<OutboundBody>,
    /// Most bytes of the answer; reading stops there.
    pub body_limit: usize,
}

/// What is posted. The text may hold a client secret or a code, so it is never printed.
#[derive(Debug, Clone)]
pub struct OutboundBody {
    pub content_type: &'static str,
    pub text: SecretText,
}

impl OutboundRequest {
    /// A `GET` of a JSON document.
    #[must_use]
    pub fn get_json(url: Url, body_limit: usize) -> Self {
        Self {
            url,
            accept: "application/json",
            authorization: None,
            headers: HeaderMap::new(),
            body: None,
            body_limit,
        }
    }
}

/// What came back, whatever its status.
#[derive(Clone)]
pub struct OutboundResponse {
    pub status: u16,
    /// The media type without its parameters, in lower case.
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

impl std::fmt::Debug for OutboundResponse {
    /// The body may hold tokens: only its length is shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboundResponse")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// Makes calls to the outside.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// Makes one call and reads the answer up to the request's limit.
    ///
    /// # Errors
    /// Why there is no answer; an answer with an error status is an answer.
    async fn fetch(&self, request: OutboundRequest) -> Result<OutboundResponse, FetchError>;

    /// Whether a call to this address would be made at all, as far as can be told without resolving its name.
    ///
    /// # Errors
    /// The rule the address breaks.
    fn check(&self, url: &Url) -> Result<(), FetchError>;
}

/// Why there is no answer. Holds nothing of what the other side sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("the address does not start with https://")]
    InsecureScheme,
    #[error("the address holds a user name or no host")]
    MalformedAddress,
    #[error("the host has a private or reserved address")]
    AddressRefused,
    #[error("the host name could not be resolved")]
    Unresolved,
    #[error("the host refuses connections")]
    Unreachable,
    #[error("a secure connection could not be made; the certificate may be wrong")]
    InsecureConnection,
    #[error("the host took too long to answer")]
    TimedOut,
    #[error("the host redirects elsewhere")]
    Redirected,
    #[error("the answer is longer than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the connection broke off")]
    Interrupted,
    #[error("no trusted certificates are installed on this machine")]
    NoTrustedCertificates,
}

impl FetchError {
    /// Whether the provider could not be reached, as opposed to an answer or an address we refuse. Only these open a
    /// connection's circuit: nobody can open it by sending us something odd.
    #[must_use]
    pub fn is_network(self) -> bool {
        match self {
            Self::Unresolved | Self::Unreachable | Self::InsecureConnection | Self::TimedOut | Self::Interrupted => {
                true
            }
            Self::InsecureScheme
            | Self::MalformedAddress
            | Self::AddressRefused
            | Self::Redirected
            | Self::TooLarge { .. }
            | Self::NoTrustedCertificates => false,
        }
    }
}
