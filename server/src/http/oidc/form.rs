//! Reads forms within bounds (F26).

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::response::IntoResponse;
use doorward_oidc::Params;
use doorward_oidc::params::ParamsFault;
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// Largest body of a request to these endpoints, in bytes. Of what is longer no more than that is read.
pub const BODY_LIMIT: usize = 64 * 1024;

/// A body as axum gives it: with the limit of [`BODY_LIMIT`] in force.
pub type Body = Result<Bytes, BytesRejection>;

/// Why a body is not a form we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormFault {
    /// The content type is another one.
    NotAForm,
    /// Too many bytes or too many fields.
    TooLarge,
    /// Broken off, not decodable, or a parameter appears twice.
    Malformed(&'static str),
}

impl FormFault {
    /// HTTP status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotAForm | Self::Malformed(_) => StatusCode::BAD_REQUEST,
        }
    }

    /// For the developer.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotAForm => "Send the parameters as application/x-www-form-urlencoded.",
            Self::TooLarge => "The request is too large.",
            Self::Malformed(sentence) => sentence,
        }
    }
}

impl From<ParamsFault> for FormFault {
    fn from(fault: ParamsFault) -> Self {
        match fault {
            ParamsFault::TooLarge => Self::TooLarge,
            ParamsFault::Garbled => Self::Malformed("The request contains characters that cannot be read."),
            ParamsFault::Duplicate => Self::Malformed("A parameter appears more than once."),
        }
    }
}

/// Reads a form.
///
/// # Errors
/// [`FormFault`]; nothing of the request may be used.
pub fn read(headers: &HeaderMap, body: Body) -> Result<Params, FormFault> {
    read_by(Params::parse, headers, body)
}

/// Reads a form that is an authorization request: that a parameter is repeated is told to the application.
///
/// # Errors
/// As [`read`].
pub fn read_authorization(headers: &HeaderMap, body: Body) -> Result<Params, FormFault> {
    read_by(Params::parse_authorization, headers, body)
}

fn read_by(
    parse: fn(&str) -> Result<Params, ParamsFault>,
    headers: &HeaderMap,
    body: Body,
) -> Result<Params, FormFault> {
    if !is_form(headers) {
        return Err(FormFault::NotAForm);
    }
    let bytes = body.map_err(|rejection| match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => FormFault::TooLarge,
        _ => FormFault::Malformed("The body could not be read."),
    })?;
    let text = std::str::from_utf8(&bytes).map_err(|_| FormFault::from(ParamsFault::Garbled))?;
    Ok(parse(text)?)
}

/// Whether the body says it is a form.
#[must_use]
pub fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.map(|text| text.split(';').next().unwrap_or(text).trim());
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// The header `Authorization`, which may be there once. One that is no text becomes a text that proves nothing.
///
/// # Errors
/// When it is there twice: which one counts would be anybody's guess.
pub fn authorization(headers: &HeaderMap) -> Result<Option<&str>, FormFault> {
    let mut values = headers.get_all(header::AUTHORIZATION).into_iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => Ok(Some(HeaderValue::to_str(value).unwrap_or_default())),
        (Some(_), Some(_)) => Err(FormFault::Malformed("Use one method to authenticate, not several.")),
    }
}
