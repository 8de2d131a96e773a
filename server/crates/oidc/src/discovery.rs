//! The discovery document (OpenID Connect Discovery 1.0 §3, RFC 8414 §2).

use doorward_domain::application::{ClientAuthMethod, GrantType, SigningAlg, SubjectType};
use serde_json::{Value, json};

use crate::authorize::Prompt;
use crate::claims;
use crate::jose::public_key::ASSERTION_ALGS;
use crate::scope::Scope;

/// Paths of the endpoints, below the issuer.
pub mod path {
    /// Discovery document, for OpenID Connect clients.
    pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
    /// Authorization endpoint.
    pub const AUTHORIZE: &str = "/oauth2/authorize";
    /// Token endpoint.
    pub const TOKEN: &str = "/oauth2/token";
    /// Userinfo endpoint.
    pub const USERINFO: &str = "/oauth2/userinfo";
    /// Introspection endpoint.
    pub const INTROSPECT: &str = "/oauth2/introspect";
    /// Revocation endpoint.
    pub const REVOKE: &str = "/oauth2/revoke";
    /// Key document.
    pub const JWKS: &str = "/oauth2/jwks";
    /// Logout endpoint.
    pub const LOGOUT: &str = "/oauth2/logout";
}

/// What depends on how the server is set up.
#[derive(Debug, Clone, Copy)]
pub struct Features<'a> {
    /// Languages of the hosted pages.
    pub ui_locales: &'a [&'a str],
    /// Levels a sign-in can reach.
    pub acr_values: &'a [&'a str],
    /// Whether people can register themselves (`prompt=create`).
    pub registration: bool,
}

/// The discovery document of an issuer without a slash at its end.
///
/// It tells what works and nothing else. Members whose default would claim more (`request_uri_parameter_supported` is
/// true when missing!) are spelled out.
#[must_use]
pub fn document(issuer: &str, features: &Features<'_>) -> Value {
    let prompts = Prompt::ALL.iter().filter(|prompt| match prompt {
        Prompt::Silent | Prompt::Login | Prompt::SelectAccount => true,
        // Taken, because OpenID Connect Core §11 has applications send it, but there is no page for it.
        Prompt::Consent => false,
        Prompt::Create => features.registration,
    });
    let at = |path: &str| [issuer, path].concat();
    let every_method = [
        ClientAuthMethod::ClientSecretBasic,
        ClientAuthMethod::ClientSecretPost,
        ClientAuthMethod::PrivateKeyJwt,
        ClientAuthMethod::None,
    ];
    let proves = |method: &&ClientAuthMethod| **method != ClientAuthMethod::None;
    let with_a_proof: Vec<_> = every_method.iter().filter(proves).collect();
    json!({
        "issuer": issuer,
        "authorization_endpoint": at(path::AUTHORIZE),
        "token_endpoint": at(path::TOKEN),
        "userinfo_endpoint": at(path::USERINFO),
        "introspection_endpoint": at(path::INTROSPECT),
        "revocation_endpoint": at(path::REVOKE),
        "jwks_uri": at(path::JWKS),
        "end_session_endpoint": at(path::LOGOUT),
        "scopes_supported": Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials],
        "subject_types_supported": [SubjectType::Public, SubjectType::Pairwise],
        "id_token_signing_alg_values_supported": SigningAlg::ALL,
        "token_endpoint_auth_methods_supported": every_method,
        "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGS,
        "revocation_endpoint_auth_methods_supported": every_method,
        "revocation_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGS,
        // Not by those without a proof: whoever found a token could ask in their name (RFC 7662 §2.1).
        "introspection_endpoint_auth_methods_supported": with_a_proof,
        "introspection_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGS,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "claims_supported": claims::names().collect::<Vec<_>>(),
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "prompt_values_supported": prompts.map(|prompt| prompt.as_str()).collect::<Vec<_>>(),
        "display_values_supported": ["page", "popup", "touch", "wap"],
        "acr_values_supported": features.acr_values,
        "ui_locales_supported": features.ui_locales,
    })
}
