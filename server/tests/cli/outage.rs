//! PostgreSQL goes away and comes back while the server runs (budgets F9, F10).

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::browser::{Browser, Seen, ask_for_tokens, authorize, code_in, redeem};
use crate::installation::{Installation, Served, free_port};
use crate::suspended::{EMAIL, PASSWORD, code, key, set_up};

/// Stands between the server and PostgreSQL. Cut, nobody listens and every connection is gone.
struct Relay {
    port: u16,
    database: SocketAddr,
    at_work: JoinSet<()>,
}

impl Relay {
    /// One that is cut.
    fn to(one: &Installation) -> Self {
        Self {
            port: free_port(),
            database: (Ipv4Addr::LOCALHOST, one.database_port()).into(),
            at_work: JoinSet::new(),
        }
    }

    async fn restore(&mut self) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))
            .await
            .expect("the port");
        let database = self.database;
        self.at_work.spawn(async move {
            // Dropped with the listener.
            let mut connections = JoinSet::new();
            while let Ok((mut server, _)) = listener.accept().await {
                connections.spawn(async move {
                    let mut database = TcpStream::connect(database).await?;
                    copy_bidirectional(&mut server, &mut database).await
                });
            }
        });
    }

    async fn cut(&mut self) {
        self.at_work.shutdown().await;
    }
}

/// A page to try again, which tells nothing of the database.
#[track_caller]
fn is_retry_page(seen: &Seen) {
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
    for path in ["/oauth2/jwks", "/.well-known/openid-configuration"] {
        assert_eq!(status(&server, path).await, 200, "F9: {path}");
    }
    assert!(server.is_running(), "F9: without a restart");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f10_a_sign_in_goes_on_after_each_outage() {
    let one = Installation::postgres().await;
    set_up(&one).await;
    let mut relay = Relay::to(&one);
    let one = one.through(relay.port);
    relay.restore().await;
    let port = free_port();
    let mut server = one.serve_node(port, port).await;
    server.until_ready().await;

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
    is_retry_page(&browser.post(&server, &address, &form).await);
    relay.restore().await;
    server.until_ready().await;
    let next = browser.post(&server, &address, &form).await.location;
    assert!(next.starts_with("/signin/"), "F10: the same form goes on: {next:?}");

    // Down between the steps: what was passed is a row.
    relay.cut().await;
    away(&server).await;
    is_retry_page(&browser.get(&server, &next).await);
    relay.restore().await;
    server.until_ready().await;
    let page = browser.get(&server, &next).await;
    let shown = code(key(&page));
    let form = [("csrf", page.field("csrf")), ("option", "totp"), ("code", &shown)];

    // Down when the last step is sent: nothing of it counts, so it can be sent again.
    relay.cut().await;
    away(&server).await;
    is_retry_page(&browser.post(&server, &next, &form).await);
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
