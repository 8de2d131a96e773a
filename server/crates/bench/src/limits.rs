//! What this machine can do at most, on one core, without the product.

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Result;
use chrono::Utc;
use doorward_domain::application::SigningAlg;
use doorward_oidc::jose::SigningKeys;
use doorward_oidc::mint::IdToken;
use doorward_vault::Keyring;

/// Prints the ceilings as a table.
///
/// # Errors
/// When the temporary folder cannot be written.
pub fn print(time: Duration) -> Result<()> {
    println!("## What the machine can do\n\n| operation, one core | per second |\n| --- | ---: |");
    #[expect(clippy::disallowed_methods, reason = "the time of real keys")]
    let now = Utc::now();
    let keys = SigningKeys::generate(now)?;
    let claims = doorward_domain::Claims::new();
    for alg in SigningAlg::ALL {
        let token = IdToken {
            issuer: "https://id.example.com",
            subject: "a-person",
            client_id: "an-application",
            now,
            life_seconds: 300,
            auth_time: now,
            nonce: Some("n"),
            acr: None,
            amr: vec!["pwd"],
            session_id: None,
            access_token: None,
            claims: &claims,
        };
        row(&format!("ID token signed with {}", alg.as_str()), time, || {
            drop(black_box(token.mint(&keys, alg)))
        });
    }
    let ring = Keyring::from_master([7; 32]);
    row("sealed cookie of 1 kB", time, || {
        drop(black_box(ring.seal(
            doorward_vault::Purpose::Cookie,
            b"bench",
            &[7; 1024],
        )));
    });
    let mut file = tempfile::tempfile()?;
    row("write of 4 kB, safe on the disk", time, || {
        if file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).is_err() {
            println!("| (the disk refuses) | 0 |");
        }
    });
    println!();
    Ok(())
}

fn row(name: &str, time: Duration, mut work: impl FnMut()) {
    work();
    let start = Instant::now();
    let mut count = 0_u64;
    while start.elapsed() < time {
        work();
        count += 1;
    }
    let rate = count as f64 / start.elapsed().as_secs_f64();
    println!("| {name} | {rate:.0} |");
}
