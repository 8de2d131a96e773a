//! Why a token endpoint says no.

use crate::error::FaultKind;

/// Why the token endpoint refused (RFC 6749 §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenErrorCode {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    InvalidScope,
    /// A code we do not know; it is not kept.
    Other,
}

impl TokenErrorCode {
    const KNOWN: [Self; 6] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidScope,
    ];

    /// The code on the wire; `other` for one we do not know.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::Other => "other",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        Self::KNOWN
            .into_iter()
            .find(|code| code.as_str() == text)
            .unwrap_or(Self::Other)
    }

    pub(crate) fn kind(self) -> FaultKind {
        match self {
            Self::InvalidRequest
            | Self::InvalidClient
            | Self::UnauthorizedClient
            | Self::UnsupportedGrantType
            | Self::InvalidScope => FaultKind::Misconfigured,
            Self::InvalidGrant | Self::Other => FaultKind::Refused,
        }
    }
}

impl std::fmt::Display for TokenErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
