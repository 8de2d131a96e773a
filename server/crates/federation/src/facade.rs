//! The two halves of a federated sign-in, and what the console asks about a provider.

use std::sync::Arc;
use std::time::Duration;

use doorward_domain::Timestamp;
use doorward_domain::connection::{Connection, OidcSettings};
use doorward_domain::id::ConnectionId;
use doorward_domain::secret::SecretText;
use doorward_domain::subject::VerifiedAssertion;
use tokio::time::{Instant, timeout};
use url::Url;

use crate::algorithm::allowed;
use crate::authorize::{self, BeginOptions, Begun, RANDOM_BYTES};
use crate::callback::UntrustedCallback;
use crate::error::{Call, Fault, FederationError};
use crate::http::Fetch;
use crate::id_token::{self, Expectation, IdToken};
use crate::keys::KeySet;
use crate::logout_token::{self, LogoutFault, VerifiedLogout};
use crate::metadata::{Endpoint, Endpoints, Metadata};
use crate::provider::Alarm;
use crate::provider::Provider;
use crate::registry::Registry;
use crate::token::{self, Tokens};
use crate::userinfo;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// All calls of one half of a sign-in together. F2.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(10),
        }
    }
}

/// What the transaction knows about the callback it waits for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub state: &'a str,
    pub nonce: &'a str,
    pub code_verifier: &'a SecretText,
    pub redirect_uri: &'a Url,
    /// As given to `begin`.
    pub max_age_seconds: Option<u32>,
    /// When the callback arrived.
    pub now: Timestamp,
}

/// What can be told of a provider without signing in.
#[derive(Debug, Clone)]
pub struct Reach {
    /// `None` when every endpoint is typed.
    pub metadata: Option<Metadata>,
    /// Keys that may sign an ID token.
    pub usable_keys: usize,
}

/// Signs people in through connections. Cheap to clone; clones share one memory.
#[derive(Clone)]
pub struct Federation {
    registry: Arc<Registry>,
    limits: Limits,
}

impl Federation {
    /// Makes the engine; nothing is called yet.
    #[must_use]
    pub fn new(fetch: Arc<dyn Fetch>, limits: Limits) -> Self {
        Self {
            registry: Arc::new(Registry::new(fetch, None)),
            limits,
        }
    }

    /// The same, and `alarm` hears of documents that are kept because a provider gives no good new ones.
    #[must_use]
    pub fn with_alarm(fetch: Arc<dyn Fetch>, limits: Limits, alarm: Alarm) -> Self {
        Self {
            registry: Arc::new(Registry::new(fetch, Some(alarm))),
            limits,
        }
    }

    /// Makes the request that sends a browser to the provider. The caller has checked that the connection is enabled,
    /// and keeps state, nonce and code verifier in the transaction.
    ///
    /// # Errors
    /// When the provider is down or its addresses cannot be found or used.
    pub async fn begin(
        &self,
        connection: &Connection,
        redirect_uri: &Url,
        options: &BeginOptions<'_>,
        random: &[u8; RANDOM_BYTES],
    ) -> Result<Begun, FederationError> {
        let provider = self.registry.provider(connection);
        let run = async {
            provider.check_circuit()?;
            let endpoints = gated_endpoints(&provider, &connection.oidc).await?;
            let endpoint = endpoints.require(Endpoint::Authorization)?;
            provider.check_endpoint(Endpoint::Authorization, endpoint)?;
            Ok(authorize::request(
                &connection.oidc,
                endpoint,
                redirect_uri,
                options,
                random,
            ))
        };
        self.bounded(run)
            .await
            .map_err(|fault| FederationError::new(&connection.handle, fault))
    }

    /// Takes the provider's answer, exchanges its code and verifies what comes back.
    ///
    /// # Errors
    /// The first thing that is not as it must be; nothing has been learnt about anybody then.
    pub async fn finish(
        &self,
        connection: &Connection,
        callback: UntrustedCallback,
        expected: Expected<'_>,
    ) -> Result<VerifiedAssertion, FederationError> {
        let provider = self.registry.provider(connection);
        let run = exchange(&provider, connection, callback, &expected);
        self.bounded(run)
            .await
            .map_err(|fault| FederationError::new(&connection.handle, fault))
    }

    /// Reads the discovery document of an issuer that no connection has yet, past every cache.
    ///
    /// # Errors
    /// When it cannot be fetched or is refused.
    pub async fn discover(&self, issuer: &str) -> Result<Metadata, Fault> {
        let stranger = self.registry.stranger(issuer);
        self.bounded(async { stranger.metadata().await.map(|metadata| metadata.as_ref().clone()) })
            .await
    }

    /// Fetches what a connection's sign-ins would need, past every cache: the first half of *Test this connection*.
    ///
    /// # Errors
    /// What a sign-in would fail with.
    pub async fn check(&self, connection: &Connection) -> Result<Reach, FederationError> {
        let provider = self.registry.stranger(&connection.oidc.issuer);
        let run = async {
            let all_typed = crate::metadata::all_typed(&connection.oidc);
            let metadata = if all_typed {
                None
            } else {
                Some(provider.metadata().await?.as_ref().clone())
            };
            let endpoints = Endpoints::of(&connection.oidc, metadata.as_ref());
            for endpoint in [Endpoint::Authorization, Endpoint::Token] {
                provider.check_endpoint(endpoint, endpoints.require(endpoint)?)?;
            }
            let keys = provider.keys(endpoints.require(Endpoint::Keys)?).await?;
            Ok(Reach {
                metadata,
                usable_keys: keys.len(),
            })
        };
        self.bounded(run)
            .await
            .map_err(|fault| FederationError::new(&connection.handle, fault))
    }

    /// Verifies a logout token that somebody sent in the connection's name. The caller has checked that the connection is
    /// enabled, and takes each `jti` once.
    ///
    /// # Errors
    /// `Token` for the first check of OpenID Connect Back-Channel Logout 1.0 §2.6 that fails; `Provider` when the keys to
    /// check it with are not to be had.
    pub async fn verify_logout(
        &self,
        connection: &Connection,
        token: &str,
        now: Timestamp,
    ) -> Result<VerifiedLogout, LogoutFault> {
        let provider = self.registry.provider(connection);
        let run = logout_token::verified(&provider, &connection.oidc, token, now);
        let in_time = timeout(self.limits.total, run).await;
        in_time.unwrap_or(Err(LogoutFault::Provider(Fault::TookTooLong)))
    }

    /// Drops what is kept for a connection that was deleted.
    pub fn forget(&self, connection: &ConnectionId) {
        self.registry.forget(connection);
    }

    async fn bounded<T>(&self, run: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        timeout(self.limits.total, run).await.unwrap_or(Err(Fault::TookTooLong))
    }
}

/// The addresses of a provider; whoever has to wait for its discovery document needs a place to wait.
async fn gated_endpoints(provider: &Arc<Provider>, settings: &OidcSettings) -> Result<Endpoints, Fault> {
    let _place = provider.gate.enter().await.ok_or(Fault::Busy)?;
    provider.endpoints(settings).await
}

/// The second half of a sign-in. The order matters: whatever can be refused without a call is refused first, and the
/// keys come before the code is spent.
async fn exchange(
    provider: &Arc<Provider>,
    connection: &Connection,
    callback: UntrustedCallback,
    expected: &Expected<'_>,
) -> Result<VerifiedAssertion, Fault> {
    let start = Instant::now();
    let settings = &connection.oidc;
    callback.check_state(expected.state).map_err(Fault::Callback)?;
    callback.check_named_issuer(&settings.issuer).map_err(Fault::Callback)?;
    if let Some(code) = callback.error() {
        return Err(Fault::Provider(code));
    }
    let algorithms = allowed(&settings.id_token_signing_alg_values);
    if algorithms.is_empty() {
        return Err(Fault::NoAlgorithm);
    }
    let _place = provider.gate.enter().await.ok_or(Fault::Busy)?;
    let endpoints = provider.endpoints(settings).await?;
    callback
        .check_issuer_named(endpoints.iss_parameter_promised)
        .map_err(Fault::Callback)?;
    let code = callback.into_code().map_err(Fault::Callback)?;
    let keys_url = endpoints.require(Endpoint::Keys)?;
    let keys = provider.keys(keys_url).await?;

    let token_url = endpoints.require(Endpoint::Token)?;
    let request = token::request(
        settings,
        token_url,
        &code,
        expected.code_verifier,
        expected.redirect_uri,
    )?;
    let tokens = token::parse(&provider.call(Call::Token, request).await?)?;
    let expectation = Expectation {
        algorithms: &algorithms,
        issuer: &settings.issuer,
        client_id: &settings.client_id,
        nonce: expected.nonce,
        access_token: tokens.access_token.expose(),
        skew_seconds: settings.clock_skew_seconds,
        max_age_seconds: expected.max_age_seconds,
        // The token was made after the callback arrived; a slow provider must not look like one with a fast clock.
        now: expected.now + start.elapsed(),
    };
    let mut id_token = verify_id_token(provider, keys, keys_url, &tokens, &expectation).await?;
    if settings.fetch_userinfo {
        let request = userinfo::request(endpoints.require(Endpoint::Userinfo)?, &tokens.access_token);
        let response = provider.call(Call::Userinfo, request).await?;
        userinfo::merge(&response, &id_token.subject, &mut id_token.claims)?;
    }
    Ok(assertion(connection, id_token))
}

/// Verifies the ID token, once more with newer keys when the ones at hand do not fit (F5).
async fn verify_id_token(
    provider: &Provider,
    keys: Arc<KeySet>,
    keys_url: &Url,
    tokens: &Tokens,
    expectation: &Expectation<'_>,
) -> Result<IdToken, Fault> {
    let fault = match id_token::verify(tokens.id_token.expose(), &keys, expectation) {
        Ok(id_token) => return Ok(id_token),
        Err(fault) => fault,
    };
    if !fault.may_be_rotation() {
        return Err(Fault::IdToken(fault));
    }
    match provider.other_keys(&keys, keys_url).await {
        Some(newer) => id_token::verify(tokens.id_token.expose(), &newer, expectation).map_err(Fault::IdToken),
        None => Err(Fault::IdToken(fault)),
    }
}

fn assertion(connection: &Connection, id_token: IdToken) -> VerifiedAssertion {
    /// Claims that were for us alone and say nothing about the person.
    const SPENT: [&str; 10] = [
        "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "s_hash",
    ];
    let mut claims = id_token.claims;
    claims.retain(|name, _| !SPENT.contains(&name.as_str()));
    VerifiedAssertion {
        connection: connection.id.clone(),
        issuer: connection.oidc.issuer.clone(),
        subject: id_token.subject,
        claims,
        acr: id_token.acr,
        amr: id_token.amr,
        auth_time: id_token.auth_time,
        session_mark: None,
    }
}
