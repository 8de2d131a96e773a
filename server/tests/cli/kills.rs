//! The server killed at random moments of sign-ins under load (budgets F16).

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::browser::{Seen, code_in, is_valid, shop, try_redeem, until_the_callback};
use crate::installation::{Installation, PATIENCE, Served, free_port, until_some};

crate::on_both!(f16_kills_at_random_moments_leave_nothing_half_made);

/// Browsers that sign in, one person after the other.
const BROWSERS: u64 = 6;
/// People that each browser signs in as; so most of their sign-ins are later ones.
const PEOPLE: u64 = 8;
/// The server lives this long after it is ready, in milliseconds, at most.
const LONGEST_LIFE: u64 = 250;

/// How often the server is killed; `DOORWARD_KILLS` asks for more than CI does.
fn kills() -> u32 {
    let more = std::env::var("DOORWARD_KILLS").ok();
    more.and_then(|number| number.parse().ok()).unwrap_or(20)
}

fn random_below(limit: u64) -> u64 {
    RandomState::new().hash_one(()) % limit
}

/// What the server acknowledged: answers that reached a browser or its application.
#[derive(Default)]
pub struct Acknowledged {
    /// People who came back to the application with a code.
    pub people: BTreeSet<String>,
    /// Codes that were good once.
    redeemed: Vec<String>,
    /// Access tokens of codes that nobody tries again.
    tokens: Vec<String>,
    /// What came in place of a code, the last time.
    pub refused: Option<Seen>,
}

impl Acknowledged {
    pub fn append(&mut self, mut other: Self) {
        self.people.append(&mut other.people);
        self.redeemed.append(&mut other.redeemed);
        self.tokens.append(&mut other.tokens);
    }
}

/// Signs people in until told to stop, and until both questions have a code. What fails is begun again, as people do.
pub async fn sign_in_again_and_again(server: String, browser: u64, stop: Arc<AtomicBool>) -> Acknowledged {
    let mut seen = Acknowledged::default();
    // A slow machine gets to nothing between two kills, and to everything after the last one.
    let mut left = PATIENCE;
    while left > 0 && (!stop.load(Ordering::Relaxed) || seen.redeemed.is_empty()) {
        left -= u32::from(stop.load(Ordering::Relaxed));
        let name = format!("stubborn-{browser}-{}", random_below(PEOPLE));
        if sign_in(&server, &name, &mut seen).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    seen
}

pub async fn sign_in(server: &str, name: &str, seen: &mut Acknowledged) -> reqwest::Result<()> {
    let (mut browser, callback) = until_the_callback(server, name).await?;
    let answer = browser.try_get(server, &callback).await?;
    let Some(code) = code_in(&answer.location) else {
        seen.refused = Some(answer);
        return Ok(());
    };
    seen.people.insert(name.to_owned());
    if let Some(token) = try_redeem(server, &code).await? {
        // To try a code again takes its tokens back, so each code serves one of the two questions.
        if seen.redeemed.len() < seen.tokens.len() {
            seen.redeemed.push(code);
        } else {
            seen.tokens.push(token);
        }
    }
    Ok(())
}

async fn serve(one: &Installation, port: u16) -> Served {
    let server = one.serve_node(port, port).await;
    server.until_ready().await;
    server
}

/// The first start also makes the demonstration's data and lets the new application be noticed.
pub async fn first_start(one: &Installation, port: u16) -> Served {
    let server = serve(one, port).await;
    one.import(&shop("connection:test-idp"), &[]).await.fine();
    let noticed = until_some(async || {
        let begun = until_the_callback(&server.url, "first").await;
        begun.ok().filter(|(_, callback)| !callback.is_empty())
    });
    assert!(noticed.await.is_some(), "the new application is not noticed");
    server
}

async fn f16_kills_at_random_moments_leave_nothing_half_made(one: Installation) {
    let port = free_port();
    let mut server = first_start(&one, port).await;
    let stop = Arc::new(AtomicBool::new(false));
    let browsers: Vec<_> = (0..BROWSERS)
        .map(|number| tokio::spawn(sign_in_again_and_again(server.url.clone(), number, Arc::clone(&stop))))
        .collect();
    for _ in 0..kills() {
        tokio::time::sleep(Duration::from_millis(random_below(LONGEST_LIFE))).await;
        server.kill().await;
        server = serve(&one, port).await;
    }
    tokio::time::sleep(Duration::from_millis(LONGEST_LIFE)).await;
    stop.store(true, Ordering::Relaxed);
    let mut seen = Acknowledged::default();
    for browser in browsers {
        seen.append(browser.await.expect("ends"));
    }
    assert!(
        !seen.people.is_empty() && !seen.redeemed.is_empty(),
        "F16: people sign in between the kills"
    );
    check(&server, &seen).await;
    server.stop().await;
}

/// Looks whether all of it is there, and nothing more.
pub async fn check(server: &Served, seen: &Acknowledged) {
    for token in &seen.tokens {
        assert!(
            is_valid(server, token).await,
            "F11, F16: every acknowledged token is valid"
        );
    }
    for code in &seen.redeemed {
        let again = try_redeem(&server.url, code).await.expect("answers");
        assert_eq!(again, None, "F11, F16: a code is good at most once");
    }
    let users = server.api("users?limit=200&q=stubborn").await;
    let users = users["items"].as_array().expect("users");
    let mut names = BTreeSet::new();
    for user in users {
        let name = user["email"]
            .as_str()
            .and_then(|email| email.split('@').next())
            .expect("an address");
        assert!(
            names.insert(name.to_owned()),
            "F11, F16: one account of each person: {user}"
        );
        let whole = server
            .api(&format!("users/{}", user["id"].as_str().expect("an id")))
            .await;
        assert_eq!(
            whole["links"].as_array().map(Vec::len),
            Some(1),
            "F11, F16: one link: {whole}"
        );
    }
    assert!(
        seen.people.is_subset(&names),
        "F11, F16: whoever came back has an account: {names:?}"
    );
}
