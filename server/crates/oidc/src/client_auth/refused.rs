//! Why a caller is not believed: for our log, because strangers must not learn which applications there are.

use super::assertion::AssertionFault;
use crate::token::{TokenError, TokenErrorCode};

/// Why a caller is not believed to be an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientRefused {
    /// RFC 6749 §2.3.
    #[error("there is more than one proof in the request")]
    SeveralMethods,
    /// `client_id` beside a proof of another one.
    #[error("the client_id differs from the one of the proof")]
    OtherClientId,
    /// RFC 7523 §2.2.
    #[error("the client_assertion_type is not supported")]
    AssertionType,
    /// Nothing says which application calls.
    #[error("there is no client_id")]
    Unnamed,
    /// No `Basic` that can be taken apart.
    #[error("the header Authorization cannot be read")]
    Header,
    /// No such application.
    #[error("the application is unknown")]
    Unknown,
    /// It is switched off.
    #[error("the application is disabled")]
    Disabled,
    /// A secret for a key, nothing for a secret, and so on.
    #[error("the proof is not of the registered kind")]
    Method,
    /// It is not the secret, or there is none.
    #[error("the client_secret is wrong")]
    Secret,
    /// Why the assertion proves nothing.
    #[error("the client_assertion is refused: {0}")]
    Assertion(AssertionFault),
    /// RFC 7523 §3 item 7.
    #[error("the client_assertion was used before")]
    AssertionUsed,
}

impl From<ClientRefused> for TokenError {
    fn from(refused: ClientRefused) -> Self {
        match refused {
            ClientRefused::SeveralMethods => Self::new(
                TokenErrorCode::InvalidRequest,
                "Use one method to authenticate, not several.",
            ),
            ClientRefused::OtherClientId => Self::new(
                TokenErrorCode::InvalidRequest,
                "The client_id differs from the one authenticated.",
            ),
            ClientRefused::AssertionType => Self::new(
                TokenErrorCode::InvalidRequest,
                "The client_assertion_type is not supported.",
            ),
            ClientRefused::Unnamed
            | ClientRefused::Header
            | ClientRefused::Unknown
            | ClientRefused::Disabled
            | ClientRefused::Method
            | ClientRefused::Secret
            | ClientRefused::Assertion(_)
            | ClientRefused::AssertionUsed => Self::INVALID_CLIENT,
        }
    }
}
