//! Prints what minting costs: `cargo run --release -p doorward-oidc --example mint_cost`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use doorward_domain::application::SigningAlg;
use doorward_domain::id::GrantId;
use doorward_domain::{Claims, Timestamp};
use doorward_oidc::ScopeSet;
use doorward_oidc::jose::{KeyError, SigningKeys};
use doorward_oidc::mint::{AccessToken, IdToken, verify_access_token};

const ISSUER: &str = "https://id.example.com";
const ROUNDS: u32 = 200;

fn main() -> Result<(), KeyError> {
    let now = Timestamp::from_timestamp(1_800_000_000, 0).unwrap_or_default();
    let keys = SigningKeys::generate(now)?;
    let person = Claims::from_iter([
        ("name".to_owned(), "Person One".into()),
        ("email".to_owned(), "person@example.com".into()),
        ("email_verified".to_owned(), true.into()),
    ]);
    let raw = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| KeyError::Library)?;
    let floor = best(|| raw.sign(&SystemRandom::new(), &[7; 500]).is_ok());
    println!("one bare P-256 signature: {floor:?}");
    for alg in SigningAlg::ALL {
        let token = pair(&keys, alg, now, &person)?;
        let minted = best(|| pair(&keys, alg, now, &person).is_ok());
        let verified = best(|| verify_access_token(&keys, black_box(&token), ISSUER, ISSUER, now).is_ok());
        println!(
            "{}: both tokens minted in {minted:?}, access token verified in {verified:?}",
            alg.as_str()
        );
    }
    Ok(())
}

/// Time of one run in the best of several batches: other work on the machine only ever adds.
fn best(mut run: impl FnMut() -> bool) -> Duration {
    let batch = |_| {
        let start = Instant::now();
        (0..ROUNDS).for_each(|_| assert!(black_box(run())));
        start.elapsed() / ROUNDS
    };
    (0..10).map(batch).min().unwrap_or_default()
}

/// Mints both tokens as the token endpoint does, and gives the access token.
fn pair(keys: &SigningKeys, alg: SigningAlg, now: Timestamp, person: &Claims) -> Result<String, KeyError> {
    let grant = GrantId::from_random([4; 16]);
    let access = AccessToken {
        issuer: ISSUER,
        audience: ISSUER,
        subject: "person-1",
        client_id: "client",
        scope: ScopeSet::requested("openid email").unwrap_or_default(),
        grant_id: Some(&grant),
        id: [7; 16],
        now,
        life_seconds: 600,
        auth_time: Some(now),
        acr: None,
    };
    let access = access.mint(keys, alg)?;
    let id = IdToken {
        issuer: ISSUER,
        subject: "person-1",
        client_id: "client",
        now,
        life_seconds: 300,
        auth_time: now,
        nonce: Some("nonce"),
        acr: None,
        amr: vec!["pwd"],
        session_id: Some("ses_1"),
        access_token: Some(&access),
        claims: person,
    };
    black_box(id.mint(keys, alg)?);
    Ok(access)
}
