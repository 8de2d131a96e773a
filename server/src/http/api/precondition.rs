//! `If-Match` against lost updates (RFC 9110 §13.1.1).

use axum::extract::FromRequestParts;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use doorward_app::api::error::ConsoleError;

use super::problem::{Problem, ProblemType};

/// The version a change is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition {
    /// No header, or `*`.
    Any,
    Version(i64),
    /// An ETag that no version of ours has.
    Never,
}

impl<S: Send + Sync> FromRequestParts<S> for Precondition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(IF_MATCH).iter();
        let Some(value) = values.next() else {
            return Ok(Self::Any);
        };
        let text = value.to_str().unwrap_or_default();
        if values.next().is_some() || text.contains(',') {
            return Err(Problem::new(ProblemType::Malformed).with_detail("Send one ETag in If-Match."));
        }
        Self::parse(text).ok_or_else(|| {
            Problem::new(ProblemType::Malformed).with_detail("Send the ETag in If-Match as it was given, in quotes.")
        })
    }
}

impl Precondition {
    /// `None` of what is no ETag (RFC 9110 §8.8.3).
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "*" {
            return Some(Self::Any);
        }
        let (is_weak, tag) = text.strip_prefix("W/").map_or((false, text), |tag| (true, tag));
        let inner = tag.strip_prefix('"')?.strip_suffix('"')?;
        // A weak tag never matches here: the comparison is the strong one.
        let version: Option<i64> = inner.parse().ok().filter(|_| !is_weak);
        Some(version.map_or(Self::Never, Self::Version))
    }

    /// The version to hand to a service.
    pub fn expected(self) -> Result<Option<i64>, Problem> {
        match self {
            Self::Any => Ok(None),
            Self::Version(version) => Ok(Some(version)),
            Self::Never => Err(Problem::new(ProblemType::PreconditionFailed)),
        }
    }

    /// What a failed change means: with a version it is the precondition that failed.
    pub fn refuse(self, error: ConsoleError) -> Problem {
        match (self, error) {
            (Self::Version(_), ConsoleError::Changed) => Problem::new(ProblemType::PreconditionFailed),
            (_, error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for (text, want) in [
            ("*", Some(Precondition::Any)),
            ("\"3\"", Some(Precondition::Version(3))),
            (" \"3\" ", Some(Precondition::Version(3))),
            ("W/\"3\"", Some(Precondition::Never)),
            ("\"x\"", Some(Precondition::Never)),
            ("3", None),
            ("W/3", None),
            ("\"", None),
            ("", None),
        ] {
            assert_eq!(Precondition::parse(text), want, "{text}");
        }
    }
}
