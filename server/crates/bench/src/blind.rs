//! Whether the time of an answer tells a stranger what the answer itself does not (S20, S45).

use std::hint::black_box;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use totp_rs::Builder;

use crate::client::Actor;
use crate::server::{Database, Installation};

/// Tries of each test, half of them of one kind, half of the other.
const TRIES: u32 = 1_000;
/// Accounts with a password; each is tried as often as it may be.
const ACCOUNTS: u32 = 100;

/// Prints how many of the answers a stranger with a clock tells apart. Chance is half of them.
///
/// # Errors
/// When the product answers anything else than a refusal.
pub async fn print(binary: &Path, database: &Database) -> Result<()> {
    let installation = Installation::new(binary, database).await?;
    let server = installation.start().await?;
    let actor = Actor::new(&server.url)?;
    actor.set_up("https://idp.example.com").await?;
    for number in 0..ACCOUNTS {
        actor.add_person(&format!("known-{number}")).await?;
    }
    let mut tries = Vec::new();
    for number in 0..TRIES {
        let is_known = is_first_kind(number);
        let name = if is_known {
            format!("known-{}", number % ACCOUNTS)
        } else {
            format!("nobody-{number}")
        };
        let address = Ipv4Addr::from(0x0A00_0000 + number);
        tries.push((actor.wrong_password(&name, address).await?, is_known));
    }
    println!("| what a clock tells | told apart, of {TRIES} |\n| --- | ---: |");
    println!(
        "| a name that has an account from one that has none | {} |",
        told_apart(&tries)
    );
    let codes = codes()?;
    println!(
        "| a wrong code of which five digits are right from one of which none is | {} |\n",
        told_apart(&codes)
    );
    Ok(())
}

/// Checks of wrong codes, as the product makes them: many to a measurement, because one takes less than a clock tells.
fn codes() -> Result<Vec<(Duration, bool)>> {
    const CHECKS: u32 = 50;
    const NOW: u64 = 1_700_000_000;
    let totp = Builder::new().with_secret(vec![7; 20]).build()?;
    let right = totp.generate(NOW).to_string();
    let other = |digit: char| if digit == '9' { '0' } else { '9' };
    let close: String = right.chars().take(5).chain(right.chars().skip(5).map(other)).collect();
    let far: String = right.chars().map(other).collect();
    let check = |number: u32| {
        let is_close = is_first_kind(number);
        let begun = Instant::now();
        for _ in 0..CHECKS {
            black_box(totp.check(black_box(if is_close { &close } else { &far }), NOW));
        }
        (begun.elapsed(), is_close)
    };
    Ok((0..TRIES).map(check).collect())
}

/// Which of two kinds a try is of: half of them are, in no order.
fn is_first_kind(number: u32) -> bool {
    number.wrapping_mul(2_654_435_761) & 0x8000 == 0
}

/// The share a threshold tells apart in the second half of the tries that tells most apart in the first.
fn told_apart(tries: &[(Duration, bool)]) -> String {
    let (seen, asked) = tries.split_at(tries.len() / 2);
    let right = |tries: &[(Duration, bool)], threshold: Duration, slow_is: bool| {
        tries
            .iter()
            .filter(|(time, kind)| ((*time > threshold) == slow_is) == *kind)
            .count()
    };
    let rules = seen.iter().flat_map(|(time, _)| [(*time, true), (*time, false)]);
    let best = rules.max_by_key(|(threshold, slow_is)| right(seen, *threshold, *slow_is));
    let share = best.map_or(0.0, |(threshold, slow_is)| {
        right(asked, threshold, slow_is) as f64 / asked.len() as f64
    });
    format!("{:.1} %", share * 100.0)
}
