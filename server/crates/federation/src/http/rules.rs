//! What the outbound client decides about an answer or an address without calling anybody.

use std::error::Error as StdError;
use std::io;

use reqwest::Response;
use reqwest::header::LOCATION;
use url::{Origin, Url};

use super::resolver::{AddressRefused, Unresolved};
use super::{FetchError, OutboundRequest};

/// Where to go on, when the answer is a redirect within the origin that may be followed.
pub(super) fn redirect_target(request: &OutboundRequest, response: &Response) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    // Credentials and codes go where they were meant to go, or nowhere.
    if request.body.is_some() || request.authorization.is_some() || !request.headers.is_empty() {
        return Err(FetchError::Redirected);
    }
    let location = response
        .headers()
        .get(LOCATION)
        .and_then(|v| v.to_str().ok())
        .ok_or(FetchError::Redirected)?;
    let target = request.url.join(location).map_err(|_| FetchError::Redirected)?;
    if same_origin(&target, &request.url) {
        Ok(Some(target))
    } else {
        Err(FetchError::Redirected)
    }
}

fn same_origin(a: &Url, b: &Url) -> bool {
    matches!(a.origin(), Origin::Tuple(..)) && a.origin() == b.origin()
}

/// Whether an address is at or below another, on the same origin. Escaped slashes are refused: whether they climb
/// depends on who reads them.
pub(super) fn is_below(url: &Url, base: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let escaped = path.contains("%2f") || path.contains("%5c");
    let base_path = base.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(base_path);
    same_origin(url, base) && !escaped && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Finds the reason of a failure in its chain of causes; the texts in the chain are not kept.
pub(super) fn classify(error: &reqwest::Error) -> FetchError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(current) = cause {
        if current.is::<AddressRefused>() {
            return FetchError::AddressRefused;
        }
        if current.is::<Unresolved>() {
            return FetchError::Unresolved;
        }
        // The TLS library reports a refused certificate, and an answer that is not TLS, as invalid data.
        if error.is_connect() && current.downcast_ref().is_some_and(is_invalid_data) {
            return FetchError::InsecureConnection;
        }
        cause = current.source();
    }
    if error.is_timeout() {
        FetchError::TimedOut
    } else if error.is_connect() {
        FetchError::Unreachable
    } else {
        FetchError::Interrupted
    }
}

/// Looks into an error that wraps another: `source` skips the one wrapped directly.
fn is_invalid_data(error: &io::Error) -> bool {
    let wrapped = error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>());
    error.kind() == io::ErrorKind::InvalidData || wrapped.is_some_and(is_invalid_data)
}
