//! A web server on the loopback address that answers whatever a test wants, as badly as it wants.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

/// An answer, or the lack of one.
#[derive(Debug, Clone)]
pub enum Reply {
    Json(u16, Value),
    Raw {
        status: u16,
        content_type: &'static str,
        body: Vec<u8>,
    },
    Redirect(u16, String),
    /// Says how long the body is, then sends that much of nothing.
    Announced(u64),
    /// Sends a body without end.
    Endless,
    /// Sends headers without end.
    EndlessHeaders,
    /// Never answers.
    Hang,
    /// Hangs up without an answer.
    HangUp,
    /// Hangs up in the middle of the body.
    BreakOff,
}

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

/// A running server; it ends with the test's runtime.
pub struct Server {
    pub origin: String,
    pub accepted: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub async fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (accepted, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let server = Self {
            origin,
            accepted: Arc::clone(&accepted),
            requests: Arc::clone(&requests),
        };
        let handler: Arc<Handler> = Arc::new(handler);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, Arc::clone(&handler), Arc::clone(&requests)));
            }
        });
        server
    }

    /// The paths asked for so far.
    pub fn paths(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap()
            .iter()
            .map(|request| request.path.clone())
            .collect()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, handler: Arc<Handler>, requests: Arc<Mutex<Vec<Request>>>) {
    let Some(request) = read(&mut stream).await else { return };
    requests.lock().unwrap().push(request.clone());
    // Errors are the client hanging up, which is what most of these answers provoke.
    let _ = answer(&mut stream, handler(&request)).await;
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let path = first.nth(1)?.to_owned();
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers
        .get("content-length")
        .map_or(Some(0), |text| text.parse().ok())?;
    while bytes.len() < head_end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(bytes[head_end + 4..].to_vec()).ok()?;
    Some(Request { path, headers, body })
}

async fn answer(stream: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    let (status, content_type, body) = match reply {
        Reply::Json(status, value) => (
            status,
            "application/json; charset=utf-8",
            value.to_string().into_bytes(),
        ),
        Reply::Raw {
            status,
            content_type,
            body,
        } => (status, content_type, body),
        Reply::Redirect(status, to) => {
            let head =
                format!("HTTP/1.1 {status} X\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            return stream.write_all(head.as_bytes()).await;
        }
        Reply::Announced(length) => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            return endless(stream, &[b' '; 8192]).await;
        }
        Reply::Endless => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                .await?;
            let chunk = [b"2000\r\n".as_slice(), &[b' '; 8192], b"\r\n"].concat();
            return endless(stream, &chunk).await;
        }
        Reply::EndlessHeaders => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            return endless(stream, b"x-more: of the same\r\n").await;
        }
        Reply::Hang => return std::future::pending().await,
        Reply::HangUp => return Ok(()),
        Reply::BreakOff => {
            return stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
                .await;
        }
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\nset-cookie: a=b\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await
}

/// Goes on until the client hangs up.
async fn endless(stream: &mut TcpStream, piece: &[u8]) -> std::io::Result<()> {
    loop {
        stream.write_all(piece).await?;
    }
}
