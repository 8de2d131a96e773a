//! Why a federated sign-in did not succeed: closed, so that nothing a provider wrote can reach a page or a log.

use doorward_domain::text::Handle;

use crate::callback::{CallbackFault, ProviderErrorCode};
use crate::http::FetchError;
use crate::id_token::IdTokenFault;
use crate::keys::KeysFault;
use crate::metadata::{Endpoint, MetadataFault};
use crate::token::TokenFault;
use crate::token_error::TokenErrorCode;
use crate::userinfo::UserinfoFault;

/// A sign-in through a connection failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sign-in through the connection {connection} failed")]
pub struct FederationError {
    /// The connection's handle.
    pub connection: String,
    #[source]
    pub fault: Fault,
}

impl FederationError {
    pub(crate) fn new(connection: &Handle, fault: Fault) -> Self {
        Self {
            connection: connection.as_str().to_owned(),
            fault,
        }
    }

    /// What the hosted page tells the person.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        self.fault.kind()
    }

    /// What the console tells an administrator: what happened, at which connection, and what to do.
    #[must_use]
    pub fn explanation(&self) -> String {
        format!("Connection {}: {}", self.connection, self.fault.explanation())
    }
}

/// What a page can say about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The person said no at the provider, or the provider would have had to ask.
    Aborted,
    /// The provider cannot be reached.
    Unreachable,
    /// The provider takes too long, or too many people wait for it.
    Slow,
    /// The provider answered something we do not accept.
    Refused,
    /// An administrator has to correct a setting, here or at the provider.
    Misconfigured,
    /// The provider's clock and ours differ too much.
    Clock,
}

/// One of the calls to a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    Discovery,
    Keys,
    Token,
    Userinfo,
}

impl std::fmt::Display for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Discovery => "discovery document",
            Self::Keys => "key set",
            Self::Token => "token endpoint",
            Self::Userinfo => "userinfo endpoint",
        })
    }
}

/// What failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("too many sign-ins wait for the provider")]
    Busy,
    #[error("the provider failed repeatedly and is left alone for some seconds")]
    CircuitOpen,
    #[error("the provider took too long in all")]
    TookTooLong,
    #[error("the {call} could not be fetched")]
    Fetch {
        call: Call,
        #[source]
        source: FetchError,
    },
    #[error("the {call} answered with status {status}")]
    Status { call: Call, status: u16 },
    #[error("the issuer is not an address that can be used")]
    Issuer,
    #[error("the {endpoint} is neither typed nor discovered")]
    EndpointMissing { endpoint: Endpoint },
    #[error("the {endpoint} cannot be used")]
    EndpointRefused {
        endpoint: Endpoint,
        #[source]
        source: FetchError,
    },
    #[error("the connection has no client secret")]
    SecretMissing,
    #[error("none of the accepted signature algorithms is known")]
    NoAlgorithm,
    #[error("the discovery document was refused")]
    Metadata(#[source] MetadataFault),
    #[error("the key set was refused")]
    Keys(#[source] KeysFault),
    #[error("the callback was refused")]
    Callback(#[source] CallbackFault),
    #[error("the provider ended the sign-in: {0}")]
    Provider(ProviderErrorCode),
    #[error("the token endpoint refused the code: {0}")]
    TokenRefused(TokenErrorCode),
    #[error("the token answer was refused")]
    Token(#[source] TokenFault),
    #[error("the ID token was refused")]
    IdToken(#[source] IdTokenFault),
    #[error("the userinfo answer was refused")]
    Userinfo(#[source] UserinfoFault),
}

impl Fault {
    /// What the hosted page tells the person.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::Busy | Self::TookTooLong => FaultKind::Slow,
            Self::CircuitOpen => FaultKind::Unreachable,
            Self::Fetch { source, .. } => fetch_kind(*source),
            Self::Status { call, status } => status_kind(*call, *status),
            Self::Issuer
            | Self::EndpointMissing { .. }
            | Self::EndpointRefused { .. }
            | Self::SecretMissing
            | Self::NoAlgorithm => FaultKind::Misconfigured,
            Self::Metadata(MetadataFault::IssuerDiffers) => FaultKind::Misconfigured,
            Self::Metadata(_) | Self::Keys(_) | Self::Callback(_) | Self::Token(_) | Self::Userinfo(_) => {
                FaultKind::Refused
            }
            Self::Provider(code) => code.kind(),
            Self::TokenRefused(code) => code.kind(),
            Self::IdToken(fault) if fault.is_clock() => FaultKind::Clock,
            Self::IdToken(_) => FaultKind::Refused,
        }
    }

    /// What an administrator is told: what happened and what to do about it.
    #[must_use]
    pub fn explanation(&self) -> String {
        let reason =
            std::error::Error::source(self).map_or_else(|| self.to_string(), |source| format!("{self}: {source}"));
        format!("{}. {}", capitalise(&reason), self.advice())
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::Fetch {
                source: FetchError::AddressRefused | FetchError::InsecureScheme,
                ..
            }
            | Self::EndpointRefused { .. } => {
                "Use an address that starts with https:// and is reachable from the internet; for development, set \
                 DOORWARD_ALLOW_PRIVATE_UPSTREAMS=true."
            }
            Self::Metadata(MetadataFault::IssuerDiffers) => {
                "Copy the issuer exactly as the provider's discovery document writes it, with or without the last slash."
            }
            Self::EndpointMissing { .. } => "Type this endpoint in the connection's settings.",
            Self::Issuer => "Correct the issuer in the connection's settings.",
            Self::SecretMissing => "Enter the client secret, or choose the method none for a public client.",
            Self::NoAlgorithm => "Clear the list of signature algorithms, or enter ones such as RS256 or ES256.",
            Self::TokenRefused(TokenErrorCode::InvalidClient) => {
                "Check the client id, the client secret and the authentication method against the provider's settings."
            }
            Self::TokenRefused(TokenErrorCode::InvalidGrant) => {
                "Check that the redirect URI is registered at the provider letter for letter, then sign in again."
            }
            Self::IdToken(fault) if fault.is_clock() => "Synchronise the clocks of the provider and of this server.",
            Self::Provider(ProviderErrorCode::AccessDenied) => "Nothing to do: the person can try again.",
            _ if self.kind() == FaultKind::Misconfigured => "Check the connection's settings against the provider's.",
            _ if self.kind() == FaultKind::Unreachable => {
                "Check that the provider works and that this server may call it."
            }
            _ if self.kind() == FaultKind::Slow => "Sign-ins go on by themselves once the provider answers again.",
            _ => "Try again; if it stays, the provider has to correct it.",
        }
    }
}

fn fetch_kind(error: FetchError) -> FaultKind {
    match error {
        FetchError::TimedOut => FaultKind::Slow,
        FetchError::Unresolved
        | FetchError::Unreachable
        | FetchError::InsecureConnection
        | FetchError::Interrupted
        | FetchError::NoTrustedCertificates => FaultKind::Unreachable,
        FetchError::InsecureScheme | FetchError::MalformedAddress | FetchError::AddressRefused => {
            FaultKind::Misconfigured
        }
        FetchError::Redirected | FetchError::TooLarge { .. } => FaultKind::Refused,
    }
}

fn status_kind(call: Call, status: u16) -> FaultKind {
    match (call, status) {
        (_, 429 | 500..) => FaultKind::Unreachable,
        (Call::Discovery | Call::Keys, 400..) => FaultKind::Misconfigured,
        _ => FaultKind::Refused,
    }
}

fn capitalise(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
