//! What goes back to the application from the authorization endpoint.

use std::borrow::Cow;

use super::request::ResponseMode;
use crate::params::append_query;

/// An authorization response, always with `iss` (RFC 9207 §2) and with the `state` that was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationResponse {
    redirect_uri: String,
    mode: ResponseMode,
    fields: Vec<(&'static str, Cow<'static, str>)>,
}

/// How a response reaches the application.
#[derive(Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Answer with 303 (RFC 9700 §4.12: never 307, which would repeat a form with a password) and this `Location`.
    Redirect(String),
    /// Answer with a page whose form posts these fields (OAuth 2.0 Form Post Response Mode §2). The page needs a button
    /// for browsers without script, must escape the fields, and its CSP must allow `form-action` to the address.
    FormPost {
        /// Where the form goes.
        action: String,
        /// Its hidden fields.
        fields: Vec<(&'static str, String)>,
    },
}

impl AuthorizationResponse {
    pub(crate) fn new(redirect_uri: &str, mode: ResponseMode, state: Option<&str>, issuer: &str) -> Self {
        let response = Self {
            redirect_uri: redirect_uri.to_owned(),
            mode,
            fields: Vec::with_capacity(4),
        };
        let response = match state {
            Some(state) => response.with("state", state.to_owned()),
            None => response,
        };
        response.with("iss", issuer.to_owned())
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// How to deliver it.
    #[must_use]
    pub fn deliver(self) -> Delivery {
        match self.mode {
            ResponseMode::Query => Delivery::Redirect(append_query(&self.redirect_uri, &self.fields)),
            ResponseMode::FormPost => Delivery::FormPost {
                action: self.redirect_uri,
                fields: self
                    .fields
                    .into_iter()
                    .map(|(name, value)| (name, value.into_owned()))
                    .collect(),
            },
        }
    }
}

/// Prints no values: one of them may be a code.
impl std::fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.fields.iter().map(|(name, _)| name).collect();
        f.debug_struct("AuthorizationResponse")
            .field("mode", &self.mode)
            .field("fields", &names)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Redirect(_) => "Redirect(…)",
            Self::FormPost { .. } => "FormPost(…)",
        })
    }
}
