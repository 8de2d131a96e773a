//! The management API over HTTP: every address, every kind of bad input.

mod connection_tests;
mod document;
mod expectations;
mod flow_versions;
mod items;
mod kept_out;
mod lists;
mod people;
mod refusals;
mod rehearsal;
mod story;

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;

use crate::world::{API_TOKEN, World, text};

/// What the API answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// `Null` where there is no body.
    pub body: Value,
}

impl Answer {
    pub fn etag(&self) -> &str {
        self.headers[header::ETAG].to_str().expect("text")
    }

    /// The last part of `type`, of a refusal that is complete.
    #[track_caller]
    pub fn problem(&self) -> &str {
        assert_eq!(
            self.headers[header::CONTENT_TYPE],
            "application/problem+json",
            "{self:?}"
        );
        assert_eq!(self.body["status"], self.status.as_u16(), "{self:?}");
        assert!(self.body["title"].is_string(), "{self:?}");
        let kind = self.body["type"].as_str().expect("a type");
        kind.rsplit(':').next().expect("a name")
    }

    /// Pointers of the faults.
    pub fn pointers(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().filter_map(|error| error["pointer"].as_str()).collect()
    }
}

/// A request with the token, and JSON where there is a body.
pub fn request(method: &str, path: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {API_TOKEN}"))
        .header(header::CONTENT_TYPE, "application/json")
}

/// Sends a request. What is answered, and what was accepted, has to be as the OpenAPI document says.
pub async fn send(world: &World, request: Request<Body>) -> Answer {
    let (asked, body) = request.into_parts();
    let sent = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    let request = Request::from_parts(asked.clone(), Body::from(sent.clone()));
    let answer = exchange(world, request).await;
    document::document(world).await.check(&asked, &sent, &answer);
    answer
}

async fn exchange(world: &World, request: Request<Body>) -> Answer {
    let response = world.send(request).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = text(response).await;
    Answer {
        status,
        headers,
        body: serde_json::from_str(&body).unwrap_or(Value::Null),
    }
}

pub async fn call(world: &World, method: &str, path: &str, body: Value) -> Answer {
    let body = if body.is_null() {
        Body::empty()
    } else {
        Body::from(body.to_string())
    };
    send(world, request(method, path).body(body).expect("a request")).await
}

pub async fn get(world: &World, path: &str) -> Answer {
    call(world, "GET", path, Value::Null).await
}
