//! What an administrator reads about a provider that does not do what it should.

use doorward_app::api::connection::ProviderFault;
use doorward_federation::{CallbackFault, Fault, FaultKind, FetchError, IdTokenFault, MetadataFault};

/// A fault with a code of its own.
pub fn fault(code: &str, sentence: impl Into<String>) -> ProviderFault {
    ProviderFault {
        code: code.to_owned(),
        sentence: sentence.into(),
    }
}

/// The stable code and the sentence of what the federation code found. No text of the provider is in either.
pub fn explain(found: &Fault) -> ProviderFault {
    let code = match found {
        Fault::Fetch { source, .. } | Fault::EndpointRefused { source, .. } => fetch(*source),
        Fault::Metadata(MetadataFault::IssuerDiffers) => "issuer_mismatch",
        Fault::Callback(CallbackFault::WrongIssuer | CallbackFault::IssuerMissing) => "wrong_issuer",
        Fault::IdToken(IdTokenFault::WrongNonce) => "wrong_nonce",
        Fault::EndpointMissing { .. } => "endpoint_missing",
        Fault::SecretMissing => "secret_missing",
        Fault::Issuer => "issuer",
        Fault::Keys(_) => "keys",
        Fault::TokenRefused(_) => "token_refused",
        Fault::Busy
        | Fault::CircuitOpen
        | Fault::TookTooLong
        | Fault::Status { .. }
        | Fault::NoAlgorithm
        | Fault::Metadata(_)
        | Fault::Callback(_)
        | Fault::Provider(_)
        | Fault::Token(_)
        | Fault::IdToken(_)
        | Fault::Userinfo(_) => kind(found.kind()),
    };
    fault(code, found.explanation())
}

fn fetch(error: FetchError) -> &'static str {
    match error {
        FetchError::AddressRefused => "private_address",
        FetchError::InsecureScheme => "not_https",
        FetchError::TimedOut => "timed_out",
        FetchError::Redirected => "redirected",
        FetchError::TooLarge { .. } => "too_large",
        FetchError::MalformedAddress => "malformed_address",
        FetchError::Unresolved
        | FetchError::Unreachable
        | FetchError::InsecureConnection
        | FetchError::Interrupted
        | FetchError::NoTrustedCertificates => "unreachable",
    }
}

fn kind(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Aborted => "aborted",
        FaultKind::Unreachable => "unreachable",
        FaultKind::Slow => "timed_out",
        FaultKind::Refused => "refused",
        FaultKind::Misconfigured => "misconfigured",
        FaultKind::Clock => "clock",
    }
}
