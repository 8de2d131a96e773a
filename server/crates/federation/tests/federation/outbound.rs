//! The outbound client against servers that try to lead it astray (S31, F3, F8).

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use doorward_federation::http::{ANSWER_LIMIT, DOCUMENT_LIMIT};
use doorward_federation::{
    Fault, FaultKind, Federation, Fetch, FetchError, Limits, OutboundClient, OutboundRequest, OutboundSettings,
};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use url::Url;

use crate::support::broker::{connection, patient_for};
use crate::support::{Broker, Idp, Reply, Server};

fn client(allow_private: bool) -> OutboundClient {
    OutboundClient::new(OutboundSettings {
        allow_private,
        ..OutboundSettings::default()
    })
}

async fn get(client: &OutboundClient, url: &str, limit: usize) -> Result<u16, FetchError> {
    let url = Url::parse(url).unwrap();
    client
        .fetch(OutboundRequest::get_json(url, limit))
        .await
        .map(|response| response.status)
}

#[tokio::test]
async fn s31_names_of_private_addresses_are_refused_after_dns() {
    let server = Server::start(|_| Reply::Json(200, json!({}))).await;
    let port = server.origin.rsplit_once(':').unwrap().1;
    let guarded = client(false);
    // The name passes every look at the text; only its address gives it away.
    assert_eq!(
        get(&guarded, &format!("https://localhost:{port}/"), 100).await,
        Err(FetchError::AddressRefused),
        "S31"
    );
    assert_eq!(
        get(&guarded, &format!("https://127.0.0.1:{port}/"), 100).await,
        Err(FetchError::AddressRefused),
        "S31"
    );
    assert_eq!(
        get(&guarded, &format!("http://localhost:{port}/"), 100).await,
        Err(FetchError::InsecureScheme),
        "S31"
    );
    assert_eq!(server.accepted.load(Ordering::Relaxed), 0, "S31: nothing was opened");
    assert_eq!(
        get(&client(true), &format!("http://localhost:{port}/"), 100).await,
        Ok(200),
        "development"
    );
}

#[tokio::test]
async fn s31_test_and_sign_in_use_the_same_client() {
    let idp = Idp::start().await;
    let federation = Federation::new(Arc::new(client(false)), Limits::default());
    let connection = connection(1, json!({ "issuer": idp.issuer }));
    let refused = |source| Fault::Fetch {
        call: doorward_federation::Call::Discovery,
        source,
    };
    assert_eq!(
        federation.discover(&idp.issuer).await.unwrap_err(),
        refused(FetchError::InsecureScheme),
        "S31"
    );
    assert_eq!(
        federation.check(&connection).await.unwrap_err().fault,
        refused(FetchError::InsecureScheme),
        "S31"
    );
    let broker = Broker { federation, connection };
    assert_eq!(
        broker.begin().await.unwrap_err().fault,
        refused(FetchError::InsecureScheme),
        "S31"
    );
    assert_eq!(refused(FetchError::AddressRefused).kind(), FaultKind::Misconfigured);
    assert_eq!(
        idp.server.accepted.load(Ordering::Relaxed),
        0,
        "S31: nothing was opened"
    );
}

#[tokio::test]
async fn s31_private_issuers_are_refused_in_test_and_sign_in() {
    for issuer in [
        "https://127.0.0.1",
        "https://localhost",
        "https://169.254.169.254",
        "https://10.0.0.1",
        "https://192.168.1.1:8443",
        "https://[::1]",
        "https://[fd00::1]",
        "https://[::ffff:10.0.0.1]",
    ] {
        let federation = Federation::new(Arc::new(client(false)), Limits::default());
        let connection = connection(1, json!({ "issuer": issuer }));
        let refused = Fault::Fetch {
            call: doorward_federation::Call::Discovery,
            source: FetchError::AddressRefused,
        };
        assert_eq!(federation.discover(issuer).await.unwrap_err(), refused, "S31: {issuer}");
        assert_eq!(
            federation.check(&connection).await.unwrap_err().fault,
            refused,
            "S31: {issuer}"
        );
        let broker = Broker { federation, connection };
        assert_eq!(broker.begin().await.unwrap_err().fault, refused, "S31: {issuer}");
    }
}

#[tokio::test]
async fn s31_a_public_document_cannot_lead_inside() {
    let idp = Idp::start().await;
    let guarded = Arc::new(client(false));
    guarded.except(Some(Url::parse(&format!("{}/.well-known", idp.issuer)).unwrap()));
    let federation = Federation::new(guarded, Limits::default());
    let broker = Broker {
        federation,
        connection: connection(1, json!({ "issuer": idp.issuer })),
    };
    let fault = broker.begin().await.unwrap_err().fault;
    assert!(
        matches!(
            fault,
            Fault::EndpointRefused {
                source: FetchError::InsecureScheme,
                ..
            }
        ),
        "S31: {fault:?}"
    );
}

#[tokio::test]
async fn our_own_test_provider_works_through_the_guarded_client() {
    let idp = Idp::start().await;
    let guarded = Arc::new(client(false));
    guarded.except(Some(Url::parse(&idp.issuer).unwrap()));
    let federation = Federation::new(Arc::clone(&guarded) as Arc<dyn Fetch>, Limits::default());
    let broker = Broker {
        federation,
        connection: connection(1, json!({ "issuer": idp.issuer })),
    };
    assert!(broker.sign_in(&idp).await.is_ok());
    assert_eq!(
        get(&guarded, &format!("{}/console", idp.server.origin), 100).await,
        Err(FetchError::InsecureScheme)
    );
}

#[tokio::test]
async fn f8_redirects_stay_within_the_origin() {
    let elsewhere = Server::start(|_| Reply::Json(200, json!({}))).await;
    let away = elsewhere.origin.clone();
    let server = Server::start(move |request| match request.path.as_str() {
        "/moved" => Reply::Redirect(301, "/end".into()),
        "/twice" => Reply::Redirect(302, "/moved".into()),
        "/loop" => Reply::Redirect(307, "/loop".into()),
        "/away" => Reply::Redirect(302, format!("{away}/")),
        "/scheme-relative" => Reply::Redirect(302, format!("//{}/", away.trim_start_matches("http://"))),
        "/backslash" => Reply::Redirect(302, format!("\\\\{}/", away.trim_start_matches("http://"))),
        "/script" => Reply::Redirect(302, "javascript:alert(1)".into()),
        "/file" => Reply::Redirect(302, "file:///etc/passwd".into()),
        "/nowhere" => Reply::Redirect(302, String::new()),
        _ => Reply::Json(200, json!({})),
    })
    .await;
    let client = client(true);
    for (path, want) in [
        ("/end", Ok(200)),
        ("/moved", Ok(200)),
        ("/twice", Ok(200)),
        ("/loop", Err(FetchError::Redirected)),
        ("/away", Err(FetchError::Redirected)),
        ("/scheme-relative", Err(FetchError::Redirected)),
        ("/backslash", Err(FetchError::Redirected)),
        ("/script", Err(FetchError::Redirected)),
        ("/file", Err(FetchError::Redirected)),
        ("/nowhere", Err(FetchError::Redirected)),
    ] {
        assert_eq!(
            get(&client, &format!("{}{path}", server.origin), 100).await,
            want,
            "F8: {path}"
        );
    }
    assert_eq!(
        elsewhere.accepted.load(Ordering::Relaxed),
        0,
        "F8: nobody else was asked"
    );
}

#[tokio::test]
async fn f8_headers_are_never_redirected() {
    let server = Server::start(|request| match request.path.as_str() {
        "/moved" => Reply::Redirect(301, "/end".into()),
        _ => Reply::Json(200, json!({})),
    })
    .await;
    let mut request = OutboundRequest::get_json(Url::parse(&format!("{}/moved", server.origin)).unwrap(), 100);
    request.headers.insert("x-api-key", "key".parse().unwrap());
    let answer = client(true).fetch(request).await;
    assert_eq!(answer.map(|answer| answer.status), Err(FetchError::Redirected));
}

#[tokio::test]
async fn f8_codes_and_tokens_are_never_redirected() {
    let idp = Idp::start().await;
    let broker = Broker::with(&idp, json!({ "fetch_userinfo": true }));
    broker.sign_in(&idp).await.unwrap();
    idp.set(|script| script.token = Some(Reply::Redirect(307, "/idp/elsewhere".into())));
    let fault = broker.sign_in(&idp).await.unwrap_err();
    assert_eq!(
        fault,
        Fault::Fetch {
            call: doorward_federation::Call::Token,
            source: FetchError::Redirected
        }
    );
    assert_eq!(idp.calls("/elsewhere"), 0, "not even within the origin");
}

#[tokio::test]
async fn f3_endless_answers_are_cut() {
    assert_eq!((ANSWER_LIMIT, DOCUMENT_LIMIT), (256 * 1024, 1024 * 1024), "F3");
    for (case, reply) in [
        ("10 GB announced", Reply::Announced(10 * 1024 * 1024 * 1024)),
        ("endless", Reply::Endless),
    ] {
        let idp = Idp::start().await;
        idp.set(|script| script.discovery = Some(reply.clone()));
        let broker = Broker::new(&idp);
        let too_large = |call, limit| Fault::Fetch {
            call,
            source: FetchError::TooLarge { limit },
        };
        let fault = broker.sign_in(&idp).await.unwrap_err();
        assert_eq!(
            fault,
            too_large(doorward_federation::Call::Discovery, DOCUMENT_LIMIT),
            "F3: {case}"
        );
        assert_eq!(fault.kind(), FaultKind::Refused);

        idp.set(|script| {
            script.discovery = None;
            script.jwks = Some(reply.clone());
        });
        let fault = broker.sign_in(&idp).await.unwrap_err();
        assert_eq!(
            fault,
            too_large(doorward_federation::Call::Keys, DOCUMENT_LIMIT),
            "F3: {case}"
        );

        idp.set(|script| {
            script.jwks = None;
            script.instead_of_userinfo = Some(reply.clone());
        });
        let curious = Broker::with(&idp, json!({ "fetch_userinfo": true }));
        let fault = curious.sign_in(&idp).await.unwrap_err();
        assert_eq!(
            fault,
            too_large(doorward_federation::Call::Userinfo, ANSWER_LIMIT),
            "F3: {case}"
        );

        idp.set(|script| {
            script.instead_of_userinfo = None;
            script.token = Some(reply);
        });
        let fault = broker.sign_in(&idp).await.unwrap_err();
        assert_eq!(
            fault,
            too_large(doorward_federation::Call::Token, ANSWER_LIMIT),
            "F3: {case}"
        );
    }
}

#[tokio::test]
async fn f3_answers_that_never_come_to_an_end_otherwise() {
    let federation = patient_for(Duration::from_secs(1));
    for (case, reply, kind) in [
        ("endless headers", Reply::EndlessHeaders, FaultKind::Unreachable),
        ("hung up", Reply::HangUp, FaultKind::Unreachable),
        ("broken off", Reply::BreakOff, FaultKind::Unreachable),
        ("F2: silence", Reply::Hang, FaultKind::Slow),
    ] {
        let server = Server::start(move |_| reply.clone()).await;
        let fault = federation.discover(&server.origin).await.unwrap_err();
        assert_eq!(fault.kind(), kind, "F3: {case}: {fault:?}");
    }
}

#[tokio::test]
async fn a_host_that_does_not_speak_tls_is_told_apart_from_one_that_is_down() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let got = get(&client(true), &format!("https://127.0.0.1:{port}/"), 100).await;
    assert_eq!(got, Err(FetchError::InsecureConnection));
}
