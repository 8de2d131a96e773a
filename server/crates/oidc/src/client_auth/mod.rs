//! Who calls the token endpoint (RFC 6749 §2.3, OpenID Connect Core §9).
//!
//! Read what was presented, look the application up by [`PresentedClient::client_id`], then [`PresentedClient::authenticate`]
//! with whatever the look-up gave, also when it gave nothing: an unknown application and a wrong secret then cost the
//! same and get the same answer.

pub mod assertion;
pub mod secret;

pub use assertion::UsedAssertion;
pub use secret::SecretHasher;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_domain::Timestamp;
use doorward_domain::application::{Application, ClientAuthMethod};
use doorward_domain::secret::SecretText;
use serde::Deserialize;

use crate::jose::Compact;
use crate::params::{Params, decode};
use crate::token::{TokenError, TokenErrorCode};

/// `client_assertion_type` of RFC 7523 §2.2.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What the caller presented, unverified.
#[derive(Debug, Clone)]
pub struct PresentedClient {
    client_id: String,
    proof: Proof,
}

#[derive(Debug, Clone)]
enum Proof {
    /// The secret as RFC 6749 §2.3.1 encodes it, and as it stands: many programs leave the encoding out.
    Basic {
        decoded: SecretText,
        raw: SecretText,
    },
    Post(SecretText),
    Assertion(SecretText),
    None,
}

/// What an authentication is checked against.
pub struct Verifier<'a> {
    /// Hashes client secrets.
    pub secrets: &'a SecretHasher,
    /// Accepted `aud` of an assertion: our issuer and the address of the token endpoint.
    pub audiences: &'a [&'a str],
    /// The time.
    pub now: Timestamp,
}

/// A caller that proved who it is.
#[derive(Debug)]
pub struct AuthenticatedClient<'a> {
    /// The application.
    pub application: &'a Application,
    /// The assertion that must be stored as used before anything is issued; a second use is `invalid_client`.
    pub assertion: Option<UsedAssertion>,
}

impl PresentedClient {
    /// Reads the header `Authorization` and the body.
    ///
    /// # Errors
    /// `invalid_request` for more than one method in one request ("MUST NOT", RFC 6749 §2.3), `invalid_client` when
    /// nothing names an application or the header cannot be read.
    pub fn read(authorization: Option<&str>, params: &Params) -> Result<Self, TokenError> {
        let secret = params.get("client_secret");
        let assertion = params.get("client_assertion");
        let methods = [authorization.is_some(), secret.is_some(), assertion.is_some()];
        if methods.into_iter().filter(|used| *used).count() > 1 {
            return Err(TokenError::new(
                TokenErrorCode::InvalidRequest,
                "Use one method to authenticate, not several.",
            ));
        }
        let named = params.get("client_id");
        let presented = match (authorization, assertion, secret) {
            (Some(header), _, _) => basic(header).ok_or(TokenError::INVALID_CLIENT)?,
            (_, Some(jwt), _) => by_assertion(jwt, params)?,
            (_, _, Some(secret)) => Self {
                client_id: named.unwrap_or_default().to_owned(),
                proof: Proof::Post(SecretText::new(secret)),
            },
            (None, None, None) => Self {
                client_id: named.unwrap_or_default().to_owned(),
                proof: Proof::None,
            },
        };
        if named.is_some_and(|named| named != presented.client_id) {
            return Err(TokenError::new(
                TokenErrorCode::InvalidRequest,
                "The client_id differs from the one authenticated.",
            ));
        }
        if presented.client_id.is_empty() {
            return Err(TokenError::INVALID_CLIENT);
        }
        Ok(presented)
    }

    /// Which application the caller claims to be.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Checks the proof. It must be of the registered kind: a secret is no use for an application that registered a key, and
    /// a missing one is no use for an application that has a secret. A secret may come in the header or in the body,
    /// whichever of the two is registered.
    ///
    /// # Errors
    /// `invalid_client`, the same whether the application is unknown, disabled, or the proof is wrong.
    pub fn authenticate<'a>(
        &self,
        application: Option<&'a Application>,
        verifier: &Verifier<'_>,
    ) -> Result<AuthenticatedClient<'a>, TokenError> {
        let known = application.filter(|application| application.client_id == self.client_id);
        let method = known.map(|application| application.protocol.auth_method());
        let hash = known.and_then(|application| application.client_secret_hash.as_deref());
        let has_secret = method.is_some_and(ClientAuthMethod::is_by_secret);
        let mut used = None;
        let proven = match &self.proof {
            Proof::Basic { decoded, raw } => {
                // Both are always compared, so that time does not tell which spelling is right.
                let proven = verifier.secrets.matches(decoded, hash) | verifier.secrets.matches(raw, hash);
                proven && has_secret
            }
            Proof::Post(secret) => verifier.secrets.matches(secret, hash) && has_secret,
            Proof::Assertion(jwt) => {
                used = known.and_then(|application| assertion::verify(jwt.expose(), application, verifier).ok());
                used.is_some() && method == Some(ClientAuthMethod::PrivateKeyJwt)
            }
            Proof::None => method == Some(ClientAuthMethod::None),
        };
        match known.filter(|application| proven && application.enabled) {
            Some(application) => Ok(AuthenticatedClient {
                application,
                assertion: used,
            }),
            None => Err(TokenError::INVALID_CLIENT),
        }
    }
}

/// `Authorization: Basic` with both halves form-encoded (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<PresentedClient> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") || encoded.len() > 4096 {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client_id, raw) = text.split_once(':')?;
    let decoded = decode(raw).unwrap_or_else(|_| raw.to_owned());
    let proof = Proof::Basic {
        decoded: SecretText::new(decoded),
        raw: SecretText::new(raw),
    };
    Some(PresentedClient {
        client_id: decode(client_id).ok()?,
        proof,
    })
}

/// An assertion names its application itself (RFC 7523 §3: `sub`); `client_id` beside it is optional.
fn by_assertion(jwt: &str, params: &Params) -> Result<PresentedClient, TokenError> {
    #[derive(Deserialize)]
    struct Named {
        sub: String,
    }
    if params.get("client_assertion_type") != Some(JWT_BEARER) {
        return Err(TokenError::new(
            TokenErrorCode::InvalidRequest,
            "The client_assertion_type is not supported.",
        ));
    }
    let named: Named = Compact::parse(jwt)
        .and_then(|token| token.peek())
        .map_err(|_| TokenError::INVALID_CLIENT)?;
    Ok(PresentedClient {
        client_id: named.sub,
        proof: Proof::Assertion(SecretText::new(jwt)),
    })
}
