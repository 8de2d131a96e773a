//! The authorization request (OpenID Connect Core §3.1.2.1, PKCE: RFC 7636).

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::connection::OidcSettings;
use doorward_domain::secret::SecretText;
use url::Url;

/// Fresh random bytes one request needs: half for the nonce, half for the code verifier.
pub const RANDOM_BYTES: usize = 64;

/// What a single request asks for beyond the connection's settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct BeginOptions<'a> {
    /// Bound to the browser by the caller, unguessable, and given back by the provider.
    pub state: &'a str,
    /// The address or name the person has typed already.
    pub login_hint: Option<&'a str>,
    /// `none`, or one or more of `login`, `consent` and `select_account`, parted by spaces.
    pub prompt: Option<&'a str>,
    /// The person must have signed in at the provider within this many seconds; checked again by `finish`.
    pub max_age_seconds: Option<u32>,
    pub ui_locales: Option<&'a str>,
}

/// A request that is ready to go. `nonce` and `code_verifier` belong to the transaction.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Where the browser goes.
    pub url: Url,
    pub nonce: String,
    /// Never leaves the server before the code is exchanged (RFC 7636 §4.1).
    pub code_verifier: SecretText,
}

/// Makes the request. Parameters of ours win over the administrator's, and these over those in the endpoint's own
/// query; no parameter stands twice.
pub(crate) fn request(
    settings: &OidcSettings,
    endpoint: &Url,
    redirect_uri: &Url,
    options: &BeginOptions<'_>,
    random: &[u8; RANDOM_BYTES],
) -> Begun {
    let (for_nonce, for_verifier) = random.split_at(RANDOM_BYTES / 2);
    let nonce = URL_SAFE_NO_PAD.encode(for_nonce);
    let verifier = URL_SAFE_NO_PAD.encode(for_verifier);
    let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
    let max_age = options.max_age_seconds.map(|seconds| seconds.to_string());

    let mut parameters = Parameters(endpoint.query_pairs().into_owned().collect());
    for (name, value) in &settings.additional_parameters {
        parameters.set(name, value);
    }
    for (name, value) in [
        ("login_hint", options.login_hint),
        ("prompt", options.prompt),
        ("max_age", max_age.as_deref()),
        ("ui_locales", options.ui_locales),
    ] {
        if let Some(value) = value {
            parameters.set(name, value);
        }
    }
    parameters.set("response_type", "code");
    parameters.set("client_id", &settings.client_id);
    parameters.set("redirect_uri", redirect_uri.as_str());
    parameters.set("scope", &settings.scopes.join(" "));
    parameters.set("state", options.state);
    parameters.set("nonce", &nonce);
    parameters.set("code_challenge", &challenge);
    parameters.set("code_challenge_method", "S256");

    let mut url = endpoint.clone();
    url.query_pairs_mut().clear().extend_pairs(&parameters.0);
    Begun {
        url,
        nonce,
        code_verifier: SecretText::new(verifier),
    }
}

struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(other, _)| other != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn settings(more: serde_json::Value) -> OidcSettings {
        let mut all = serde_json::json!({ "issuer": "https://idp.example.com", "client_id": "us & them" });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    fn begin(settings: &OidcSettings, endpoint: &str, options: &BeginOptions<'_>, fill: u8) -> Begun {
        let redirect = Url::parse("https://door.example.com/federation/acme/callback").unwrap();
        let random = std::array::from_fn(|at| fill.wrapping_add(at as u8));
        request(settings, &Url::parse(endpoint).unwrap(), &redirect, options, &random)
    }

    #[test]
    fn s27_every_request_carries_pkce_state_and_nonce() {
        let options = BeginOptions {
            state: "the state",
            ..BeginOptions::default()
        };
        let begun = begin(
            &settings(serde_json::json!({})),
            "https://idp.example.com/authorize",
            &options,
            7,
        );
        let sent: HashMap<_, _> = begun.url.query_pairs().into_owned().collect();
        let challenge =
            URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, begun.code_verifier.expose().as_bytes()));
        for (name, want) in [
            ("response_type", "code"),
            ("client_id", "us & them"),
            ("redirect_uri", "https://door.example.com/federation/acme/callback"),
            ("scope", "openid email profile"),
            ("state", "the state"),
            ("nonce", &begun.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(sent.get(name).map(String::as_str), Some(want), "S27: {name}");
        }
        assert_eq!(
            begun.code_verifier.expose().len(),
            43,
            "RFC 7636 §4.1: at least 43 characters"
        );
        assert!(
            !begun.url.as_str().contains(begun.code_verifier.expose()),
            "the verifier stays here"
        );
        assert_ne!(begun.nonce, begun.code_verifier.expose()[..], "drawn apart");
    }

    #[test]
    fn what_we_set_wins_and_stands_once() {
        let settings = settings(serde_json::json!({ "additional_parameters":
            [["nonce", "fixed"], ["prompt", "consent"], ["hd", "example.com"], ["code_challenge_method", "plain"]] }));
        let options = BeginOptions {
            state: "s",
            prompt: Some("login"),
            max_age_seconds: Some(60),
            ..BeginOptions::default()
        };
        let begun = begin(
            &settings,
            "https://idp.example.com/a?p=b2c&state=x&hd=other",
            &options,
            1,
        );
        let mut names: Vec<_> = begun.url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        let sent: HashMap<_, _> = begun.url.query_pairs().into_owned().collect();
        for (name, want) in [
            ("p", "b2c"),
            ("hd", "example.com"),
            ("prompt", "login"),
            ("max_age", "60"),
            ("state", "s"),
            ("code_challenge_method", "S256"),
            ("nonce", begun.nonce.as_str()),
        ] {
            assert_eq!(sent.get(name).map(String::as_str), Some(want), "{name}");
        }
        let total = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), total, "RFC 6749 §3.1: no parameter twice");
    }
}
