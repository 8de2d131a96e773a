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
        Ok(Self::parse(text))
    }
}

impl Precondition {
    fn parse(text: &str) -> Self {
        let text = text.trim();
        if text == "*" {
            return Self::Any;
        }
        // A weak tag never matches here; the strong comparison needs the quotes on both sides.
        let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        inner
            .and_then(|version| version.parse().ok())
            .map_or(Self::Never, Self::Version)
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
            ("*", Precondition::Any),
            ("\"3\"", Precondition::Version(3)),
            (" \"3\" ", Precondition::Version(3)),
            ("3", Precondition::Never),
            ("W/\"3\"", Precondition::Never),
            ("\"x\"", Precondition::Never),
            ("\"", Precondition::Never),
        ] {
            assert_eq!(Precondition::parse(text), want, "{text}");
        }
    }
}
