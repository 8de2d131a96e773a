//! PostgreSQL goes away, comes back, and is slow while the server runs (budgets F9, F10, F12).

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::browser::{Browser, Seen, ask_for_tokens, authorize, code_in, redeem};
use crate::installation::{Installation, Served, free_port};
use crate::operation::add_shop;
use crate::suspended::{EMAIL, PASSWORD, code, key, set_up};

/// Stands between the server and PostgreSQL. Cut, nobody listens and every connection is gone.
pub struct Relay {
    pub port: u16,
    database: SocketAddr,
    at_work: JoinSet<()>,
    /// Of whatever passes, in milliseconds.
    delay: Arc<AtomicU64>,
}

impl Relay {
    /// One that is cut.
    pub fn to(one: &Installation) -> Self {
        Self {
            port: free_port(),
            database: (Ipv4Addr::LOCALHOST, one.database_port()).into(),
            at_work: JoinSet::new(),
            delay: Arc::default(),
        }
    }

    /// From the next time it is restored it leads to the database at another port.
    pub fn lead_to(&mut self, port: u16) {
        self.database.set_port(port);
    }

    pub async fn restore(&mut self) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))
            .await
            .expect("the port");
        let (database, delay) = (self.database, Arc::clone(&self.delay));
        self.at_work.spawn(async move {
            // Dropped with the listener.
            let mut connections = JoinSet::new();
            while let Ok((server, _)) = listener.accept().await {
                let delay = Arc::clone(&delay);
                connections.spawn(async move {
                    let (from_server, to_server) = server.into_split();
                    let (from_database, to_database) = TcpStream::connect(database).await?.into_split();
                    // The end of one side is the end of both.
                    tokio::select! {
                        ended = pass_on(from_server, to_database, &delay) => ended,
                        ended = pass_on(from_database, to_server, &delay) => ended,
                    }
                });
            }
        });
    }

    pub async fn cut(&mut self) {
        self.at_work.shutdown().await;
    }

    /// From now on a statement and its answer take so long, in milliseconds.
    fn slow_down(&self, round_trip: u64) {
        self.delay.store(round_trip / 2, Ordering::Relaxed);
    }
}

async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: &AtomicU64) -> std::io::Result<()> {
    let mut part = vec![0; 16 * 1024];
    loop {
        let many = from.read(&mut part).await?;
        if many == 0 {
            return Ok(());
        }
        let delay = delay.load(Ordering::Relaxed);
        if delay > 0 {
            sleep(Duration::from_millis(delay)).await;
        }
        to.write_all(&part[..many]).await?;
    }
}

/// A page to try again, which tells nothing of the database.
#[track_caller]
pub fn check_retry_page(seen: &Seen) {
    assert_eq!((seen.status, seen.retry_after.as_deref()), (503, Some("1")), "{seen:?}");
    assert!(
        seen.body.contains("<dd>1301") && seen.body.contains("req_"),
        "F10: number and request: {seen:?}"
    );
    for word in ["sqlx", "postgres", "pool", "Connection refused", "panicked"] {
        assert!(!seen.body.contains(word), "{word}: {seen:?}");
    }
}

async fn away(server: &Served) {
    server.until("/health/ready", 503).await;
    assert_eq!(status(server, "/health/live").await, 200);
}

async fn status(server: &Served, path: &str) -> u16 {
    server.try_get(path).await.expect("answers").status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f9_the_server_waits_for_a_database_that_is_down_at_the_start() {
    let one = Installation::postgres().await;
    let mut relay = Relay::to(&one);
    let one = one.through(relay.port);
    let mut server = one.serve_waiting(free_port());
    server.until("/health/live", 200).await;
    assert_eq!(status(&server, "/health/ready").await, 503, "F9");
    let key = one.data().join("secret.key");
    assert!(!key.exists(), "F9: the database may belong to another key");
    let mut browser = Browser::new();
    for path in [&authorize(), "/oauth2/jwks", "/console"] {
        let seen = browser.get(&server, path).await;
        assert_eq!(
            (seen.status, seen.retry_after.as_deref()),
            (503, Some("1")),
            "F9: {path}: {seen:?}"
        );
    }
    assert!(server.is_running(), "F9: the process stays up");

    relay.restore().await;
    server.until_ready().await;
    assert!(key.exists(), "F9: it was empty");
    for path in ["/oauth2/jwks", "/.well-known/openid-configuration"] {
        assert_eq!(status(&server, path).await, 200, "F9: {path}");
    }
    assert!(server.is_running(), "F9: without a restart");
    server.stop().await;
}

/// A server that reaches its database through a relay, ready.
async fn behind_a_relay(one: Installation) -> (Relay, Installation, Served) {
    let mut relay = Relay::to(&one);
    let one = one.through(relay.port);
    relay.restore().await;
    let port = free_port();
    let server = one.serve_node(port, port).await;
    server.until_ready().await;
    (relay, one, server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f10_a_sign_in_goes_on_after_each_outage() {
    let one = Installation::postgres().await;
    set_up(&one).await;
    let (mut relay, _one, mut server) = behind_a_relay(one).await;

    // Down before the password: the sign-in is in the browser's cookie, so its page is still shown.
    let mut browser = Browser::new();
    let address = browser.get(&server, &authorize()).await.location;
    relay.cut().await;
    away(&server).await;
    let page = browser.get(&server, &address).await;
    assert_eq!(page.status, 200, "F10: begun sign-ins need no database: {page:?}");
    let form = [
        ("csrf", page.field("csrf")),
        ("option", "password"),
        ("username", EMAIL),
        ("password", PASSWORD),
    ];
    check_retry_page(&browser.post(&server, &address, &form).await);
    relay.restore().await;
    server.until_ready().await;
    let next = browser.post(&server, &address, &form).await.location;
    assert!(next.starts_with("/signin/"), "F10: the same form goes on: {next:?}");

    // Down between the steps: what was passed is a row.
    relay.cut().await;
    away(&server).await;
    check_retry_page(&browser.get(&server, &next).await);
    relay.restore().await;
    server.until_ready().await;
    let page = browser.get(&server, &next).await;
    let shown = code(key(&page));
    let form = [("csrf", page.field("csrf")), ("option", "totp"), ("code", &shown)];

    // Down when the last step is sent: nothing of it counts, so it can be sent again.
    relay.cut().await;
    away(&server).await;
    check_retry_page(&browser.post(&server, &next, &form).await);
    relay.restore().await;
    server.until_ready().await;
    let done = browser.post(&server, &next, &form).await;
    let code = code_in(&done.location).unwrap_or_else(|| panic!("F10: no code: {done:?}"));

    // Down when the application comes for its tokens: the code stays good.
    relay.cut().await;
    away(&server).await;
    let (refused, body) = ask_for_tokens(&server.url, &code).await.expect("answers");
    assert_eq!(
        (refused.status, refused.retry_after.as_deref()),
        (503, Some("1")),
        "{refused:?}"
    );
    assert_eq!(body["error"], "temporarily_unavailable");
    relay.restore().await;
    server.until_ready().await;
    assert!(redeem(&server, &code).await, "F10");
    assert!(!redeem(&server, &code).await, "F20: once");
    assert!(server.is_running(), "F10: without a restart");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f12_a_slow_database_lets_nobody_wait_without_end() {
    let one = Installation::postgres().await;
    add_shop(&one).await;
    let (relay, _one, mut server) = behind_a_relay(one).await;
    let mut browser = Browser::new();
    let home = browser.password(&server, EMAIL, PASSWORD).await.location;
    assert!(code_in(&home).is_some(), "signed in: {home}");

    for round_trip in [200, 1_000] {
        relay.slow_down(round_trip);
        let asked = join_all((0..50).map(|_| {
            let (mut browser, server) = (browser.clone(), server.url.clone());
            async move { browser.try_get(&server, &authorize()).await.expect("answers") }
        }));
        let answers = timeout(Duration::from_secs(20), asked).await;
        for seen in answers.unwrap_or_else(|_| panic!("F12: somebody still waits, {round_trip} ms")) {
            if code_in(&seen.location).is_none() {
                check_retry_page(&seen);
            }
        }
        assert_eq!(status(&server, "/health/live").await, 200, "F12: {round_trip} ms");
    }
    relay.slow_down(0);
    server.until_ready().await;
    let home = browser.get(&server, &authorize()).await.location;
    assert!(code_in(&home).is_some(), "F12: as fast as before: {home}");
    assert!(server.is_running(), "F12: without a restart");
    server.stop().await;
}
