//! The demo application's side of OpenID Connect.

use std::sync::Arc;

use doorward_domain::Timestamp;
use doorward_domain::connection::{Connection, ConnectionDraft, OidcSettings, Template, UpstreamAuthMethod};
use doorward_domain::id::ConnectionId;
use doorward_domain::invalid::Invalid;
use doorward_domain::jit::JitSettings;
use doorward_domain::secret::SecretText;
use doorward_domain::subject::VerifiedAssertion;
use doorward_federation::{
    BeginOptions, Begun, Expected, Federation, FederationError, Limits, OutboundClient, OutboundSettings,
    UntrustedCallback,
};
use doorward_oidc::discovery::path;
use doorward_vault::{Keyring, random, random_text};
use serde::{Deserialize, Serialize};
use url::Url;

use super::Example;
use super::seed::client_secret;
use super::session::Sessions;

/// A relying party that knows one provider: this server.
pub struct DemoApp {
    pub(super) example: &'static Example,
    federation: Federation,
    /// This server as seen by its application. The federation code asks for a connection; nothing else uses it.
    provider: Connection,
    redirect_uri: Url,
    /// Where it sends whoever signs out (OpenID Connect RP-Initiated Logout 1.0 §2).
    pub(super) logout: String,
    pub(super) sessions: Sessions,
    pub(super) keyring: Arc<Keyring>,
    pub(super) now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// What the application remembers between sending a browser away and seeing it again.
#[derive(Serialize, Deserialize)]
pub(super) struct Pending {
    pub state: String,
    pub nonce: String,
    pub code_verifier: SecretText,
}

impl DemoApp {
    /// Makes the application. `public_url` has no slash at the end.
    ///
    /// # Errors
    /// When the public URL is no usable issuer.
    pub fn new(
        example: &'static Example,
        public_url: &str,
        keyring: Arc<Keyring>,
        now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Result<Self, Invalid> {
        let client = OutboundClient::new(OutboundSettings::default());
        client.except(Url::parse(public_url).ok());
        let provider = itself(public_url, example.client_id, client_secret(&keyring, example))?;
        let redirect_uri = format!("{public_url}{}", example.callback_path());
        let redirect_uri = Url::parse(&redirect_uri).map_err(|_| Invalid(Vec::new()))?;
        let federation = Federation::new(Arc::new(client), Limits::default());
        Ok(Self {
            example,
            federation,
            provider,
            redirect_uri,
            logout: logout(public_url, example),
            sessions: Sessions::default(),
            keyring,
            now,
        })
    }

    /// Starts a sign-in.
    pub(super) async fn begin(&self) -> Result<(Begun, Pending), FederationError> {
        let state = random_text::<16>();
        let options = BeginOptions {
            state: &state,
            ..BeginOptions::default()
        };
        let begun = self
            .federation
            .begin(&self.provider, &self.redirect_uri, &options, &random())
            .await?;
        let pending = Pending {
            nonce: begun.nonce.clone(),
            code_verifier: begun.code_verifier.clone(),
            state,
        };
        Ok((begun, pending))
    }

    /// Ends a sign-in: exchanges the code, verifies the ID token, asks the userinfo endpoint.
    pub(super) async fn finish(
        &self,
        callback: UntrustedCallback,
        pending: &Pending,
    ) -> Result<VerifiedAssertion, FederationError> {
        let expected = Expected {
            state: &pending.state,
            nonce: &pending.nonce,
            code_verifier: &pending.code_verifier,
            redirect_uri: &self.redirect_uri,
            max_age_seconds: None,
            now: (self.now)(),
        };
        self.federation.finish(&self.provider, callback, expected).await
    }
}

fn logout(public_url: &str, example: &Example) -> String {
    let home = format!("{public_url}{}", example.path);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", example.client_id)
        .append_pair("post_logout_redirect_uri", &home)
        .finish();
    format!("{public_url}{}?{query}", path::LOGOUT)
}

fn itself(public_url: &str, client_id: &str, client_secret: SecretText) -> Result<Connection, Invalid> {
    let Ok(handle) = "doorward".parse() else {
        return Err(Invalid(Vec::new()));
    };
    let draft = ConnectionDraft {
        handle,
        display_name: "Doorward".to_owned(),
        template: Template::Oidc,
        enabled: true,
        oidc: OidcSettings {
            issuer: public_url.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: Some(client_secret),
            scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
            authorization_endpoint: None,
            token_endpoint: None,
            userinfo_endpoint: None,
            jwks_uri: None,
            end_session_endpoint: None,
            token_endpoint_auth_method: UpstreamAuthMethod::ClientSecretBasic,
            fetch_userinfo: true,
            id_token_signing_alg_values: vec![],
            clock_skew_seconds: 60,
            additional_parameters: vec![],
        },
        attributes: vec![],
        username_template: None,
        jit: JitSettings::default(),
        factors_without_account: false,
        otp_to_asserted_email: false,
        trusted_acr: vec![],
        trusted_amr: vec![],
    };
    draft.create(ConnectionId::from_random([0; 16]), Timestamp::UNIX_EPOCH)
}
