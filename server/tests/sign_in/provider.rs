//! An identity provider in the place of the world: real signatures, answers bent by the test.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::application::SigningAlg;
use doorward_domain::{Claims, Timestamp};
use doorward_federation::{Fetch, FetchError, OutboundRequest, OutboundResponse};
use doorward_oidc::jose::SigningKeys;
use doorward_oidc::mint::IdToken;
use doorward_server::clock::Clock;
use serde_json::json;
use url::Url;

use crate::world::TestClock;

pub const ISSUER: &str = "https://idp.example.com";
/// What the provider gives as access token.
pub const UPSTREAM_TOKEN: &str = "upstream-token-of-the-provider";

/// Who signs in at the provider, and what it says of them.
#[derive(Clone)]
pub struct Persona {
    pub subject: String,
    pub claims: Claims,
    /// Bends the ID token.
    pub issuer: String,
    pub audience: String,
    pub nonce: Option<String>,
    /// How far the provider's clock is from ours, in seconds.
    pub clock_seconds: i64,
    /// How long ago they proved who they are at the provider, in seconds.
    pub proven_seconds_ago: i64,
    /// What it says it checked (RFC 8176).
    pub amr: &'static str,
    /// The ID token is signed with a key that is not published.
    pub unknown_key: bool,
    /// What the provider calls the session (`sid`).
    pub session: Option<String>,
}

impl Persona {
    pub fn new(subject: &str, claims: serde_json::Value) -> Self {
        Self {
            subject: subject.into(),
            claims: claims.as_object().cloned().expect("an object"),
            issuer: ISSUER.into(),
            audience: "doorward".into(),
            nonce: None,
            clock_seconds: 0,
            proven_seconds_ago: 0,
            amr: "pwd",
            unknown_key: false,
            session: None,
        }
    }

    /// The same person in this session of the provider.
    pub fn in_session(self, session: &str) -> Self {
        Self {
            session: Some(session.to_owned()),
            ..self
        }
    }

    pub fn verified(subject: &str, email: &str) -> Self {
        Self::new(
            subject,
            json!({"email": email, "email_verified": true, "given_name": "Anna"}),
        )
    }

    /// Somebody whose provider does not say that the address is theirs.
    pub fn unverified(subject: &str, email: &str) -> Self {
        Self::new(
            subject,
            json!({"email": email, "email_verified": false, "given_name": "Anna"}),
        )
    }
}

/// What another server answers.
#[derive(Clone)]
pub enum Elsewhere {
    /// Status, media type, body.
    Answer(u16, &'static str, Vec<u8>),
    Fault(FetchError),
}

impl Elsewhere {
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::Answer(status, "application/json", body.to_string().into_bytes())
    }
}

pub struct Provider {
    /// By address: what servers beside the provider answer, and what they were sent.
    elsewhere: Mutex<HashMap<String, Elsewhere>>,
    requests: Mutex<Vec<OutboundRequest>>,
    keys: SigningKeys,
    unpublished: SigningKeys,
    /// What stands where the key set should be.
    instead_of_keys: Mutex<Option<serde_json::Value>>,
    clock: Arc<TestClock>,
    /// By code: who it is for, the nonce and the challenge of the request.
    codes: Mutex<HashMap<String, (Persona, String, String)>>,
    /// ID tokens it has signed.
    issued: Mutex<Vec<String>>,
    /// Requests to the provider itself.
    calls: AtomicU64,
}

impl Provider {
    pub fn new(clock: Arc<TestClock>) -> Self {
        let keys = || SigningKeys::generate(Timestamp::UNIX_EPOCH).expect("keys");
        Self {
            elsewhere: Mutex::default(),
            requests: Mutex::default(),
            keys: keys(),
            unpublished: keys(),
            instead_of_keys: Mutex::default(),
            clock,
            codes: Mutex::default(),
            issued: Mutex::default(),
            calls: AtomicU64::new(0),
        }
    }

    /// Lets a server beside the provider answer.
    pub fn answer_elsewhere(&self, address: &str, answer: Elsewhere) {
        self.elsewhere
            .lock()
            .expect("answers")
            .insert(address.to_owned(), answer);
    }

    /// What servers beside the provider were sent.
    pub fn requests_elsewhere(&self) -> Vec<OutboundRequest> {
        self.requests.lock().expect("requests").clone()
    }

    fn fetch_elsewhere(&self, request: &OutboundRequest) -> Result<OutboundResponse, FetchError> {
        self.requests.lock().expect("requests").push(request.clone());
        let known = self
            .elsewhere
            .lock()
            .expect("answers")
            .get(request.url.as_str())
            .cloned();
        match known.unwrap_or(Elsewhere::Fault(FetchError::Unresolved)) {
            Elsewhere::Fault(fault) => Err(fault),
            Elsewhere::Answer(status, content_type, body) => Ok(OutboundResponse {
                status,
                content_type: Some(content_type.to_owned()),
                body,
            }),
        }
    }

    /// Publishes something else where the key set was.
    pub fn publish_instead_of_keys(&self, nonsense: serde_json::Value) {
        *self.instead_of_keys.lock().expect("keys") = Some(nonsense);
    }

    /// How often the provider itself was asked.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// The ID tokens it has signed.
    pub fn issued(&self) -> Vec<String> {
        self.issued.lock().expect("tokens").clone()
    }

    /// The person signs in at the provider: where the browser is sent back to.
    pub fn sign_in(&self, authorize: &str, persona: &Persona) -> String {
        let url = Url::parse(authorize).expect("an address");
        assert_eq!(url.host_str(), Some("idp.example.com"), "at the provider");
        let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["code_challenge_method"], "S256", "S27");
        let code = format!("provider-code-{}", self.codes.lock().expect("codes").len());
        let kept = (persona.clone(), asked["nonce"].clone(), asked["code_challenge"].clone());
        self.codes.lock().expect("codes").insert(code.clone(), kept);
        let back = Url::parse_with_params(&asked["redirect_uri"], [("code", &code), ("state", &asked["state"])]);
        back.expect("an address")
            .to_string()
            .replace("http://localhost:8080", "")
    }

    /// Signs what a test makes up, with the published key or with another one.
    pub fn sign(&self, typ: &str, claims: &serde_json::Value, is_published: bool) -> String {
        let keys = if is_published { &self.keys } else { &self.unpublished };
        let key = keys.signer(SigningAlg::ES256, self.clock.now()).expect("a key");
        let header = json!({"alg": "ES256", "kid": key.kid(), "typ": typ}).to_string();
        let message = [header, claims.to_string()]
            .map(|part| URL_SAFE_NO_PAD.encode(part))
            .join(".");
        let pair = key.to_pkcs8().expect("exported");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pair).expect("a pair");
        let signature = pair.sign(&SystemRandom::new(), message.as_bytes()).expect("signed");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    fn token(&self, body: &str) -> (u16, serde_json::Value) {
        let form: HashMap<_, _> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let Some((persona, nonce, challenge)) = self.codes.lock().expect("codes").remove(&form["code"]) else {
            return (400, json!({"error": "invalid_grant"}));
        };
        assert_eq!(
            doorward_oidc::token::pkce::challenge(&form["code_verifier"]),
            challenge,
            "S27"
        );
        let now = self.clock.now() + chrono::Duration::seconds(persona.clock_seconds);
        let token = IdToken {
            issuer: &persona.issuer,
            subject: &persona.subject,
            client_id: &persona.audience,
            now,
            life_seconds: 300,
            auth_time: now - chrono::Duration::seconds(persona.proven_seconds_ago),
            nonce: Some(persona.nonce.as_deref().unwrap_or(&nonce)),
            acr: None,
            amr: vec![persona.amr],
            session_id: persona.session.as_deref(),
            access_token: Some(UPSTREAM_TOKEN),
            claims: &persona.claims,
        };
        let keys = if persona.unknown_key {
            &self.unpublished
        } else {
            &self.keys
        };
        let id_token = token.mint(keys, SigningAlg::ES256).expect("signed");
        self.issued.lock().expect("tokens").push(id_token.clone());
        (
            200,
            json!({"access_token": UPSTREAM_TOKEN, "token_type": "Bearer", "id_token": id_token}),
        )
    }
}

#[async_trait]
impl Fetch for Provider {
    async fn fetch(&self, request: OutboundRequest) -> Result<OutboundResponse, FetchError> {
        if request.url.host_str() != Some("idp.example.com") {
            return self.fetch_elsewhere(&request);
        }
        self.calls.fetch_add(1, Ordering::SeqCst);
        // What a provider does on its own machine costs us nothing.
        let mut answer = None;
        allocation_counter::opt_out(|| answer = Some(self.answer(&request)));
        answer.expect("an answer")
    }

    fn check(&self, url: &Url) -> Result<(), FetchError> {
        match url.scheme() {
            "http" if url.host_str() != Some("localhost") => Err(FetchError::InsecureScheme),
            _ => Ok(()),
        }
    }
}

impl Provider {
    fn answer(&self, request: &OutboundRequest) -> Result<OutboundResponse, FetchError> {
        let (status, answer) = match request.url.path() {
            "/.well-known/openid-configuration" => (
                200,
                json!({
                    "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"),
                    "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": format!("{ISSUER}/jwks"),
                    "response_types_supported": ["code"], "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["ES256"]
                }),
            ),
            "/jwks" => {
                let instead = self.instead_of_keys.lock().expect("keys").clone();
                (200, instead.unwrap_or_else(|| self.keys.jwks(self.clock.now())))
            }
            "/token" => self.token(request.body.as_ref().map(|body| body.text.expose()).unwrap_or_default()),
            _ => (404, json!({})),
        };
        let body = serde_json::to_vec(&answer).expect("json");
        Ok(OutboundResponse {
            status,
            content_type: Some("application/json".into()),
            body,
        })
    }
}
