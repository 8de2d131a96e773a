//! Why a code or a refresh token gives nothing: for our log, because a caller who does not hold it learns none of it.

use super::error::TokenError;

/// Why a code or a refresh token gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantRefused {
    /// A text that we have not made.
    #[error("the code or refresh token is none of ours")]
    Foreign,
    /// Never issued, erased, or not good yet.
    #[error("the code or refresh token is unknown")]
    Unknown,
    /// Issued to another application.
    #[error("the code or refresh token is another application's")]
    OfAnother,
    /// Past its end.
    #[error("the code or refresh token is expired")]
    Expired,
    /// Taken back, with everything that came of the same sign-in.
    #[error("the code or refresh token is revoked")]
    Revoked,
    /// Unknown, revoked or expired: it was only looked for.
    #[error("the refresh token is not good any more")]
    NotAlive,
    /// Used before (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
    #[error("the code or refresh token was used before")]
    UsedBefore,
    /// The account is disabled or locked.
    #[error("the account is not active")]
    AccountNotActive,
    /// What the person has proven is not enough for the flow in force, or its provider is trusted no more.
    #[error("the flow in force is not satisfied")]
    Flow,
    /// The request had a challenge.
    #[error("the code_verifier is missing")]
    VerifierMissing,
    /// The request had no challenge (RFC 9700 §4.8.2).
    #[error("there is a code_verifier, and there was no code_challenge")]
    VerifierUnasked,
    /// It is not the challenge's (RFC 7636 §4.6).
    #[error("the code_verifier is wrong")]
    VerifierWrong,
    /// It is not the request's (RFC 6749 §4.1.3).
    #[error("the redirect_uri differs")]
    RedirectUri,
}

impl From<GrantRefused> for TokenError {
    fn from(refused: GrantRefused) -> Self {
        match refused {
            GrantRefused::VerifierMissing | GrantRefused::VerifierUnasked | GrantRefused::VerifierWrong => {
                Self::CODE_VERIFIER
            }
            GrantRefused::RedirectUri => Self::REDIRECT_URI,
            GrantRefused::Foreign
            | GrantRefused::Unknown
            | GrantRefused::OfAnother
            | GrantRefused::Expired
            | GrantRefused::Revoked
            | GrantRefused::NotAlive
            | GrantRefused::UsedBefore
            | GrantRefused::AccountNotActive
            | GrantRefused::Flow => Self::INVALID_GRANT,
        }
    }
}
