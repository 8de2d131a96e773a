//! The signature algorithms accepted on ID tokens (RFC 7518 §3.1, RFC 8037, RFC 9864).

use aws_lc_rs::digest;

/// An asymmetric signature algorithm. There is no value for `none` or for HMAC, so neither can be asked for (S29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    EdDsa,
}

impl SignatureAlgorithm {
    /// Every algorithm known.
    pub const ALL: [Self; 10] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
    ];

    /// The `alg` value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Reads an `alg` value; `Ed25519` is the newer name of the one EdDSA curve we know (RFC 9864 §2.2).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "Ed25519" {
            return Some(Self::EdDsa);
        }
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }

    /// The hash of the algorithm, which also makes `at_hash` (OpenID Connect Core §3.1.3.6). Ed25519 hashes with
    /// SHA-512 inside.
    pub(crate) fn digest(self) -> &'static digest::Algorithm {
        match self {
            Self::Rs256 | Self::Ps256 | Self::Es256 => &digest::SHA256,
            Self::Rs384 | Self::Ps384 | Self::Es384 => &digest::SHA384,
            Self::Rs512 | Self::Ps512 | Self::Es512 | Self::EdDsa => &digest::SHA512,
        }
    }
}

/// The algorithms a connection accepts: those it names, or every one we know when it names none. A name we do not
/// know is never accepted, and a list of nothing else accepts nothing.
pub(crate) fn allowed(names: &[String]) -> Vec<SignatureAlgorithm> {
    if names.is_empty() {
        return SignatureAlgorithm::ALL.to_vec();
    }
    names
        .iter()
        .filter_map(|name| SignatureAlgorithm::parse(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s29_no_symmetric_or_missing_algorithm_has_a_name() {
        for text in [
            "none", "None", "NONE", "", "HS256", "HS384", "HS512", "rs256", "RS1", "ES256K", "RSA-OAEP", "RS256 ",
        ] {
            assert_eq!(SignatureAlgorithm::parse(text), None, "S29: {text:?}");
            assert!(
                allowed(&[text.to_owned()]).is_empty(),
                "S29: a list of {text:?} alone accepts nothing"
            );
        }
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(SignatureAlgorithm::parse(algorithm.as_str()), Some(algorithm));
        }
        assert_eq!(
            SignatureAlgorithm::parse("Ed25519"),
            Some(SignatureAlgorithm::EdDsa),
            "RFC 9864 §2.2"
        );
        assert_eq!(allowed(&[]).len(), 10);
        assert_eq!(allowed(&["ES256".into(), "HS256".into()]), [SignatureAlgorithm::Es256]);
    }
}
