//! Problem details (RFC 9457): the one shape of every refusal.

use std::collections::BTreeMap;

use axum::extract::{MatchedPath, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use doorward_app::api::connection::ProviderFault;
use doorward_app::api::error::ConsoleError;
use doorward_domain::invalid::{FieldError, Invalid};
use serde::Serialize;
use serde_json::{Value, json};

/// A refusal. `instance` is added on the way out, where the request id is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub kind: ProblemType,
    pub detail: Option<String>,
    pub errors: Vec<FieldError>,
    /// Names of what still uses the item.
    pub used_by: Vec<String>,
    /// What is wrong with an identity provider, as a stable word such as `unreachable`.
    pub code: Option<String>,
}

/// The members of RFC 9457 §3.1 and ours.
#[derive(Serialize)]
struct Members<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// The request id, to be found in the log.
    instance: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    used_by: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

macro_rules! problems {
    ($($name:ident = $status:literal, $slug:literal, $title:literal;)*) => {
        /// Every kind of refusal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ProblemType {$($name,)*}

        impl ProblemType {
            /// Every kind, for the documentation.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// `type`: a name, not an address to open.
            #[must_use]
            pub fn urn(self) -> String {
                format!("urn:doorward:problem:{}", self.slug())
            }

            fn slug(self) -> &'static str {
                match self {$(Self::$name => $slug,)*}
            }

            /// The status it is answered with.
            #[must_use]
            pub fn status(self) -> u16 {
                match self {$(Self::$name => $status,)*}
            }

            fn title(self) -> &'static str {
                match self {$(Self::$name => $title,)*}
            }
        }
    };
}

problems! {
    Malformed = 400, "malformed", "The request could not be read.";
    Unauthenticated = 401, "unauthenticated", "Send a management token: Authorization: Bearer followed by the token.";
    UnknownToken = 401, "unknown-token", "This token is not known. Compare it with DOORWARD_API_TOKEN of the server.";
    Forbidden = 403, "forbidden", "This token may not do this.";
    NotFound = 404, "not-found", "There is no such item. Look the identifier up in the list.";
    NoSuchAddress = 404, "no-such-address", "There is nothing at this address. Those there are stand in /api/v1/openapi.json.";
    WrongMethod = 405, "wrong-method", "This address does not take this method.";
    Changed = 409, "changed", "Somebody else saved a change meanwhile. Read the item again.";
    Taken = 409, "taken", "This name is taken already.";
    InUse = 409, "in-use", "The item is still in use. Take it out of what used_by names, then delete it.";
    Unconfirmed = 409, "unconfirmed", "This change breaks applications.";
    LastAdministrator = 409, "last-administrator", "The last administrator stays.";
    PreconditionFailed = 412, "precondition-failed", "The item is not the version named by If-Match. Read the item again and send its new ETag in If-Match.";
    TooLarge = 413, "too-large", "The body is larger than 1 MiB.";
    WrongContentType = 415, "wrong-content-type", "Send JSON with a matching Content-Type.";
    Invalid = 422, "invalid", "Some fields need attention.";
    Provider = 422, "provider", "The identity provider does not do what it should.";
    TooManyRequests = 429, "too-many-requests", "Too many requests. Wait a moment.";
    Internal = 500, "internal", "Something went wrong on our side. Nothing was changed.";
    Unavailable = 503, "unavailable", "The database does not answer at the moment. Nothing was changed.";
}

impl Problem {
    /// A refusal of this kind, without further detail.
    #[must_use]
    pub fn new(kind: ProblemType) -> Self {
        Self {
            kind,
            detail: None,
            errors: Vec::new(),
            used_by: Vec::new(),
            code: None,
        }
    }

    /// Its shape, for the documentation.
    #[must_use]
    pub fn schema() -> Value {
        let types: Vec<String> = ProblemType::ALL.iter().map(|kind| kind.urn()).collect();
        json!({
            "type": "object",
            "required": ["type", "title", "status", "instance"],
            "properties": {
                "type": {"type": "string", "enum": types},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "instance": {"type": "string", "description": "The request id, to be found in the log."},
                "errors": {"type": "array", "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {
                        "pointer": {
                            "type": "string",
                            "description": "JSON pointer into the body (RFC 6901), or ? and the name of a query parameter."
                        },
                        "detail": {"type": "string"}
                    }
                }},
                "used_by": {"type": "array", "items": {"type": "string"}},
                "code": {
                    "type": "string",
                    "description": "What is wrong with the identity provider: issuer_mismatch, unreachable, wrong_nonce, …"
                }
            }
        })
    }

    /// With a sentence about this very request.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The body, with the id under which the request is logged.
    fn body(&self, instance: &str) -> Vec<u8> {
        let members = Members {
            kind: self.kind.urn(),
            title: self.kind.title(),
            status: self.kind.status(),
            detail: self.detail.as_deref(),
            instance,
            errors: &self.errors,
            used_by: &self.used_by,
            code: self.code.as_deref(),
        };
        serde_json::to_vec(&members).unwrap_or_default()
    }

    fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }
}

impl From<ConsoleError> for Problem {
    fn from(error: ConsoleError) -> Self {
        match error {
            ConsoleError::SignedOut => Self::new(ProblemType::Unauthenticated),
            // The management API has no administrator to ask for it.
            ConsoleError::Forbidden | ConsoleError::Unproven => Self::new(ProblemType::Forbidden),
            ConsoleError::NotFound => Self::new(ProblemType::NotFound),
            ConsoleError::Changed | ConsoleError::Overtaken(_) => Self::new(ProblemType::Changed),
            ConsoleError::Invalid { fields } => Self::new(ProblemType::Invalid).with_errors(fields),
            ConsoleError::Taken { field } => Self::new(ProblemType::Taken).with_errors(vec![FieldError {
                pointer: field,
                detail: "This is taken already. Choose another one.".to_owned(),
            }]),
            ConsoleError::InUse { by } => Self {
                used_by: by,
                ..Self::new(ProblemType::InUse)
            },
            ConsoleError::Unconfirmed => Self::new(ProblemType::Unconfirmed),
            ConsoleError::LastAdministrator => Self::new(ProblemType::LastAdministrator),
            // The server itself never says that it cannot be reached.
            ConsoleError::Unavailable | ConsoleError::Unreachable => Self::new(ProblemType::Unavailable),
            ConsoleError::Internal => Self::new(ProblemType::Internal),
            ConsoleError::Malformed => Self::new(ProblemType::Malformed),
        }
    }
}

impl From<ProviderFault> for Problem {
    fn from(fault: ProviderFault) -> Self {
        Self {
            code: Some(fault.code),
            ..Self::new(ProblemType::Provider).with_detail(fault.sentence)
        }
    }
}

impl From<Invalid> for Problem {
    fn from(Invalid(fields): Invalid) -> Self {
        Self::new(ProblemType::Invalid).with_errors(fields)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = status.into_response();
        let headers = response.headers_mut();
        match status {
            // RFC 6750 §3; §3.1: who sends no token is told no error code.
            StatusCode::UNAUTHORIZED => {
                let challenge = if self.kind == ProblemType::UnknownToken {
                    "Bearer realm=\"management\", error=\"invalid_token\""
                } else {
                    "Bearer realm=\"management\""
                };
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
            }
            _ => {}
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of every refusal, with the request id, and keeps every answer out of caches.
pub async fn complete(request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let known = response.extensions_mut().remove::<Problem>();
    let Some(problem) = known.or_else(|| from_status(response.status())) else {
        return response;
    };
    // What is our fault is logged where it goes wrong, with its reason.
    if response.status().is_client_error() {
        tracing::info!(problem = problem.kind.slug(), "a management request was refused");
    }
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    parts
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    Response::from_parts(parts, problem.body(&id).into())
}

/// The id under which this request is logged.
fn request_id(request: &Request) -> String {
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    id.unwrap_or_default().to_owned()
}

/// Refusals that come from the framework.
fn from_status(status: StatusCode) -> Option<Problem> {
    let kind = match status {
        StatusCode::BAD_REQUEST => ProblemType::Malformed,
        StatusCode::NOT_FOUND => ProblemType::NoSuchAddress,
        StatusCode::METHOD_NOT_ALLOWED => ProblemType::WrongMethod,
        StatusCode::PAYLOAD_TOO_LARGE => ProblemType::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemType::WrongContentType,
        StatusCode::TOO_MANY_REQUESTS => ProblemType::TooManyRequests,
        StatusCode::SERVICE_UNAVAILABLE => ProblemType::Unavailable,
        other if other.is_server_error() => ProblemType::Internal,
        other if other.is_client_error() => ProblemType::Malformed,
        _ => return None,
    };
    Some(Problem::new(kind))
}

/// Answers addresses that do not exist.
pub async fn no_such_address() -> Problem {
    Problem::new(ProblemType::NoSuchAddress)
}

/// The methods of each address, as its routes are written.
pub type Methods = BTreeMap<&'static str, Vec<String>>;

/// Answers methods an address does not take with those it does.
#[must_use]
pub fn wrong_method(methods: &Methods, path: Option<&MatchedPath>) -> Problem {
    let problem = Problem::new(ProblemType::WrongMethod);
    let path = path.and_then(|path| path.as_str().strip_prefix("/api/v1"));
    let taken = path.and_then(|path| methods.get(path)).and_then(|all| all.split_last());
    match taken {
        None => problem,
        Some((only, [])) => problem.with_detail(format!("Use {only}.")),
        Some((last, others)) => problem.with_detail(format!("Use {} or {last}.", others.join(", "))),
    }
}
