//! Logout asked for by an application (OpenID Connect RP-Initiated Logout 1.0 §2 and §3).

use std::borrow::Cow;

use doorward_domain::Timestamp;
use doorward_domain::application::Application;

use crate::jose::SigningKeys;
use crate::mint::{IdTokenHint, verify_id_token_hint};
use crate::params::{Params, append_query};

/// Why a logout request is answered on a page that says so. The person can still sign out there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoutRefused {
    /// `id_token_hint` is not an ID token of ours.
    #[error("The id_token_hint is not valid.")]
    Hint,
    /// `client_id` is unknown, or not the one in the hint.
    #[error("The client_id is unknown or does not match the id_token_hint.")]
    Client,
    /// `post_logout_redirect_uri` without anything that names the application.
    #[error("A post_logout_redirect_uri needs an id_token_hint or a client_id.")]
    Unnamed,
    /// `post_logout_redirect_uri` is not registered.
    #[error("This post_logout_redirect_uri is not registered for the application.")]
    RedirectUri,
}

/// A valid logout request.
#[derive(Debug, Clone)]
pub struct LogoutRequest<'a> {
    /// The application, when the request names it.
    pub application: Option<&'a Application>,
    /// Whom and which session the application means.
    pub hint: Option<IdTokenHint>,
    /// Where the browser goes afterwards: registered, with `state` appended.
    pub redirect: Option<String>,
    /// Languages of the person, best first.
    pub ui_locales: Vec<String>,
}

impl<'a> LogoutRequest<'a> {
    /// Reads a logout request.
    ///
    /// # Errors
    /// [`LogoutRefused`]; the browser must not be redirected (§4).
    pub fn parse(
        params: &Params,
        lookup: impl Fn(&str) -> Option<&'a Application>,
        keys: &SigningKeys,
        issuer: &str,
        now: Timestamp,
    ) -> Result<Self, LogoutRefused> {
        let hint = params
            .get("id_token_hint")
            .map(|token| verify_id_token_hint(keys, token, issuer, now).map_err(|_| LogoutRefused::Hint))
            .transpose()?;
        let named = match (params.get("client_id"), &hint) {
            (Some(client_id), Some(hint)) if hint.client_id != client_id => return Err(LogoutRefused::Client),
            (Some(client_id), _) => Some(client_id),
            (None, Some(hint)) => Some(hint.client_id.as_str()),
            (None, None) => None,
        };
        let application = named
            .map(|client_id| lookup(client_id).ok_or(LogoutRefused::Client))
            .transpose()?;
        let redirect = redirect(params, application)?;
        let locales = params.get("ui_locales").unwrap_or_default().split(' ');
        let ui_locales = locales
            .filter(|tag| (1..=100).contains(&tag.len()))
            .take(10)
            .map(str::to_owned)
            .collect();
        Ok(Self {
            application,
            hint,
            redirect,
            ui_locales,
        })
    }

    /// Whether the session may be ended at once: the application named this very session. Otherwise the person is asked,
    /// or any page could sign people out by a link (§2, §6).
    #[must_use]
    pub fn names_session(&self, session_id: &str) -> bool {
        self.hint.as_ref().and_then(|hint| hint.session_id.as_deref()) == Some(session_id)
    }
}

fn redirect(params: &Params, application: Option<&Application>) -> Result<Option<String>, LogoutRefused> {
    let Some(uri) = params.get("post_logout_redirect_uri") else {
        return Ok(None);
    };
    let application = application.ok_or(LogoutRefused::Unnamed)?;
    // Exact and nothing else: here no native application picks a port at run time.
    if !application.enabled
        || !application
            .protocol
            .post_logout_redirect_uris
            .iter()
            .any(|registered| registered == uri)
    {
        return Err(LogoutRefused::RedirectUri);
    }
    let state = params.get("state").map(|state| ("state", Cow::from(state)));
    Ok(Some(append_query(uri, state.as_slice())))
}
