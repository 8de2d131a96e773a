//! Callbacks that must be refused before the provider is asked for anything (S25, S26, RFC 9207).

use doorward_federation::{CallbackFault, Fault, FaultKind, ProviderErrorCode};
use url::form_urlencoded;

use crate::support::broker::STATE;
use crate::support::{Broker, Idp};

fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

#[tokio::test]
async fn s25_a_callback_from_elsewhere_causes_no_token_request() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    let begun = broker.begin().await.unwrap();
    let ours = idp.issuer.as_str();
    let slash = format!("{ours}/");
    let cases: [(&str, &[(&str, &str)], CallbackFault); 8] = [
        (
            "another issuer",
            &[("code", "c"), ("state", STATE), ("iss", "https://evil.example.com")],
            CallbackFault::WrongIssuer,
        ),
        (
            "RFC 9207 §2.4: almost ours",
            &[("code", "c"), ("state", STATE), ("iss", &slash)],
            CallbackFault::WrongIssuer,
        ),
        (
            "RFC 9207 §2.4: promised and missing",
            &[("code", "c"), ("state", STATE)],
            CallbackFault::IssuerMissing,
        ),
        (
            "an error in another issuer's name",
            &[
                ("error", "access_denied"),
                ("state", STATE),
                ("iss", "https://evil.example.com"),
            ],
            CallbackFault::WrongIssuer,
        ),
        (
            "S26: another browser's state",
            &[("code", "c"), ("state", "other"), ("iss", ours)],
            CallbackFault::WrongState,
        ),
        (
            "S26: no state",
            &[("code", "c"), ("iss", ours)],
            CallbackFault::WrongState,
        ),
        ("no code", &[("state", STATE), ("iss", ours)], CallbackFault::Empty),
        (
            "an empty code",
            &[("code", ""), ("state", STATE), ("iss", ours)],
            CallbackFault::Empty,
        ),
    ];
    for (case, pairs, want) in cases {
        assert_eq!(
            broker.finish(&begun, &query(pairs)).await,
            Err(Fault::Callback(want)),
            "S25: {case}"
        );
    }
    assert_eq!(idp.calls("/token"), 0, "S25: no code is shown to anybody");
}

#[tokio::test]
async fn rfc_9207_2_4_iss_may_be_missing_when_nobody_promised_it() {
    let idp = Idp::start().await;
    idp.set(|script| {
        script.metadata = |metadata| metadata["authorization_response_iss_parameter_supported"] = false.into();
        script.sends_iss = false;
    });
    let broker = Broker::new(&idp);
    broker.sign_in(&idp).await.unwrap();
    let begun = broker.begin().await.unwrap();
    let named = query(&[("code", "c"), ("state", STATE), ("iss", "https://evil.example.com")]);
    assert_eq!(
        broker.finish(&begun, &named).await,
        Err(Fault::Callback(CallbackFault::WrongIssuer)),
        "S25"
    );
}

#[tokio::test]
async fn s25_two_providers_mixed_up() {
    let (honest, evil) = (Idp::start().await, Idp::start().await);
    let broker = Broker::new(&honest);
    let begun = broker.begin().await.unwrap();
    let from_evil = evil.agree(&begun.url);
    let fault = broker.finish(&begun, &from_evil).await;
    assert_eq!(
        fault,
        Err(Fault::Callback(CallbackFault::WrongIssuer)),
        "S25: the code of the one at the other's callback"
    );
    assert_eq!(honest.calls("/token") + evil.calls("/token"), 0);
}

#[tokio::test]
async fn core_3_1_2_6_what_the_provider_says_instead_of_a_code() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    let begun = broker.begin().await.unwrap();
    for (error, code, kind) in [
        ("access_denied", ProviderErrorCode::AccessDenied, FaultKind::Aborted),
        ("login_required", ProviderErrorCode::LoginRequired, FaultKind::Aborted),
        (
            "invalid_scope",
            ProviderErrorCode::InvalidScope,
            FaultKind::Misconfigured,
        ),
        (
            "temporarily_unavailable",
            ProviderErrorCode::TemporarilyUnavailable,
            FaultKind::Unreachable,
        ),
        ("something else", ProviderErrorCode::Other, FaultKind::Refused),
    ] {
        let raw = query(&[("error", error), ("state", STATE), ("code", "c"), ("iss", &idp.issuer)]);
        let fault = broker.finish(&begun, &raw).await.unwrap_err();
        assert_eq!((&fault, fault.kind()), (&Fault::Provider(code), kind), "{error}");
    }
    assert_eq!(idp.calls("/token"), 0, "an error beats a code");
}
