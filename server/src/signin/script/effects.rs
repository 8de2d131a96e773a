//! What a script does to the browser: cookies of its own, and headers that nothing acts on.

use ::http::{HeaderMap, HeaderName, HeaderValue};
use doorward_domain::script::{Effect, Run};
use doorward_vault::Purpose;

use crate::signin::cookie;
use crate::signin::hop::{Hop, Terms};

/// Cookies of scripts begin with this.
pub(super) const COOKIE: &str = "dw_s_";
/// Longest name and value of a script's cookie, in bytes.
const COOKIE_NAME_LIMIT: usize = 40;
const COOKIE_VALUE_LIMIT: usize = 1_000;

/// Headers that are not a script's to set, by how their names begin: browsers and proxies act on them.
const HEADERS_THAT_ACT: [&str; 8] = [
    "x-accel-",
    "x-content-type-options",
    "x-dns-prefetch-control",
    "x-forwarded-",
    "x-frame-options",
    "x-permitted-cross-domain-policies",
    "x-sendfile",
    "x-xss-protection",
];
/// Longest value of a script's header, in bytes.
const HEADER_VALUE_LIMIT: usize = 1_000;

/// What a script sends to the browser with the next answer.
#[derive(Default)]
pub struct Sent {
    pub cookies: Vec<HeaderValue>,
    pub headers: HeaderMap,
}

impl Sent {
    /// What a run sends, where there was one.
    pub fn of_run(hop: &Hop, terms: &Terms, run: Option<&Run>) -> Self {
        Self::of(hop, terms, run.map_or(&[][..], |run| &run.effects))
    }

    /// What the effects of a run come to; those that do not do are left out.
    fn of(hop: &Hop, terms: &Terms, effects: &[Effect]) -> Self {
        Self {
            cookies: effects
                .iter()
                .filter_map(|effect| set_cookie(hop, terms, effect))
                .collect(),
            headers: effects.iter().filter_map(set_header).collect(),
        }
    }
}

pub(super) fn cookie_context(terms: &Terms, name: &str) -> String {
    let application = terms.application().map(|application| application.id.to_string());
    format!("script {} {name}", application.unwrap_or_default())
}

/// A cookie of a script: sealed for one application, so that no browser and no other application can make it up.
fn set_cookie(hop: &Hop, terms: &Terms, effect: &Effect) -> Option<HeaderValue> {
    let Effect::SetCookie {
        name,
        value,
        max_age_seconds,
    } = effect
    else {
        return None;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.is_empty() || name.len() > COOKIE_NAME_LIMIT || value.len() > COOKIE_VALUE_LIMIT || !name.chars().all(plain)
    {
        tracing::warn!(
            request_id = hop.request_id,
            "a script's cookie is not set: its name or value does not do"
        );
        return None;
    }
    let context = cookie_context(terms, name);
    let sealed = hop
        .state
        .keyring
        .seal(Purpose::Cookie, context.as_bytes(), value.as_bytes());
    hop.cookies()
        .set(&format!("{COOKIE}{name}"), &cookie::encode(&sealed), *max_age_seconds)
}

/// A header of a script; `None` for one that nobody may set. The request id is ours.
fn set_header(effect: &Effect) -> Option<(HeaderName, HeaderValue)> {
    let Effect::SetHeader { name, value } = effect else {
        return None;
    };
    let name: HeaderName = name.parse().ok()?;
    let acts = HEADERS_THAT_ACT.iter().any(|begin| name.as_str().starts_with(begin));
    let is_free = name.as_str().starts_with("x-") && name.as_str() != "x-request-id" && !acts;
    let value = HeaderValue::from_str(value).ok()?;
    (is_free && value.len() <= HEADER_VALUE_LIMIT).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_sets_headers_that_nothing_acts_on() {
        let long = "x".repeat(HEADER_VALUE_LIMIT + 1);
        for (name, value, is_set) in [
            ("X-Risk", "high", true),
            ("x-risk", "", true),
            ("Set-Cookie", "a=b", false),
            ("Location", "https://example.com/", false),
            ("X-Frame-Options", "ALLOWALL", false),
            ("X-Accel-Redirect", "/etc/passwd", false),
            ("X-Request-Id", "1", false),
            ("X-Risk", "high\r\nSet-Cookie: a=b", false),
            ("X Risk", "high", false),
            ("X-Risk", &long, false),
        ] {
            let effect = Effect::SetHeader {
                name: name.to_owned(),
                value: value.to_owned(),
            };
            assert_eq!(set_header(&effect).is_some(), is_set, "{name}: {value:?}");
        }
    }
}
