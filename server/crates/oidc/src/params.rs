//! The parameters of a request: what was in the query or in the form, read once and strictly.

use std::borrow::Cow;

/// Longest query or form we read, in bytes. An ID token as hint and a large `state` fit several times.
pub const MAX_INPUT_BYTES: usize = 32 * 1024;
/// Most parameters in one request.
pub const MAX_PARAMS: usize = 64;

/// Why a query or form cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParamsFault {
    /// More than [`MAX_INPUT_BYTES`] or [`MAX_PARAMS`].
    #[error("The request is too large.")]
    TooLarge,
    /// A percent escape is broken, or what it stands for is not UTF-8 or a control character.
    #[error("The request contains characters that cannot be read.")]
    Garbled,
    /// "Request and response parameters MUST NOT be included more than once" (RFC 6749 §3.1).
    #[error("A parameter appears more than once.")]
    Duplicate,
}

/// The parameters of one request. Each name appears once, save in those of [`Params::parse_authorization`]; a parameter
/// without a value counts as omitted (RFC 6749 §3.1).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query string or the body of a form (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    /// [`ParamsFault`]; nothing of such a request may be used, not even for a redirect.
    pub fn parse(input: &str) -> Result<Self, ParamsFault> {
        Self::parse_authorization(input)?.once()
    }

    /// Reads an authorization request. That a parameter is repeated is told to the application (RFC 6749 §4.1.2.1), so it
    /// is no fault here; the parameter has no value then.
    ///
    /// # Errors
    /// [`ParamsFault`], but not `Duplicate`.
    pub fn parse_authorization(input: &str) -> Result<Self, ParamsFault> {
        if input.len() > MAX_INPUT_BYTES {
            return Err(ParamsFault::TooLarge);
        }
        let mut pairs = Vec::new();
        for pair in input.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decode(name)?, decode(value)?));
        }
        Self::bounded(pairs)
    }

    /// Takes parameters that were decoded already.
    ///
    /// # Errors
    /// As [`Params::parse`].
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Result<Self, ParamsFault> {
        Self::bounded(pairs)?.once()
    }

    fn once(self) -> Result<Self, ParamsFault> {
        if self.has_repeated() {
            Err(ParamsFault::Duplicate)
        } else {
            Ok(self)
        }
    }

    fn bounded(pairs: Vec<(String, String)>) -> Result<Self, ParamsFault> {
        let bytes: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
        if pairs.len() > MAX_PARAMS || bytes > MAX_INPUT_BYTES {
            return Err(ParamsFault::TooLarge);
        }
        let garbled = |(name, value): &(String, String)| name.chars().chain(value.chars()).any(char::is_control);
        if pairs.iter().any(garbled) {
            return Err(ParamsFault::Garbled);
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter, `None` when it is missing, empty or repeated.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut values = self
            .0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (Some(value), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// Whether a parameter appears more than once.
    #[must_use]
    pub fn is_repeated(&self, name: &str) -> bool {
        self.0.iter().filter(|(key, _)| key == name).count() > 1
    }

    /// Whether any parameter does.
    #[must_use]
    pub fn has_repeated(&self) -> bool {
        self.0.iter().any(|(name, _)| self.is_repeated(name))
    }
}

/// Prints the names alone: values may be codes, secrets or tokens.
impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Undoes `application/x-www-form-urlencoded` for one name or value. Unlike a browser it refuses what it cannot read
/// instead of putting a replacement character there: two different inputs must not become one.
pub(crate) fn decode(text: &str) -> Result<String, ParamsFault> {
    if !text.bytes().any(|b| b == b'%' || b == b'+') {
        return Ok(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next())? << 4 | hex(rest.next())?,
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| ParamsFault::Garbled)
}

fn hex(digit: Option<u8>) -> Result<u8, ParamsFault> {
    let digit = digit
        .and_then(|b| (b as char).to_digit(16))
        .ok_or(ParamsFault::Garbled)?;
    u8::try_from(digit).map_err(|_| ParamsFault::Garbled)
}

/// Appends `name=value` pairs to a URL's query, keeping what is there byte for byte (RFC 6749 §3.1.2).
pub(crate) fn append_query(url: &str, fields: &[(&'static str, Cow<'_, str>)]) -> String {
    let encoded = url::form_urlencoded::Serializer::new(String::with_capacity(128))
        .extend_pairs(fields)
        .finish();
    if encoded.is_empty() {
        return url.to_owned();
    }
    let separator = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    [url, separator, &encoded].concat()
}
