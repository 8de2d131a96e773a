//! An application, a clock that stands still, and keys.

use std::sync::OnceLock;

use doorward_domain::application::{Application, ApplicationDraft, ClientAuthMethod, ClientType, Credentials};
use doorward_domain::id::ApplicationId;
use doorward_domain::secret::SecretText;
use doorward_domain::{Claims, Timestamp};
use doorward_oidc::Params;
use doorward_oidc::authorize::{AuthorizationError, AuthorizationRequest, Delivery, RefusedOnPage, identify};
use doorward_oidc::client_auth::SecretHasher;
use doorward_oidc::jose::SigningKeys;
use serde_json::json;

pub const ISSUER: &str = "https://id.example.com";
pub const TOKEN_ENDPOINT: &str = "https://id.example.com/oauth2/token";
pub const REDIRECT: &str = "https://app.example.com/cb";
pub const SECRET: &str = "a-secret-of-32-characters-0123456";
/// The pair of RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub fn now() -> Timestamp {
    at(1_800_000_000)
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 0).expect("a time")
}

pub fn hasher() -> SecretHasher {
    SecretHasher::new(&[1; 32])
}

/// Generating an RSA key takes a while, so all tests share one set.
pub fn keys() -> &'static SigningKeys {
    static KEYS: OnceLock<SigningKeys> = OnceLock::new();
    KEYS.get_or_init(|| SigningKeys::generate(now()).expect("keys"))
}

/// A confidential web application with the client id `client` and the secret [`SECRET`].
pub fn application() -> Application {
    let draft: ApplicationDraft = serde_json::from_value(json!({
        "handle": "payroll",
        "name": "Payroll",
        "client_id": "client",
        "redirect_uris": [REDIRECT],
        "post_logout_redirect_uris": ["https://app.example.com/bye"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
    }))
    .expect("a draft");
    let hash = hasher().hash(&SecretText::new(SECRET));
    let credentials = Credentials {
        client_id: "client".to_owned(),
        client_secret_hash: Some(hash),
    };
    draft
        .create(ApplicationId::from_random([1; 16]), credentials, |_| true, now())
        .expect("an application")
}

pub fn public_application() -> Application {
    let mut application = application();
    application.protocol.client_type = ClientType::Public;
    application.protocol.token_endpoint_auth_method = Some(ClientAuthMethod::None);
    application.client_secret_hash = None;
    application
}

/// The parameters of an ordinary request, with some replaced; a value of `None` takes one away.
pub fn params(changes: &[(&str, Option<&str>)]) -> Params {
    let ordinary = [
        ("client_id", "client"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "st"),
        ("nonce", "no"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let kept = ordinary
        .iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
        .copied();
    let changed = changes.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    form(&kept.chain(changed).collect::<Vec<_>>())
}

pub fn form(pairs: &[(&str, &str)]) -> Params {
    let owned = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Params::from_pairs(owned).expect("parameters")
}

pub fn identified(params: &Params, application: &Application) -> Result<(), RefusedOnPage> {
    identify(params, |id| (id == application.client_id).then_some(application)).map(|_| ())
}

pub fn authorize(
    application: &Application,
    changes: &[(&str, Option<&str>)],
) -> Result<AuthorizationRequest, AuthorizationError> {
    let params = params(changes);
    identify(&params, |id| (id == application.client_id).then_some(application))
        .expect("identified")
        .validate()
}

/// The code of the error an application is told.
pub fn refused(application: &Application, changes: &[(&str, Option<&str>)]) -> &'static str {
    authorize(application, changes).expect_err("refused").code.as_str()
}

pub fn request() -> AuthorizationRequest {
    authorize(&application(), &[]).expect("a request")
}

pub fn location(delivery: Delivery) -> String {
    match delivery {
        Delivery::Redirect(location) => location,
        Delivery::FormPost { .. } => panic!("a form instead of a redirect"),
    }
}

pub fn claims(value: serde_json::Value) -> Claims {
    value.as_object().expect("an object").clone()
}

/// A person with everything.
pub fn person() -> Claims {
    claims(json!({
        "name": "Person One", "given_name": "Person", "family_name": "One", "preferred_username": "person",
        "locale": "en", "updated_at": 1_700_000_000, "email": "person@example.com", "email_verified": true,
        "phone_number": "+1 555 0100", "address": {"locality": "Springfield", "country": "US"},
        "groups": ["staff", "payroll"], "cost_center": "4711",
    }))
}
