//! The authorization endpoint (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2).
//!
//! Two phases, and the types keep their order: [`identify`] establishes who asks and where answers may go, and what goes
//! wrong there is shown on a page; [`Identified::validate`] reads the rest, and what goes wrong there is sent to the
//! application. There is no way to a redirect that does not pass `identify`.

pub mod claims_request;
pub mod error;
pub mod prompt;
pub mod request;
pub mod response;
mod validate;

pub use claims_request::{ClaimRequest, ClaimsRequest};
pub use error::{AuthorizationError, ErrorCode};
pub use prompt::{Prompt, PromptSet};
pub use request::{AuthorizationRequest, Display, ResponseMode};
pub use response::{AuthorizationResponse, Delivery};

use doorward_domain::application::Application;

use crate::params::{Params, ParamsFault};

/// Why a request is answered on a page and not at the application. The page explains it to the person; the name of the
/// application may be shown, the redirect URI must not become a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedOnPage {
    /// The query or form cannot be read.
    #[error(transparent)]
    Malformed(#[from] ParamsFault),
    /// `client_id` is missing.
    #[error("The parameter client_id is missing.")]
    ClientMissing,
    /// No application has this `client_id`.
    #[error("No application has this client_id.")]
    ClientUnknown,
    /// The application is switched off.
    #[error("The application is switched off.")]
    ClientDisabled,
    /// `redirect_uri` is missing. We ask for it even when only one is registered (OpenID Connect Core §3.1.2.1).
    #[error("The parameter redirect_uri is missing.")]
    RedirectUriMissing,
    /// `redirect_uri` is not registered for this application (RFC 9700 §2.1).
    #[error("This redirect_uri is not registered for the application.")]
    RedirectUriUnknown,
}

/// A request whose application and redirect URI are verified: from here on errors may be redirected.
#[derive(Debug, Clone, Copy)]
pub struct Identified<'a> {
    /// Who asks.
    pub application: &'a Application,
    params: &'a Params,
    redirect_uri: &'a str,
}

/// Finds out who asks and checks where the answer may go.
///
/// # Errors
/// [`RefusedOnPage`]; the browser must not be redirected (RFC 6749 §4.1.2.1).
pub fn identify<'a>(
    params: &'a Params,
    lookup: impl FnOnce(&str) -> Option<&'a Application>,
) -> Result<Identified<'a>, RefusedOnPage> {
    // Which of two would count is anybody's guess.
    if params.is_repeated("client_id") || params.is_repeated("redirect_uri") {
        return Err(ParamsFault::Duplicate.into());
    }
    let client_id = params.get("client_id").ok_or(RefusedOnPage::ClientMissing)?;
    let application = lookup(client_id).ok_or(RefusedOnPage::ClientUnknown)?;
    let redirect_uri = params.get("redirect_uri").ok_or(RefusedOnPage::RedirectUriMissing)?;
    if !application.protocol.redirects_to(redirect_uri) {
        return Err(RefusedOnPage::RedirectUriUnknown);
    }
    if !application.enabled {
        return Err(RefusedOnPage::ClientDisabled);
    }
    Ok(Identified {
        application,
        params,
        redirect_uri,
    })
}
