//! A provider that works unless a test tells it not to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::{Reply, Request, Server, SigningKey, now};

/// What a test changes about the provider. An override answers in the place of the endpoint.
pub struct Script {
    /// The first one signs.
    pub keys: Vec<SigningKey>,
    pub discovery: Option<Reply>,
    pub jwks: Option<Reply>,
    pub token: Option<Reply>,
    pub userinfo: Value,
    pub instead_of_userinfo: Option<Reply>,
    pub metadata: fn(&mut Value),
    pub header: fn(&mut Value),
    pub claims: fn(&mut Value),
    /// The last word on the finished token.
    pub token_text: fn(String) -> String,
    /// Seconds by which the provider's clock is ahead.
    pub clock: i64,
    /// A provider that forgets to check the code verifier.
    pub ignores_pkce: bool,
    pub sends_iss: bool,
    codes: HashMap<String, HashMap<String, String>>,
}

pub struct Idp {
    pub issuer: String,
    pub server: Server,
    script: Arc<Mutex<Script>>,
}

pub const ACCESS_TOKEN: &str = "access-token-1";

impl Idp {
    pub async fn start() -> Self {
        Self::with_key(SigningKey::new("ES256", "key-1")).await
    }

    pub async fn with_key(key: SigningKey) -> Self {
        let script = Arc::new(Mutex::new(Script {
            keys: vec![key],
            discovery: None,
            jwks: None,
            token: None,
            userinfo: json!({ "sub": "alice", "nickname": "Al" }),
            instead_of_userinfo: None,
            metadata: |_| {},
            header: |_| {},
            claims: |_| {},
            token_text: |token| token,
            clock: 0,
            ignores_pkce: false,
            sends_iss: true,
            codes: HashMap::new(),
        }));
        let shared = Arc::clone(&script);
        let server = Server::start(move |request| answer(&mut shared.lock().unwrap(), request)).await;
        Self {
            issuer: format!("{}/idp", server.origin),
            server,
            script,
        }
    }

    /// Changes how the provider behaves from now on.
    pub fn set(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }

    /// What the browser brings back after the person agreed: the raw query of the callback.
    pub fn agree(&self, authorization: &Url) -> String {
        let asked: HashMap<_, _> = authorization.query_pairs().into_owned().collect();
        let mut script = self.script.lock().unwrap();
        let code = format!("code {}", script.codes.len());
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("code", &code).append_pair("state", &asked["state"]);
        if script.sends_iss {
            query.append_pair("iss", &self.issuer);
        }
        script.codes.insert(code, asked);
        query.finish()
    }

    /// How often an endpoint was called, by the end of its path.
    pub fn calls(&self, end: &str) -> usize {
        self.server.paths().iter().filter(|path| path.ends_with(end)).count()
    }
}

fn answer(script: &mut Script, request: &Request) -> Reply {
    let origin = format!("http://{}", request.headers["host"]);
    let issuer = format!("{origin}/idp");
    match request.path.as_str() {
        "/idp/.well-known/openid-configuration" => script.discovery.clone().unwrap_or_else(|| {
            let mut metadata = json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"), "userinfo_endpoint": format!("{issuer}/userinfo"),
                "jwks_uri": format!("{issuer}/jwks"), "authorization_response_iss_parameter_supported": true,
            });
            (script.metadata)(&mut metadata);
            Reply::Json(200, metadata)
        }),
        "/idp/jwks" => script.jwks.clone().unwrap_or_else(|| {
            Reply::Json(
                200,
                json!({ "keys": script.keys.iter().map(SigningKey::jwk).collect::<Vec<_>>() }),
            )
        }),
        "/idp/token" => script.token.clone().unwrap_or_else(|| token(script, request, &issuer)),
        "/idp/userinfo" if request.headers["authorization"] == format!("Bearer {ACCESS_TOKEN}") => {
            let instead = script.instead_of_userinfo.clone();
            instead.unwrap_or_else(|| Reply::Json(200, script.userinfo.clone()))
        }
        _ => Reply::Json(404, json!({})),
    }
}

fn token(script: &mut Script, request: &Request, issuer: &str) -> Reply {
    let form: HashMap<_, _> = form_urlencoded::parse(request.body.as_bytes()).into_owned().collect();
    let basic = request
        .headers
        .get("authorization")
        .and_then(|header| header.strip_prefix("Basic "));
    let client_fine = match basic {
        Some(pair) => STANDARD.decode(pair).is_ok_and(|pair| pair == b"door:top+secret"),
        None => form.get("client_id").is_some_and(|id| id == "door"),
    };
    if !client_fine {
        return Reply::Json(401, json!({ "error": "invalid_client" }));
    }
    let Some(asked) = form.get("code").and_then(|code| script.codes.remove(code)) else {
        return Reply::Json(
            400,
            json!({ "error": "invalid_grant", "error_description": "<b>used</b>" }),
        );
    };
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, form["code_verifier"].as_bytes()));
    let pkce_fine = script.ignores_pkce || asked["code_challenge"] == challenge;
    if !pkce_fine || asked["redirect_uri"] != form["redirect_uri"] {
        return Reply::Json(400, json!({ "error": "invalid_grant" }));
    }
    let at = now().timestamp() + script.clock;
    let hash = digest(&SHA256, ACCESS_TOKEN.as_bytes());
    let mut claims = json!({
        "iss": issuer, "sub": "alice", "aud": "door", "nonce": asked["nonce"], "iat": at, "exp": at + 3600,
        "auth_time": at - 5, "acr": "silver", "amr": ["pwd", "otp"], "email": "alice@example.com", "email_verified": true,
    });
    let key = script.keys[0].clone();
    if key.alg.ends_with("256") {
        claims["at_hash"] = json!(URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]));
    }
    (script.claims)(&mut claims);
    let mut header = json!({ "alg": key.alg, "kid": key.kid, "typ": "JWT" });
    (script.header)(&mut header);
    let id_token = (script.token_text)(key.sign(&header, claims.to_string().as_bytes()));
    Reply::Json(
        200,
        json!({ "access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": id_token }),
    )
}
