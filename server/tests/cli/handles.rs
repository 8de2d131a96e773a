//! A process that is out of file handles (budgets F36).

use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::full_disk::integrity;
use crate::installation::{Installation, Served, until_some};
use crate::operation::{add_shop, signs_in};

/// The server may have so many handles. By itself it needs fewer than half of them.
const HANDLES: u32 = 100;
/// More than it can take.
const SOCKETS: usize = 150;
/// Questions that are asked meanwhile, one in 50 ms.
const QUESTIONS: usize = 20;
/// Lines of log that may come meanwhile, far beyond one in 50 ms. A loop that never rests writes thousands.
const MOST_LINES: usize = 400;
/// Nobody waits so long: it ends a test that fails.
const LONGEST: Duration = Duration::from_secs(30);

async fn connect(server: &Served) -> TcpStream {
    let address = server.url.strip_prefix("http://").expect("an address");
    // Taken by the system, and by the server as soon as it can.
    TcpStream::connect(address).await.expect("connects")
}

/// Asks over a connection that stays open: whether it is answered well.
async fn is_answered(connection: &mut TcpStream) -> bool {
    let asked = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";
    connection.write_all(asked.as_bytes()).await.expect("sent");
    let mut answer = vec![];
    let mut part = [0; 1024];
    while !answer.ends_with(b"live\n") {
        match connection.read(&mut part).await {
            Ok(0) | Err(_) => return false,
            Ok(many) => answer.extend_from_slice(&part[..many]),
        }
    }
    answer.starts_with(b"HTTP/1.1 200")
}

/// How many lines of the log have these words in them.
fn lines(log: &Path, words: &str) -> usize {
    let log = std::fs::read_to_string(log).expect("a log");
    log.lines().filter(|line| line.contains(words)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f36_out_of_file_handles_the_server_waits_and_goes_on() {
    let one = Installation::sqlite();
    add_shop(&one).await;
    let log = one.folder.path().join("log");
    let mut server = one.serve_after(&format!("ulimit -S -n {HANDLES}"), &log).await;
    server.until_ready().await;
    assert!(signs_in(&server).await, "with handles left");
    let mut early = connect(&server).await;
    assert!(is_answered(&mut early).await, "with handles left");

    let mut sockets = vec![];
    for _ in 0..SOCKETS {
        sockets.push(connect(&server).await);
    }
    let refused = "a connection could not be accepted";
    let told = until_some(async || Some(lines(&log, refused)).filter(|many| *many > 0)).await;
    let before = told.expect("F36: there are more sockets than handles, and the log says so");
    for number in 0..QUESTIONS {
        let answered = timeout(LONGEST, is_answered(&mut early)).await;
        assert_eq!(answered, Ok(true), "F36: who was there goes on: {number}");
        sleep(Duration::from_millis(50)).await;
    }
    let all = lines(&log, "");
    assert!(all < before + MOST_LINES, "F36: neither a loop nor a flood: {all}");
    assert_eq!(lines(&log, "panicked"), 0, "F36");

    drop(sockets);
    let signed_in = timeout(LONGEST, signs_in(&server)).await;
    assert_eq!(signed_in, Ok(true), "F36: as soon as there are handles again");
    assert!(server.is_running(), "F36: without a restart");
    server.stop().await;
    assert_eq!(integrity(&one).await, ["ok"], "F36");
}
