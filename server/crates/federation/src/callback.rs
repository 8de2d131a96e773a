//! The provider's answer as it arrives through the browser: untrusted until the last check has passed.

use doorward_domain::secret::SecretText;
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use crate::error::FaultKind;

/// Longest callback in bytes, all parameters together.
const TOTAL_LIMIT: usize = 16 * 1024;
/// Longest single value in bytes. The longest codes in use have some 2,000.
const VALUE_LIMIT: usize = 8 * 1024;

/// What came to a connection's redirect URI.
#[derive(Debug, Clone)]
pub struct UntrustedCallback {
    state: Option<String>,
    code: Option<SecretText>,
    issuer: Option<String>,
    error: Option<ProviderErrorCode>,
}

/// Why a callback is refused before anything is asked of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackFault {
    #[error("it is too long")]
    TooLong,
    #[error("a parameter stands twice")]
    Duplicate,
    #[error("it holds neither a code nor an error")]
    Empty,
    #[error("its state is not the one of this sign-in")]
    WrongState,
    #[error("it comes from another issuer")]
    WrongIssuer,
    #[error("it does not name its issuer, although the provider promises to")]
    IssuerMissing,
}

/// Why a provider ended a sign-in (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderErrorCode {
    /// The person or the provider said no.
    AccessDenied,
    LoginRequired,
    InteractionRequired,
    ConsentRequired,
    AccountSelectionRequired,
    InvalidRequest,
    UnauthorizedClient,
    InvalidScope,
    UnsupportedResponseType,
    ServerError,
    TemporarilyUnavailable,
    /// A code we do not know; it is not kept.
    Other,
}

impl ProviderErrorCode {
    const KNOWN: [Self; 11] = [
        Self::AccessDenied,
        Self::LoginRequired,
        Self::InteractionRequired,
        Self::ConsentRequired,
        Self::AccountSelectionRequired,
        Self::InvalidRequest,
        Self::UnauthorizedClient,
        Self::InvalidScope,
        Self::UnsupportedResponseType,
        Self::ServerError,
        Self::TemporarilyUnavailable,
    ];

    /// The code on the wire; `other` for one we do not know.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::ConsentRequired => "consent_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::InvalidScope => "invalid_scope",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::Other => "other",
        }
    }

    fn parse(text: &str) -> Self {
        Self::KNOWN
            .into_iter()
            .find(|code| code.as_str() == text)
            .unwrap_or(Self::Other)
    }

    /// Whether the provider would have had to ask the person, which `prompt=none` forbade.
    #[must_use]
    pub fn needs_interaction(self) -> bool {
        matches!(
            self,
            Self::LoginRequired | Self::InteractionRequired | Self::ConsentRequired | Self::AccountSelectionRequired
        )
    }

    pub(crate) fn kind(self) -> FaultKind {
        match self {
            Self::AccessDenied
            | Self::LoginRequired
            | Self::InteractionRequired
            | Self::ConsentRequired
            | Self::AccountSelectionRequired => FaultKind::Aborted,
            Self::InvalidRequest | Self::UnauthorizedClient | Self::InvalidScope | Self::UnsupportedResponseType => {
                FaultKind::Misconfigured
            }
            Self::ServerError | Self::TemporarilyUnavailable => FaultKind::Unreachable,
            Self::Other => FaultKind::Refused,
        }
    }
}

impl std::fmt::Display for ProviderErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl UntrustedCallback {
    /// Reads the raw query, or the raw body of a posted form.
    ///
    /// # Errors
    /// When it is too long or a parameter stands twice (RFC 6749 §3.1): of two values, the parties on the way could
    /// each have taken another.
    pub fn parse(raw: &str) -> Result<Self, CallbackFault> {
        if raw.len() > TOTAL_LIMIT {
            return Err(CallbackFault::TooLong);
        }
        let mut seen = std::collections::HashSet::new();
        let mut callback = Self {
            state: None,
            code: None,
            issuer: None,
            error: None,
        };
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            if value.len() > VALUE_LIMIT {
                return Err(CallbackFault::TooLong);
            }
            match name.as_ref() {
                "state" => callback.state = Some(value.into_owned()),
                "code" => callback.code = Some(SecretText::new(value)),
                "iss" => callback.issuer = Some(value.into_owned()),
                "error" => callback.error = Some(ProviderErrorCode::parse(&value)),
                _ => {}
            }
            if !seen.insert(name) {
                return Err(CallbackFault::Duplicate);
            }
        }
        Ok(callback)
    }

    /// The `state`, by which the caller finds the transaction. Untrusted: it proves nothing by itself.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// Whether the callback belongs to the transaction that the caller found in this browser (S26).
    pub(crate) fn check_state(&self, expected: &str) -> Result<(), CallbackFault> {
        let same = self
            .state
            .as_ref()
            .is_some_and(|state| bool::from(state.as_bytes().ct_eq(expected.as_bytes())));
        if same && !expected.is_empty() {
            Ok(())
        } else {
            Err(CallbackFault::WrongState)
        }
    }

    /// Whether the callback comes from the connection's issuer, as far as it says (S25, RFC 9207 §2.4).
    pub(crate) fn check_named_issuer(&self, issuer: &str) -> Result<(), CallbackFault> {
        match &self.issuer {
            Some(named) if named != issuer => Err(CallbackFault::WrongIssuer),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the callback names its issuer when the provider promises that it always does.
    pub(crate) fn check_issuer_named(&self, promised: bool) -> Result<(), CallbackFault> {
        if promised && self.issuer.is_none() {
            Err(CallbackFault::IssuerMissing)
        } else {
            Ok(())
        }
    }

    /// The error the provider sent instead of a code. One that sends both is taken at its error.
    pub(crate) fn error(&self) -> Option<ProviderErrorCode> {
        self.error
    }

    pub(crate) fn into_code(self) -> Result<SecretText, CallbackFault> {
        self.code
            .filter(|code| !code.expose().is_empty())
            .ok_or(CallbackFault::Empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rfc_6749_3_1_a_parameter_stands_once() {
        for (case, raw, want) in [
            ("code and state", "code=a&state=b", Ok(())),
            ("two codes", "code=a&state=b&code=c", Err(CallbackFault::Duplicate)),
            ("two states", "state=a&state=a", Err(CallbackFault::Duplicate)),
            ("two issuers", "iss=a&iss=b", Err(CallbackFault::Duplicate)),
            ("twice, escaped", "code=a&c%6Fde=b", Err(CallbackFault::Duplicate)),
            ("unknown twice", "x=1&x=2", Err(CallbackFault::Duplicate)),
            ("unknown once", "x=1&session_state=2", Ok(())),
        ] {
            assert_eq!(UntrustedCallback::parse(raw).map(|_| ()), want, "{case}");
        }
        let long = format!("code={}", "a".repeat(VALUE_LIMIT + 1));
        assert_eq!(UntrustedCallback::parse(&long).map(|_| ()), Err(CallbackFault::TooLong));
        let long = "a".repeat(TOTAL_LIMIT + 1);
        assert_eq!(UntrustedCallback::parse(&long).map(|_| ()), Err(CallbackFault::TooLong));
    }

    #[test]
    fn s26_the_state_must_be_ours() {
        for (raw, expected, fine) in [
            ("state=abc", "abc", true),
            ("state=abd", "abc", false),
            ("", "abc", false),
            ("state=", "", false),
            ("state=ab", "abc", false),
        ] {
            assert_eq!(
                UntrustedCallback::parse(raw).unwrap().check_state(expected).is_ok(),
                fine,
                "S26: {raw}"
            );
        }
    }

    #[test]
    fn provider_errors_are_a_closed_list() {
        let code = |raw: &str| UntrustedCallback::parse(raw).unwrap().error();
        assert_eq!(
            code("error=access_denied&error_description=%3Cb%3E"),
            Some(ProviderErrorCode::AccessDenied)
        );
        assert_eq!(code("error=%3Cscript%3E"), Some(ProviderErrorCode::Other));
        assert_eq!(code("code=x"), None);
        assert_eq!(ProviderErrorCode::AccessDenied.kind(), FaultKind::Aborted);
        assert_eq!(ProviderErrorCode::ServerError.kind(), FaultKind::Unreachable);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(raw in ".{0,300}") {
            let _ = UntrustedCallback::parse(&raw);
        }

        #[test]
        fn printing_a_callback_shows_no_code(code in "[a-z0-9]{20,40}") {
            let callback = UntrustedCallback::parse(&format!("state=s&code={code}")).unwrap();
            let printed = format!("{callback:?}");
            prop_assert!(!printed.contains(&code));
        }
    }
}
