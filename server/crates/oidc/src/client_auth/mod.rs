//! Who calls the token endpoint (RFC 6749 §2.3, OpenID Connect Core §9).
//!
//! Read what was presented, look the application up by [`PresentedClient::client_id`], then [`PresentedClient::authenticate`]
//! with whatever the look-up gave, also when it gave nothing: an unknown application and a wrong secret then cost the
//! same and get the same answer.

pub mod assertion;
pub mod refused;
pub mod secret;

pub use assertion::UsedAssertion;
pub use refused::ClientRefused;
pub use secret::SecretHasher;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_domain::Timestamp;
use doorward_domain::application::{Application, ClientAuthMethod};
use doorward_domain::secret::SecretText;
use serde::Deserialize;

use crate::jose::Compact;
use crate::params::{Params, decode};

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
    /// The assertion that must be stored as used before anything is issued; a second use is
    /// [`ClientRefused::AssertionUsed`].
    pub assertion: Option<UsedAssertion>,
}

impl PresentedClient {
    /// Reads the header `Authorization` and the body.
    ///
    /// # Errors
    /// `invalid_request` for more than one method in one request ("MUST NOT", RFC 6749 §2.3), `invalid_client` when
    /// nothing names an application or the header cannot be read.
    pub fn read(authorization: Option<&str>, params: &Params) -> Result<Self, ClientRefused> {
        let secret = params.get("client_secret");
        let assertion = params.get("client_assertion");
        let methods = [authorization.is_some(), secret.is_some(), assertion.is_some()];
        if methods.into_iter().filter(|used| *used).count() > 1 {
            return Err(ClientRefused::SeveralMethods);
        }
        let named = params.get("client_id");
        let presented = match (authorization, assertion, secret) {
            (Some(header), _, _) => basic(header).ok_or(ClientRefused::Header)?,
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
            return Err(ClientRefused::OtherClientId);
        }
        if presented.client_id.is_empty() {
            return Err(ClientRefused::Unnamed);
        }
        Ok(presented)
    }

    /// Which application a request names, wherever it does, also when [`Self::read`] refuses it. Unproven, for our log.
    #[must_use]
    pub fn named(authorization: Option<&str>, params: &Params) -> Option<String> {
        let by_assertion = || by_assertion(params.get("client_assertion")?, params).ok();
        let presented = authorization.and_then(basic).or_else(by_assertion);
        presented
            .map(|presented| presented.client_id)
            .or_else(|| params.get("client_id").map(str::to_owned))
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
    /// Why not, for our log; `invalid_client` for the caller, the same whether the application is unknown, disabled, or the
    /// proof is wrong.
    pub fn authenticate<'a>(
        &self,
        application: Option<&'a Application>,
        verifier: &Verifier<'_>,
    ) -> Result<AuthenticatedClient<'a>, ClientRefused> {
        let known = application.filter(|application| application.client_id == self.client_id);
        let hash = known.and_then(|application| application.client_secret_hash.as_deref());
        // Before anything is answered, so that time tells nobody which applications there are.
        let proven = match &self.proof {
            Proof::Basic { decoded, raw } => {
                // Both are always compared, so that time does not tell which spelling is right.
                let proven = verifier.secrets.matches(decoded, hash) | verifier.secrets.matches(raw, hash);
                proven.then_some(None).ok_or(ClientRefused::Secret)
            }
            Proof::Post(secret) => {
                let proven = verifier.secrets.matches(secret, hash);
                proven.then_some(None).ok_or(ClientRefused::Secret)
            }
            Proof::Assertion(jwt) => known.map_or(Err(ClientRefused::Unknown), |application| {
                let verified = assertion::verify(jwt.expose(), application, verifier);
                verified.map(Some).map_err(ClientRefused::Assertion)
            }),
            Proof::None => Ok(None),
        };
        let application = known.ok_or(ClientRefused::Unknown)?;
        if !self.proof.is_for(application.protocol.auth_method()) {
            return Err(ClientRefused::Method);
        }
        let assertion = proven?;
        if !application.enabled {
            return Err(ClientRefused::Disabled);
        }
        Ok(AuthenticatedClient { application, assertion })
    }
}

impl Proof {
    /// Whether it is of the registered kind.
    fn is_for(&self, registered: ClientAuthMethod) -> bool {
        match self {
            Self::Basic { .. } | Self::Post(_) => registered.is_by_secret(),
            Self::Assertion(_) => registered == ClientAuthMethod::PrivateKeyJwt,
            Self::None => registered == ClientAuthMethod::None,
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
fn by_assertion(jwt: &str, params: &Params) -> Result<PresentedClient, ClientRefused> {
    #[derive(Deserialize)]
    struct Named {
        sub: String,
    }
    if params.get("client_assertion_type") != Some(JWT_BEARER) {
        return Err(ClientRefused::AssertionType);
    }
    let named: Named = Compact::parse(jwt)
        .and_then(|token| token.peek())
        .map_err(|fault| ClientRefused::Assertion(fault.into()))?;
    Ok(PresentedClient {
        client_id: named.sub,
        proof: Proof::Assertion(SecretText::new(jwt)),
    })
}
