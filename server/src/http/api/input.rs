//! Reading bodies and queries within bounds.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use doorward_app::api::connection::SaveMode;
use doorward_app::api::page::{PAGE_LIMIT, PageQuery};
use doorward_domain::invalid::FieldError;
use serde_json::Value;

use super::problem::{Problem, ProblemType};

/// A JSON body. `PATCH` takes `application/merge-patch+json` too (RFC 7396 §4).
pub struct Body(pub Value);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let patch = request.method() == Method::PATCH;
        if !is_json(request.headers(), patch) {
            return Err(wrong_type(patch));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        // serde_json stops at 128 levels, so a body cannot exhaust the stack (S48).
        let value = serde_json::from_slice(&bytes).map_err(|error| malformed(&error))?;
        crate::service::body::plain_text(&value)?;
        Ok(Self(value))
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    // Nothing but the text tells this error from others; nothing that was sent stands in the text of an error of syntax.
    let what = if error.is_syntax() && error.to_string().starts_with("recursion limit exceeded") {
        "is nested too deeply"
    } else {
        "ends early or is wrong"
    };
    let (line, column) = (error.line(), error.column());
    Problem::new(ProblemType::Malformed).with_detail(format!("The JSON {what} at line {line}, column {column}."))
}

fn is_json(headers: &HeaderMap, patch: bool) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.map(|text| text.split(';').next().unwrap_or(text).trim().to_ascii_lowercase());
    match essence.as_deref() {
        Some("application/json") => true,
        Some("application/merge-patch+json") => patch,
        _ => false,
    }
}

fn wrong_type(patch: bool) -> Problem {
    let wanted = if patch {
        "Use application/merge-patch+json or application/json."
    } else {
        "Use application/json."
    };
    Problem::new(ProblemType::WrongContentType).with_detail(wanted)
}

fn unreadable(rejection: BytesRejection) -> Problem {
    use axum::response::IntoResponse;
    match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(ProblemType::TooLarge),
        _ => Problem::new(ProblemType::Malformed),
    }
}

/// The query of a request, each name at most once. Names nobody knows are refused: a misspelt `dry_run` must not save.
pub struct Query(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let text = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text)
            .map_err(|_| Problem::new(ProblemType::Malformed).with_detail("The query could not be read."))?;
        for (index, (name, _)) in pairs.iter().enumerate() {
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(parameter(name, "Send this parameter once."));
            }
        }
        Ok(Self(pairs))
    }
}

impl Query {
    /// Refuses every name but these.
    pub fn only(self, known: &[&str]) -> Result<Self, Problem> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(parameter(name, "There is no such parameter.")),
            None => Ok(self),
        }
    }

    /// A value, if it was sent.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let index = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(index).1)
    }

    /// `limit`, if it was sent.
    pub fn limit(&mut self) -> Result<Option<u32>, Problem> {
        let Some(text) = self.take("limit") else {
            return Ok(None);
        };
        let limit = text.parse().ok().filter(|limit| (1..=PAGE_LIMIT).contains(limit));
        limit
            .map(Some)
            .ok_or_else(|| parameter("limit", "Use a number from 1 to 200."))
    }

    /// A text to search for, if it was sent.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        match self.take(name) {
            Some(text) if text.contains('\0') => Err(parameter(name, "Remove the null character.")),
            Some(text) if text.chars().count() > 1000 => Err(parameter(name, "Use at most 1,000 characters.")),
            text => Ok(text),
        }
    }

    /// A parameter that says yes or no, if it was sent.
    pub fn flag(&mut self, name: &str) -> Result<Option<bool>, Problem> {
        match self.take(name).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(parameter(name, "Use true or false.")),
        }
    }

    /// `q`, `limit` and `cursor` of a list. What else it takes has been taken before.
    pub fn page(self) -> Result<PageQuery, Problem> {
        let mut query = self.only(&["q", "limit", "cursor"])?;
        let limit = query.limit()?;
        Ok(PageQuery {
            q: query.text("q")?,
            limit,
            cursor: query.take("cursor"),
        })
    }

    /// `dry_run` of a change.
    pub fn mode(self) -> Result<SaveMode, Problem> {
        let mut query = self.only(&["dry_run"])?;
        Ok(match query.flag("dry_run")? {
            None | Some(false) => SaveMode::Save,
            Some(true) => SaveMode::DryRun,
        })
    }
}

/// A fault in the query, by the parameter's name.
pub fn parameter(name: &str, detail: &str) -> Problem {
    let mut problem = Problem::new(ProblemType::Invalid);
    problem.errors.push(FieldError {
        pointer: format!("?{}", name.chars().take(100).collect::<String>()),
        detail: detail.to_owned(),
    });
    problem
}
