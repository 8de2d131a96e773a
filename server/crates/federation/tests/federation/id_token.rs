//! Claims of hostile ID tokens: one row per check of OpenID Connect Core §3.1.3.7.

use doorward_federation::IdTokenFault::{self, *};
use doorward_federation::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{Broker, Idp, now};

const NOW: i64 = 1_800_000_000;

/// Signs in once with every row's claims and compares the outcome.
async fn try_claims(settings: Value, rows: &[(&str, fn(&mut Value), Result<(), IdTokenFault>)]) {
    let idp = Idp::start().await;
    let broker = Broker::with(&idp, settings);
    for (case, change, want) in rows {
        idp.set(|script| script.claims = *change);
        let got = broker.sign_in(&idp).await.map(|_| ());
        assert_eq!(got, want.map_err(Fault::IdToken), "{case}");
    }
}

#[tokio::test]
async fn f7_s28_the_token_is_for_us_from_them_and_about_this_sign_in() {
    assert_eq!(now().timestamp(), NOW);
    try_claims(
        json!({}),
        &[
            (
                "F7: another issuer",
                |c| c["iss"] = json!("https://evil.example.com"),
                Err(WrongIssuer),
            ),
            (
                "F7: another tenant",
                |c| c["iss"] = json!(format!("{}/other", c["iss"].as_str().unwrap())),
                Err(WrongIssuer),
            ),
            (
                "F7: issuer and a slash",
                |c| c["iss"] = json!(format!("{}/", c["iss"].as_str().unwrap())),
                Err(WrongIssuer),
            ),
            ("no issuer", |c| c["iss"] = Value::Null, Err(Claim("iss"))),
            (
                "S28: for another client",
                |c| c["aud"] = json!("another"),
                Err(WrongAudience),
            ),
            (
                "S28: for other clients",
                |c| c["aud"] = json!(["a", "b"]),
                Err(WrongAudience),
            ),
            ("S28: almost us", |c| c["aud"] = json!("Door"), Err(WrongAudience)),
            ("for nobody", |c| c["aud"] = json!([]), Err(WrongAudience)),
            ("no audience", |c| c["aud"] = Value::Null, Err(Claim("aud"))),
            ("us in a list", |c| c["aud"] = json!(["door"]), Ok(())),
            (
                "step 4: several audiences without azp",
                |c| c["aud"] = json!(["door", "b"]),
                Err(Claim("azp")),
            ),
            (
                "step 5: handed to another",
                |c| {
                    c["aud"] = json!(["door", "b"]);
                    c["azp"] = json!("b");
                },
                Err(WrongParty),
            ),
            (
                "step 5: handed to us",
                |c| {
                    c["aud"] = json!(["b", "door"]);
                    c["azp"] = json!("door");
                },
                Ok(()),
            ),
            (
                "step 5: one audience, handed to another",
                |c| c["azp"] = json!("b"),
                Err(WrongParty),
            ),
            ("azp of a wrong type", |c| c["azp"] = json!(["door"]), Err(WrongParty)),
            ("S27: another nonce", |c| c["nonce"] = json!("x"), Err(WrongNonce)),
            ("S27: no nonce", |c| c["nonce"] = Value::Null, Err(Claim("nonce"))),
            (
                "S28: another access token",
                |c| c["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA"),
                Err(WrongAccessToken),
            ),
            (
                "at_hash of a wrong type",
                |c| c["at_hash"] = json!(7),
                Err(WrongAccessToken),
            ),
            (
                "no at_hash",
                |c| {
                    c.as_object_mut().unwrap().remove("at_hash");
                },
                Ok(()),
            ),
            ("no subject", |c| c["sub"] = Value::Null, Err(Claim("sub"))),
            ("empty subject", |c| c["sub"] = json!(""), Err(Claim("sub"))),
            ("subject of a wrong type", |c| c["sub"] = json!(7), Err(Claim("sub"))),
            ("subject of 255", |c| c["sub"] = json!("a".repeat(255)), Ok(())),
            (
                "subject of 256",
                |c| c["sub"] = json!("a".repeat(256)),
                Err(Claim("sub")),
            ),
            (
                "subject with a zero byte",
                |c| c["sub"] = json!("a\u{0}b"),
                Err(Claim("sub")),
            ),
            ("acr of a wrong type", |c| c["acr"] = json!(2), Err(Claim("acr"))),
            ("amr of a wrong type", |c| c["amr"] = json!([1]), Err(Claim("amr"))),
            ("amr as one word", |c| c["amr"] = json!("mfa"), Ok(())),
            (
                "neither acr nor amr",
                |c| {
                    c["acr"] = Value::Null;
                    c["amr"] = Value::Null;
                },
                Ok(()),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn s11_subjects_are_kept_byte_for_byte() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    let rows: [(fn(&mut Value), &str); 4] = [
        (|c| c["sub"] = json!("Alice"), "Alice"),
        (|c| c["sub"] = json!(" alice "), " alice "),
        (|c| c["sub"] = json!("a\u{301}"), "a\u{301}"),
        (|c| c["sub"] = json!("\u{e1}"), "\u{e1}"),
    ];
    for (change, want) in rows {
        idp.set(|script| script.claims = change);
        assert_eq!(broker.sign_in(&idp).await.unwrap().subject, want, "S11");
    }
}

#[tokio::test]
async fn s33_f6_clocks() {
    for (skew, ahead, want) in [
        (60, 0, Ok(())),
        (60, 30, Ok(())),
        (60, -30, Ok(())),
        (60, 60, Ok(())),
        (60, -60, Ok(())),
        (60, 120, Err(ClockAhead { seconds: 120 })),
        (60, -120, Err(ClockBehind { seconds: 120 })),
        (60, 600, Err(ClockAhead { seconds: 600 })),
        (60, -600, Err(ClockBehind { seconds: 600 })),
        (120, 120, Ok(())),
        (120, -120, Ok(())),
        (120, 600, Err(ClockAhead { seconds: 600 })),
        (0, 0, Ok(())),
        (0, 5, Err(ClockAhead { seconds: 5 })),
        (60, -86_400, Err(ClockBehind { seconds: 86_400 })),
    ] {
        let idp = Idp::start().await;
        idp.set(|script| script.clock = ahead);
        let got = Broker::with(&idp, json!({ "clock_skew_seconds": skew }))
            .sign_in(&idp)
            .await
            .map(|_| ());
        assert_eq!(
            got,
            want.map_err(Fault::IdToken),
            "F6: {ahead} s with {skew} s accepted"
        );
        if let Err(fault) = got {
            assert_eq!(fault.kind(), FaultKind::Clock, "F6: the page says it is the clock");
            assert!(
                fault.explanation().contains(&format!("{} seconds", ahead.abs())),
                "{}",
                fault.explanation()
            );
        }
    }
}

#[tokio::test]
async fn s33_times_in_the_token() {
    try_claims(
        json!({}),
        &[
            (
                "expired beyond the skew",
                |c| c["exp"] = json!(NOW - 60),
                Err(Expired { seconds_ago: 60 }),
            ),
            ("expired within the skew", |c| c["exp"] = json!(NOW - 59), Ok(())),
            (
                "not yet",
                |c| c["nbf"] = json!(NOW + 61),
                Err(ClockAhead { seconds: 61 }),
            ),
            ("just now", |c| c["nbf"] = json!(NOW + 60), Ok(())),
            (
                "fractions",
                |c| {
                    c["iat"] = json!(1_800_000_000.7);
                    c["exp"] = json!(1_800_000_300.2);
                },
                Ok(()),
            ),
            ("no exp", |c| c["exp"] = Value::Null, Err(Claim("exp"))),
            ("no iat", |c| c["iat"] = Value::Null, Err(Claim("iat"))),
            ("exp as text", |c| c["exp"] = json!("1800003600"), Err(Claim("exp"))),
            ("exp beyond all time", |c| c["exp"] = json!(1e300), Err(Claim("exp"))),
            ("negative iat", |c| c["iat"] = json!(-1), Err(Claim("iat"))),
            (
                "auth_time as text",
                |c| c["auth_time"] = json!("x"),
                Err(Claim("auth_time")),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn s33_auth_time_is_honoured_when_an_age_was_asked_for() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    let rows: [(&str, fn(&mut Value), Result<(), IdTokenFault>); 4] = [
        ("fresh", |_| {}, Ok(())),
        ("within the skew", |c| c["auth_time"] = json!(NOW - 360), Ok(())),
        ("too long ago", |c| c["auth_time"] = json!(NOW - 361), Err(TooLongAgo)),
        ("missing", |c| c["auth_time"] = Value::Null, Err(Claim("auth_time"))),
    ];
    for (case, change, want) in rows {
        idp.set(|script| script.claims = change);
        let begun = broker.begin().await.unwrap();
        let got = broker
            .finish_within(&begun, &idp.agree(&begun.url), Some(300))
            .await
            .map(|_| ());
        assert_eq!(got, want.map_err(Fault::IdToken), "step 13: {case}");
    }
}
