//! Floods of HTTP/2 frames (budgets F27): requests that are reset at once (RUSTSEC-2024-0003), heads without an end
//! (RUSTSEC-2024-0332), bodies of nothing (RUSTSEC-2026-0258). Frames are built by hand, because no client sends them.

use std::time::Duration;

use futures::future::{join, join_all};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::installation::{Installation, Served};
use crate::operation::{add_shop, signs_in};

/// How a connection begins (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Types of frames (RFC 9113 §6).
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
/// Flags of frames.
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// Reasons (RFC 9113 §7).
const CANCEL: u32 = 8;
const ENHANCE_YOUR_CALM: u32 = 11;

/// Parts of a flood that are sent at most; the server must end it long before.
const MOST: u32 = 10_000;
/// Parts that are sent at once.
const AT_ONCE: u32 = 100;
/// Connections that flood at the same time.
const ATTACKERS: usize = 10;
/// Nobody waits so long: it ends a test that fails.
const LONGEST: Duration = Duration::from_secs(30);

/// What is sent of a flood, by its place in it, counted from 0.
type Part = fn(u32) -> Vec<u8>;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header that enters no table (RFC 7541 §6.2.2). Name and value are shorter than 127 bytes.
fn header(name: &str, value: &str) -> Vec<u8> {
    let mut encoded = vec![0];
    for text in [name, value] {
        encoded.push(u8::try_from(text.len()).expect("short"));
        encoded.extend(text.bytes());
    }
    encoded
}

fn head(method: &str, path: &str) -> Vec<u8> {
    [
        header(":method", method),
        header(":scheme", "http"),
        header(":authority", "localhost"),
        header(":path", path),
        header("content-type", "application/x-www-form-urlencoded"),
    ]
    .concat()
}

/// A request, and at once that it is not wanted any more.
fn reset_at_once(number: u32) -> Vec<u8> {
    let stream = 2 * number + 1;
    let request = head("GET", "/health/live");
    [
        frame(HEADERS, END_STREAM | END_HEADERS, stream, &request),
        frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes()),
    ]
    .concat()
}

/// One more piece of a head that never ends.
fn endless_head(number: u32) -> Vec<u8> {
    match number {
        0 => frame(HEADERS, END_STREAM, 1, &head("GET", "/health/live")),
        _ => frame(CONTINUATION, 0, 1, &header("x-more", "a")),
    }
}

/// One more piece of a body, with nothing in it.
fn empty_body(number: u32) -> Vec<u8> {
    match number {
        0 => frame(HEADERS, END_HEADERS, 1, &head("POST", "/oauth2/token")),
        _ => frame(DATA, 0, 1, &[]),
    }
}

/// The reason in the server's last GOAWAY (RFC 9113 §6.8), in all that it sent.
fn goodbye(mut sent: &[u8]) -> Option<u32> {
    let mut reason = None;
    while let Some((head, rest)) = sent.split_first_chunk::<9>() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let (payload, next) = rest.split_at_checked(length as usize)?;
        if head[3] == GOAWAY {
            let bytes = payload.get(4..8)?.try_into().ok()?;
            reason = Some(u32::from_be_bytes(bytes));
        }
        sent = next;
    }
    reason
}

/// Floods a connection until the server has closed it: why it says it did.
async fn flood(server: &Served, part: Part) -> Option<u32> {
    let address = server.url.strip_prefix("http://").expect("an address");
    let socket = TcpStream::connect(address).await.expect("connects");
    let (mut reader, mut writer) = socket.into_split();
    let sending = async move {
        let mut next = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
        for first in (0..MOST).step_by(AT_ONCE as usize) {
            next.extend((first..first + AT_ONCE).flat_map(part));
            // Broken off where the server has closed.
            if writer.write_all(&next).await.is_err() {
                break;
            }
            next.clear();
        }
        // Kept: the server is the one to close.
        writer
    };
    let receiving = async move {
        let mut sent = vec![];
        let mut piece = [0; 1024];
        while let Ok(many @ 1..) = reader.read(&mut piece).await {
            sent.extend_from_slice(&piece[..many]);
        }
        sent
    };
    let ended = timeout(LONGEST, join(sending, receiving)).await;
    let (_writer, sent) = ended.expect("F27: the server closes the connection");
    goodbye(&sent)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f27_floods_of_frames_are_cut_off_and_hold_up_nobody() {
    let one = Installation::sqlite();
    add_shop(&one).await;
    let mut server = one.serve().await;
    server.until_ready().await;
    let floods: [(&str, Part); 3] = [
        ("requests reset at once", reset_at_once),
        ("a head without an end", endless_head),
        ("a body of nothing", empty_body),
    ];
    for (case, part) in floods {
        let attackers = join_all((0..ATTACKERS).map(|_| flood(&server, part)));
        let somebody = timeout(LONGEST, signs_in(&server));
        let (goodbyes, signed_in) = join(attackers, somebody).await;
        assert_eq!(goodbyes, [Some(ENHANCE_YOUR_CALM); ATTACKERS], "F27: {case}");
        assert_eq!(signed_in, Ok(true), "F27: somebody else during {case}");
    }
    assert!(server.is_running(), "F27");
    server.stop().await;
}
