//! The hosted pages' forms.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use http::StatusCode;

use crate::signin::fault::SignInFault;

/// Largest form, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;
/// Most fields.
const FIELD_LIMIT: usize = 100;

/// What a form sent.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body.
    ///
    /// # Errors
    /// `FormTooLarge`; `Malformed` for too many fields, a field that stands twice, and what cannot be read.
    pub fn read(body: Body) -> Result<Self, SignInFault> {
        let body = body.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => SignInFault::FormTooLarge,
            _ => SignInFault::Malformed,
        })?;
        let mut fields: Vec<(String, String)> = vec![];
        for (name, value) in url::form_urlencoded::parse(&body) {
            if fields.len() >= FIELD_LIMIT || fields.iter().any(|(other, _)| *other == name) {
                return Err(SignInFault::Malformed);
            }
            fields.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(fields))
    }

    /// A field's value, empty when it is not there.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// A field's value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A body within the limit.
pub type Body = Result<Bytes, BytesRejection>;
