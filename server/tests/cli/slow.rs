//! Sockets that are slow or stop in the middle (budgets F25).

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::installation::{Installation, Served};
use crate::operation::{add_shop, signs_in};

/// A head that never ends.
const HEAD: &str = "GET /health/live HTTP/1.1\r\nhost: localhost\r\nx-slow: ";
/// A body that never ends.
const BODY: &str = "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\n\
                    content-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\ngrant_type=";

async fn begin(server: &Served, sent: &str) -> TcpStream {
    let address = server.url.strip_prefix("http://").expect("an address");
    let mut socket = TcpStream::connect(address).await.expect("connects");
    socket.write_all(sent.as_bytes()).await.expect("sent");
    socket
}

/// Sends a byte each second until the server has closed the connection.
async fn trickle(socket: TcpStream) {
    let (mut reader, mut writer) = socket.into_split();
    let sending = async {
        while writer.write_all(b"a").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    };
    let mut answer = vec![];
    tokio::select! {
        () = sending => {}
        // To its end, or broken off.
        _ = reader.read_to_end(&mut answer) => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f25_slow_sockets_are_closed_and_hold_up_nobody() {
    let one = Installation::sqlite();
    add_shop(&one).await;
    let server = one.serve().await;
    server.until_ready().await;
    let mut slow = JoinSet::new();
    for _ in 0..300 {
        slow.spawn(trickle(begin(&server, HEAD).await));
    }
    let mut stopped = vec![];
    for _ in 0..50 {
        stopped.push(begin(&server, BODY).await);
    }
    assert!(signs_in(&server).await, "F25: somebody else meanwhile");
    assert!(slow.try_join_next().is_none(), "F25: while all of them are open");
    // A head may take ten seconds.
    let closed = timeout(Duration::from_secs(60), slow.join_all()).await;
    assert!(closed.is_ok(), "F25: every slow one is closed");
    assert!(signs_in(&server).await, "F25: and after that");
    drop(stopped);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f25_silent_sockets_are_closed() {
    let one = Installation::sqlite();
    add_shop(&one).await;
    let server = one.serve().await;
    server.until_ready().await;
    let mut silent = JoinSet::new();
    // Nothing at all, and what could become either version of HTTP.
    for sent in ["", "P", "PRI * HTTP/2.0\r\n\r\nSM"] {
        for _ in 0..20 {
            let mut socket = begin(&server, sent).await;
            silent.spawn(async move { socket.read_to_end(&mut vec![]).await });
        }
    }
    assert!(signs_in(&server).await, "F25: somebody else meanwhile");
    assert!(silent.try_join_next().is_none(), "F25: while all of them are open");
    let closed = timeout(Duration::from_secs(60), silent.join_all()).await;
    assert!(closed.is_ok(), "F25: every silent one is closed");
    server.stop().await;
}
