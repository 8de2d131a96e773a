//! Prints what minting costs: `cargo run --release -p doorward-oidc --example mint_cost`.

use std::hint::black_box;
use std::time::Instant;

use doorward_domain::application::SigningAlg;
use doorward_domain::id::GrantId;
use doorward_domain::{Claims, Timestamp};
use doorward_oidc::ScopeSet;
use doorward_oidc::jose::{KeyError, SigningKeys};
use doorward_oidc::mint::{AccessToken, IdToken, verify_access_token};

const ISSUER: &str = "https://id.example.com";
const ROUNDS: u32 = 2000;

fn main() -> Result<(), KeyError> {
    let now = Timestamp::from_timestamp(1_800_000_000, 0).unwrap_or_default();
    let keys = SigningKeys::generate(now)?;
    let person = Claims::from_iter([
        ("name".to_owned(), "Person One".into()),
        ("email".to_owned(), "person@example.com".into()),
        ("email_verified".to_owned(), true.into()),
    ]);
    for alg in SigningAlg::ALL {
        let start = Instant::now();
        let mut token = String::new();
        for _ in 0..ROUNDS {
            token = pair(&keys, alg, now, &person)?;
        }
        println!(
            "{}: ID and access token in {:?}",
            alg.as_str(),
            start.elapsed() / ROUNDS
        );
        let start = Instant::now();
        for _ in 0..ROUNDS {
            black_box(verify_access_token(&keys, black_box(&token), ISSUER, ISSUER, now).is_ok());
        }
        println!(
            "{}: access token verified in {:?}",
            alg.as_str(),
            start.elapsed() / ROUNDS
        );
    }
    Ok(())
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
