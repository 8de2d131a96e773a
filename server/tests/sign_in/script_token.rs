//! Scripts that ask other servers with a token, which the server gets for them first.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use doorward_domain::finding::{FindingCode, Severity};
use doorward_federation::{FetchError, OutboundRequest};
use http::StatusCode;
use serde_json::json;

use crate::api::call;
use crate::provider::Elsewhere;
use crate::script_http::{RISK, log, sign_in, steps};
use crate::world::World;

crate::on_both!(
    a_token_is_asked_for_and_shown,
    f8_a_token_endpoint_that_gives_none_is_a_failed_request,
    s31_the_token_endpoint_must_be_allowed_too,
    a_token_is_used_again_until_it_ends_or_is_refused,
);

const TOKENS: &str = "https://api.example.com/token";

/// The second step unless the service that wants a token says that the risk is low.
const BY_TOKEN: &str = "
function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) {
        httpPost('https://api.example.com/risk', { a: 1 }, {}, { type: 'clientcredential', properties: {
            consumerKey: 'us:&them', consumerSecret: 'p w%+', tokenEndpoint: 'https://api.example.com/token' } }, {
            onSuccess: function (context, data) { if (data.risk !== 'low') { executeStep(2); } },
            onFail: function (context, data) { executeStep(2); }
        });
    } });
}";

fn a_token(token: &str, life_seconds: Option<u64>) -> Elsewhere {
    let answer = json!({"access_token": token, "token_type": "Bearer", "expires_in": life_seconds});
    Elsewhere::json(200, &answer)
}

/// Where requests went since then, and with which credentials.
fn sent_since(world: &World, before: usize) -> Vec<(String, String)> {
    let sent = world.provider.requests_elsewhere();
    let one = |request: &OutboundRequest| {
        let authorization = request.authorization.as_ref().map(|text| text.expose().to_owned());
        (request.url.path().to_owned(), authorization.unwrap_or_default())
    };
    sent[before..].iter().map(one).collect()
}

async fn a_token_is_asked_for_and_shown(world: &World) {
    let value = "the-value-of-the-key";
    let script = "
    function onLoginRequest(context) {
        callChoreo({ url: 'https://api.example.com/risk', consumerKey: 'us:&them', consumerSecretAlias: 'KEY',
            asgardeoTokenEndpoint: 'https://api.example.com/token', scopes: 'read write' }, { a: 1 }, {
            onSuccess: function (context, data) { fail({ errorMessage: data.echo }); }
        });
    }";
    world.application("bank", json!([["password"]])).await;
    let set = call(world, "PUT", "/applications/bank/secrets/KEY", json!({"value": value})).await;
    assert_eq!(set.status, StatusCode::OK, "{set:?}");
    world.patch("bank", json!({"flow": {"script": script}})).await;
    world.provider.answer_elsewhere(TOKENS, a_token("the-token", None));
    let echo = format!("you sent the-token, not {value}");
    world
        .provider
        .answer_elsewhere(RISK, Elsewhere::json(200, &json!({"echo": echo})));
    let seen = world.browser().authorize("bank", "").await;
    assert_eq!(seen.parameter("error").as_deref(), Some("access_denied"), "{seen:?}");
    let sent = world.provider.requests_elsewhere();
    assert_eq!(sent.len(), 2);
    let body = |at: usize| sent[at].body.as_ref().expect("a body");
    assert_eq!(sent[0].url.as_str(), TOKENS);
    assert_eq!(body(0).content_type, "application/x-www-form-urlencoded");
    assert_eq!(
        body(0).text.expose(),
        "grant_type=client_credentials&scope=read+write",
        "RFC 6749 §4.4.2"
    );
    let basic = sent[0].authorization.as_ref().expect("credentials").expose();
    assert_eq!(
        basic,
        format!("Basic {}", STANDARD.encode(format!("us%3A%26them:{value}"))),
        "RFC 6749 §2.3.1"
    );
    assert_eq!(sent[1].url.as_str(), RISK);
    assert_eq!(body(1).text.expose(), json!({"a": 1}).to_string());
    let bearer = sent[1].authorization.as_ref().expect("credentials").expose();
    assert_eq!(bearer, "Bearer the-token");
    let told = log(world).await;
    assert!(told.contains("you sent (token), not secret_KEY_"), "{told}");
    assert!(!format!("{seen:?}{told}{sent:?}").contains(value));
}

async fn f8_a_token_endpoint_that_gives_none_is_a_failed_request(world: &World) {
    world.scripted("bank", steps(), BY_TOKEN).await;
    world.person("clerk", None, "a good password").await;
    world
        .provider
        .answer_elsewhere(RISK, Elsewhere::json(200, &json!({"risk": "low"})));
    for (case, answer) in [
        ("nobody there", Elsewhere::Fault(FetchError::Unreachable)),
        ("too slow", Elsewhere::Fault(FetchError::TimedOut)),
        (
            "wrong secret",
            Elsewhere::json(401, &json!({"error": "invalid_client"})),
        ),
        ("trouble", Elsewhere::json(500, &json!({}))),
        ("no token", Elsewhere::json(200, &json!({"token_type": "Bearer"}))),
        ("two lines", a_token("a\r\nX-A: b", Some(600))),
        ("a page", Elsewhere::Answer(200, "text/html", b"<p>".to_vec())),
    ] {
        world.provider.answer_elsewhere(TOKENS, answer);
        let before = world.provider.requests_elsewhere().len();
        let seen = sign_in(world).await;
        assert!(seen.body.contains("authenticator app"), "{case}: {seen:?}");
        let sent = sent_since(world, before);
        assert_eq!(sent.len(), 1, "{case}: nothing is sent without a token");
        assert_eq!(sent[0].0, "/token", "{case}");
    }
}

async fn s31_the_token_endpoint_must_be_allowed_too(world: &World) {
    let script = "function onLoginRequest(context) {
        callChoreo({ url: 'https://api.example.com/risk', consumerKey: 'k', consumerSecret: 's',
            asgardeoTokenEndpoint: 'https://other.example.com/token' }, {}, { onFail: function () { executeStep(1); } });
    }";
    world.scripted("bank", json!([["password"]]), script).await;
    let seen = world.browser().authorize("bank", "").await;
    assert_eq!(seen.number(), "1304", "{seen:?}");
    let found = world.services.applications.findings("bank").await.expect("analysed");
    let error = found.iter().find(|f| f.code == FindingCode::ScriptError);
    assert_eq!(
        error.map(|f| (f.severity, f.line)),
        Some((Severity::Error, Some(2))),
        "{found:?}"
    );
    assert!(world.provider.requests_elsewhere().is_empty());
}

async fn a_token_is_used_again_until_it_ends_or_is_refused(world: &World) {
    world.scripted("bank", steps(), BY_TOKEN).await;
    world.person("clerk", None, "a good password").await;
    let fresh: &[&str] = &["/token", "/risk"];
    let kept: &[&str] = &["/risk"];
    for (case, token, later_seconds, status, want, bearer) in [
        ("none yet", "one", 0, 200, fresh, "one"),
        ("kept", "two", 60, 200, kept, "one"),
        ("shortly before its end", "two", 215, 200, fresh, "two"),
        ("kept, and refused", "three", 0, 401, kept, "two"),
        ("forgotten", "three", 0, 200, fresh, "three"),
    ] {
        world.provider.answer_elsewhere(TOKENS, a_token(token, Some(300)));
        world
            .provider
            .answer_elsewhere(RISK, Elsewhere::json(status, &json!({"risk": "low"})));
        world.clock.advance(later_seconds);
        let before = world.provider.requests_elsewhere().len();
        let seen = sign_in(world).await;
        let asked = seen.body.contains("authenticator app");
        assert_eq!(asked, status == 401, "{case}: {seen:?}");
        let sent = sent_since(world, before);
        let paths: Vec<&str> = sent.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, want, "{case}");
        assert_eq!(
            sent.last().map(|(_, authorization)| authorization.as_str()),
            Some(format!("Bearer {bearer}").as_str()),
            "{case}"
        );
    }
}
