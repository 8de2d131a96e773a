//! What is too large or packed, sent to the real socket (budgets F26).

use std::io::{Seek, Write};
use std::process::{Command, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::browser::{Browser, authorize, shop};
use crate::installation::{API_TOKEN, Installation, Served, free_port};

const FORM: &str = "application/x-www-form-urlencoded";

/// The status of the answer to these bytes. A server that answers and closes may do so before it has taken all of them.
async fn status_of(server: &Served, bytes: &[u8]) -> Option<u16> {
    let address = server.url.strip_prefix("http://").expect("an address");
    let (mut reader, mut writer) = TcpStream::connect(address).await.expect("connects").into_split();
    let sending = async {
        // Broken off where the server has closed.
        writer.write_all(bytes).await.ok();
        writer
    };
    let receiving = async {
        let mut answer = vec![];
        let mut part = [0; 1024];
        while !answer.contains(&b'\n') {
            match reader.read(&mut part).await {
                Ok(0) | Err(_) => break,
                Ok(many) => answer.extend_from_slice(&part[..many]),
            }
        }
        answer
    };
    let (_writer, answer) = tokio::join!(sending, receiving);
    let line = String::from_utf8_lossy(&answer).into_owned();
    line.split(' ').nth(1)?.parse().ok()
}

fn head(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{more}\r\n")
}

/// A post with this length, and these bytes of it.
fn post(path: &str, content_type: &str, length: usize, body: &[u8], more: &str) -> Vec<u8> {
    let more = format!(
        "content-type: {content_type}\r\ncontent-length: {length}\r\nauthorization: Bearer {API_TOKEN}\r\n{more}"
    );
    [head("POST", path, &more).as_bytes(), body].concat()
}

/// What the program `gzip` makes of it.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    file.rewind().expect("rewound");
    let output = Command::new("gzip")
        .arg("-c")
        .stdin(file)
        .stderr(Stdio::null())
        .output();
    let packed = output.expect("gzip is there").stdout;
    assert!(packed.starts_with(&[0x1f, 0x8b]), "packed");
    packed
}

async fn serve() -> (Installation, Served) {
    let one = Installation::sqlite();
    one.run(&["migrate"]).await.fine();
    one.import(&shop("password"), &[]).await.fine();
    let port = free_port();
    let server = one.serve_node(port, port).await;
    server.until_ready().await;
    (one, server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f26_a_head_that_is_too_large_is_refused() {
    let (_one, server) = serve().await;
    for (case, header, want) in [
        ("a long value", format!("x-filler: {}\r\n", "a".repeat(24 * 1024)), 200),
        (
            "a longer value",
            format!("x-filler: {}\r\n", "a".repeat(40 * 1024)),
            431,
        ),
        (
            "a megabyte of cookies",
            format!("cookie: {}\r\n", "a=b; ".repeat(200 * 1024)),
            431,
        ),
        ("very many headers", "a: b\r\n".repeat(20_000), 431),
    ] {
        let answer = status_of(&server, head("GET", "/health/live", &header).as_bytes()).await;
        assert_eq!(answer, Some(want), "F26: {case}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f26_a_body_that_is_too_large_is_refused_before_it_comes() {
    let (_one, server) = serve().await;
    let mut browser = Browser::new();
    let page = browser.get(&server, &authorize()).await.location;
    let cookie = format!("cookie: {}\r\n", browser.cookie());
    for (path, content_type) in [
        ("/oauth2/token", FORM),
        (page.as_str(), FORM),
        ("/api/v1/connections", "application/json"),
    ] {
        let announced = status_of(&server, &post(path, content_type, 10 << 30, b"", &cookie)).await;
        assert_eq!(
            announced,
            Some(413),
            "F26: {path}: ten gigabytes are announced, none is sent"
        );
        // Without a length nobody knows until the limit is reached.
        let chunked = format!(
            "content-type: {content_type}\r\nauthorization: Bearer {API_TOKEN}\r\n{cookie}transfer-encoding: chunked\r\n"
        );
        let mut endless = head("POST", path, &chunked).into_bytes();
        for _ in 0..200 {
            endless.extend(format!("8000\r\n{}\r\n", "a".repeat(0x8000)).bytes());
        }
        assert_eq!(
            status_of(&server, &endless).await,
            Some(413),
            "F26: {path}: in pieces, without an end"
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f26_a_packed_body_is_never_unpacked() {
    let (_one, server) = serve().await;
    // Unpacked it would be a right request with an unknown code, or a right connection.
    let form = "grant_type=authorization_code&code=x&client_id=shop";
    let connection = r#"{"handle":"packed","display_name":"Packed","oidc":{"issuer":"https://idp.example.com","client_id":"a","client_secret":"b"}}"#;
    let bomb = vec![b'a'; 16 << 20];
    for (path, content_type, plain) in [
        ("/oauth2/token", FORM, form.as_bytes()),
        ("/oauth2/token", FORM, &bomb),
        ("/api/v1/connections", "application/json", connection.as_bytes()),
        ("/api/v1/connections", "application/json", &bomb),
    ] {
        let body = packed(plain);
        assert!(body.len() < 64 * 1024, "below every limit as it is sent");
        let sent = post(path, content_type, body.len(), &body, "content-encoding: gzip\r\n");
        let answer = status_of(&server, &sent).await;
        assert!(
            matches!(answer, Some(400 | 415)),
            "F26: {path}, {}: {answer:?}",
            plain.len()
        );
    }
    let none = server.api("connections/packed").await;
    assert_eq!(none["status"], 404, "F26: nothing was made of it: {none}");
    server.stop().await;
}
