//! Providers that are down, slow or lost (F1, F2, F8).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use doorward_federation::{
    Call, Fault, FaultKind, Federation, Fetch, FetchError, Limits, OutboundRequest, OutboundResponse,
};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::{Instant, advance, pause, resume};
use url::Url;

use crate::support::broker::{connection, patient_for};
use crate::support::{Broker, Idp, Reply};

/// An address on which nobody listens.
async fn dead_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Lets time pass for the caches without letting a timeout of a running call pass.
async fn later(by: Duration) {
    pause();
    advance(by).await;
    resume();
}

#[tokio::test]
async fn f1_a_dead_provider_is_named_and_left_alone_and_the_others_work() {
    let idp = Idp::start().await;
    let healthy = Broker::new(&idp);
    let dead = Broker {
        federation: healthy.federation.clone(),
        connection: connection(2, json!({ "issuer": dead_address().await })),
    };
    let start = Instant::now();
    for attempt in 0..5 {
        let error = dead.begin().await.unwrap_err();
        let want = Fault::Fetch {
            call: Call::Discovery,
            source: FetchError::Unreachable,
        };
        assert_eq!(
            (error.connection.as_str(), &error.fault),
            ("acme2", &want),
            "F1: attempt {attempt}"
        );
        assert_eq!(error.kind(), FaultKind::Unreachable);
        assert!(error.explanation().contains("acme2"), "F1: the connection is named");
    }
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "F1: a page within three seconds"
    );
    assert_eq!(
        dead.begin().await.unwrap_err().fault,
        Fault::CircuitOpen,
        "F1: open after five"
    );
    assert!(healthy.sign_in(&idp).await.is_ok(), "F1: other connections go on");
    later(Duration::from_secs(10)).await;
    let fault = dead.begin().await.unwrap_err().fault;
    assert!(matches!(fault, Fault::Fetch { .. }), "F1: half-open after ten seconds");
    assert_eq!(
        dead.begin().await.unwrap_err().fault,
        Fault::CircuitOpen,
        "F1: and open again"
    );
}

#[tokio::test]
async fn f1_a_provider_that_comes_back_is_used_again() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    idp.set(|script| script.discovery = Some(Reply::HangUp));
    for _ in 0..5 {
        broker.begin().await.unwrap_err();
    }
    idp.set(|script| script.discovery = None);
    assert_eq!(broker.begin().await.unwrap_err().fault, Fault::CircuitOpen);
    later(Duration::from_secs(10)).await;
    assert!(broker.sign_in(&idp).await.is_ok(), "F1");
}

#[tokio::test]
async fn f1_refusals_of_the_provider_open_no_circuit() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    let begun = broker.begin().await.unwrap();
    for _ in 0..10 {
        let forged = format!("code=forged&state={}&iss={}", crate::support::broker::STATE, idp.issuer);
        assert!(matches!(
            broker.finish(&begun, &forged).await,
            Err(Fault::TokenRefused(_))
        ));
    }
    assert!(
        broker.sign_in(&idp).await.is_ok(),
        "nobody can shut a connection by sending nonsense"
    );
}

#[tokio::test]
async fn f2_a_slow_call_ends_and_says_so() {
    let idp = Idp::start().await;
    let mut broker = Broker::new(&idp);
    broker.federation = patient_for(Duration::from_secs(1));
    idp.set(|script| script.token = Some(Reply::Hang));
    let fault = broker.sign_in(&idp).await.unwrap_err();
    assert_eq!(
        fault,
        Fault::Fetch {
            call: Call::Token,
            source: FetchError::TimedOut
        },
        "F2"
    );
    assert_eq!(fault.kind(), FaultKind::Slow);
}

/// Answers nothing, ever.
struct Silence;

#[async_trait]
impl Fetch for Silence {
    async fn fetch(&self, _request: OutboundRequest) -> Result<OutboundResponse, FetchError> {
        std::future::pending().await
    }

    fn check(&self, _url: &Url) -> Result<(), FetchError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn f2_fifty_wait_ten_seconds_and_the_others_are_refused_fast() {
    let federation = Federation::new(Arc::new(Silence), Limits::default());
    let connection = connection(1, json!({ "issuer": "https://idp.example.com" }));
    let broker = Arc::new(Broker { federation, connection });
    let start = Instant::now();
    let mut running = Vec::new();
    for _ in 0..60 {
        let broker = Arc::clone(&broker);
        running.push(tokio::spawn(async move {
            (broker.begin().await.unwrap_err().fault, start.elapsed())
        }));
    }
    let (mut busy, mut slow) = (0, 0);
    for task in running {
        match task.await.unwrap() {
            (Fault::Busy, after) if after <= Duration::from_secs(1) => busy += 1,
            (Fault::TookTooLong, after) if after == Duration::from_secs(10) => slow += 1,
            other => panic!("F2: {other:?}"),
        }
    }
    assert_eq!((slow, busy), (50, 10), "F2");
}

#[tokio::test]
async fn f8_a_lost_discovery_document_is_used_for_seven_days() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    broker.sign_in(&idp).await.unwrap();
    idp.set(|script| {
        script.discovery = Some(Reply::Redirect(302, "https://evil.example.com/".into()));
        script.jwks = Some(Reply::Json(500, json!({})));
    });
    later(Duration::from_secs(3600)).await;
    assert!(
        broker.sign_in(&idp).await.is_ok(),
        "F8: refreshed behind, used meanwhile"
    );
    later(Duration::from_secs(6 * 24 * 3600)).await;
    assert!(broker.sign_in(&idp).await.is_ok(), "F8: after six days");
    assert!(idp.calls("openid-configuration") >= 2, "F8: a new one was asked for");
    later(Duration::from_secs(24 * 3600)).await;
    let fault = broker.sign_in(&idp).await.unwrap_err();
    assert_eq!(
        fault,
        Fault::Fetch {
            call: Call::Discovery,
            source: FetchError::Redirected
        },
        "F8: not after seven"
    );
}

#[tokio::test]
async fn a_saved_change_keeps_what_is_known_and_a_new_issuer_forgets_it() {
    let idp = Idp::start().await;
    let mut broker = Broker::new(&idp);
    broker.sign_in(&idp).await.unwrap();
    broker.connection.version += 1;
    broker.connection.display_name = "New".into();
    broker.sign_in(&idp).await.unwrap();
    assert_eq!(
        idp.calls("openid-configuration"),
        1,
        "another name needs no new document"
    );
    let other = Idp::start().await;
    broker.connection.oidc.issuer.clone_from(&other.issuer);
    assert_eq!(broker.sign_in(&other).await.unwrap().issuer, other.issuer);
    broker.federation.forget(&broker.connection.id);
    broker.sign_in(&other).await.unwrap();
    assert_eq!(other.calls("openid-configuration"), 2, "forgotten and fetched anew");
}
