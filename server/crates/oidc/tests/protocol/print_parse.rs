//! Parse and print are each other's inverse, and nothing makes a parser panic.

use doorward_domain::id::GrantId;
use doorward_oidc::authorize::{AuthorizationRequest, ClaimsRequest, PromptSet};
use doorward_oidc::client_auth::PresentedClient;
use doorward_oidc::jose::Compact;
use doorward_oidc::token::RefreshTokens;
use doorward_oidc::{Params, ScopeSet};
use proptest::prelude::*;

use crate::fixtures::{ISSUER, application, authorize, location};

proptest! {
    #[test]
    fn requests_survive_the_cookie(
        state in proptest::option::of("[^\\p{Cc}]{1,40}"), hint in proptest::option::of("[^\\p{Cc}]{1,40}"),
        prompt in "(login|consent|none|create|)", max_age in proptest::option::of(0u32..), form_post: bool, email: bool,
    ) {
        let max_age = max_age.map(|seconds| seconds.to_string());
        let request = authorize(&application(), &[
            ("state", state.as_deref()),
            ("login_hint", hint.as_deref()),
            ("prompt", Some(&prompt)),
            ("max_age", max_age.as_deref()),
            ("response_mode", form_post.then_some("form_post")),
            ("scope", Some(if email { "openid email" } else { "openid" })),
            ("claims", email.then_some(r#"{"id_token":{"acr":{"essential":true,"values":["1"]},"x":null}}"#)),
        ]).expect("valid");
        let json = serde_json::to_string(&request).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<AuthorizationRequest>(&json).expect("a request"), request);
    }

    #[test]
    fn responses_carry_exactly_what_was_sent(state in "[^\\p{Cc}]{1,60}", code in "[A-Za-z0-9_-]{1,60}") {
        let request = authorize(&application(), &[("state", Some(&state))]).expect("valid");
        let location = location(request.succeed(ISSUER, &code).deliver());
        let (address, query) = location.split_once('?').expect("a query");
        prop_assert_eq!(address, "https://app.example.com/cb");
        let params = Params::parse(query).expect("parameters");
        prop_assert_eq!(params.get("state"), Some(state.as_str()));
        prop_assert_eq!(params.get("code"), Some(code.as_str()));
        prop_assert_eq!(params.get("iss"), Some(ISSUER));
    }

    #[test]
    fn scopes_and_claims_print_what_they_parse(text in "(openid|email|profile|groups|phone|x| )( (openid|address|offline_access))*") {
        let set = ScopeSet::requested(&text).expect("scopes");
        prop_assert_eq!(ScopeSet::requested(&set.to_string()), Some(set));
        let claims = ClaimsRequest::parse(r#"{"userinfo":{"a":{"essential":true,"value":1}},"id_token":{"b":null}}"#).expect("claims");
        let printed = serde_json::to_string(&claims).expect("JSON");
        prop_assert_eq!(ClaimsRequest::parse(&printed), Some(claims));
    }

    #[test]
    fn refresh_tokens_open_to_what_they_were_issued_for(grant: [u8; 16], generation: u32, key: [u8; 32]) {
        let (tokens, grant) = (RefreshTokens::new(&key), GrantId::from_random(grant));
        prop_assert_eq!(tokens.open(&tokens.issue(&grant, generation)), Some((grant, generation)));
    }

    #[test]
    fn arbitrary_text_is_refused_without_panic(text in ".{0,200}") {
        let _ = Params::parse(&text);
        let _ = ScopeSet::requested(&text);
        let _ = PromptSet::requested(&text);
        let _ = ClaimsRequest::parse(&text);
        prop_assert_eq!(RefreshTokens::new(&[1; 32]).open(&text), None);
        if let Ok(token) = Compact::parse(&text) {
            let _ = token.is_type(&text);
        }
        let _ = PresentedClient::read(Some(&text), &Params::default());
    }
}
