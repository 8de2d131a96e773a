//! Answers of the hosted pages: HTML with strict headers, or a redirect.

use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use doorward_app::hosted::page::form_post;
use doorward_app::hosted::{ApplicationFace, Language, PageShell, UserMessage, names};
use doorward_domain::application::Application;
use doorward_oidc::authorize::Delivery;
use doorward_vault::sha256;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{StatusCode, Uri};

use crate::signin::cookie;
use crate::signin::finish::Answer;
use crate::signin::hop::Hop;

/// Longest address that language links repeat, in bytes: it stands in the page once for each language.
const ADDRESS_LIMIT: usize = 2_000;

/// The language of a page: these wishes, what its address says, what the person chose before, what the browser prefers.
#[must_use]
pub fn language(hop: &Hop, ui_locales: Option<&str>) -> Language {
    let accepted = hop
        .headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let asked = hop.repeatable.as_ref().and_then(asked_language);
    let wishes = [ui_locales, asked.as_deref(), remembered(hop)];
    Language::negotiate(Some(&in_order(wishes)), accepted)
}

/// Wishes of several, the most important first. One that cannot be met gives way to the next.
#[must_use]
pub fn in_order(wishes: [Option<&str>; 3]) -> String {
    let given = wishes.iter().flatten();
    // In one allocation: this is on the way of every sign-in.
    let mut all = String::with_capacity(given.clone().map(|wish| wish.len() + 1).sum());
    for wish in given {
        all.push_str(wish);
        all.push(' ');
    }
    all
}

/// The language that the person chose by a link of a page, now or some other day.
#[must_use]
pub fn remembered(hop: &Hop) -> Option<&'static str> {
    hop.cookies().language(&hop.headers).map(Language::tag)
}

/// The language that an address says.
pub fn asked_language(uri: &Uri) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    pairs.find_map(|(name, value)| (name == names::UI_LOCALES).then(|| value.into_owned()))
}

/// Where a GET shows the same page again, without the language.
fn again(uri: &Uri) -> Option<String> {
    let is_language = |pair: &&str| pair.split('=').next() == Some(names::UI_LOCALES);
    let pairs = uri.query().unwrap_or_default().split('&');
    let kept: Vec<&str> = pairs.filter(|pair| !pair.is_empty() && !is_language(pair)).collect();
    let address = match kept.as_slice() {
        [] => uri.path().to_owned(),
        kept => format!("{}?{}", uri.path(), kept.join("&")),
    };
    // Two slashes would begin the name of another host, and browsers take a backslash for one.
    let is_ours = address.starts_with('/') && !address.starts_with("//") && !address.contains('\\');
    (is_ours && address.len() <= ADDRESS_LIMIT).then_some(address)
}

/// What all pages of a request have in common.
#[must_use]
pub fn shell(hop: &Hop, application: Option<&Application>, ui_locales: Option<&str>) -> PageShell {
    PageShell {
        branding: hop.snapshot.branding.clone(),
        application: application.map(|application| ApplicationFace {
            name: application.name.clone(),
            logo_url: None,
        }),
        language: language(hop, ui_locales),
        address: hop.repeatable.as_ref().and_then(again),
        csrf: String::new(),
        style: crate::assets::hosted_css(),
        home: None,
    }
}

/// A page.
#[must_use]
pub fn html(status: StatusCode, shell: &PageShell, html: String) -> Response {
    with_script(status, shell, html, None)
}

/// The status of the page that shows a message.
#[must_use]
pub fn status(message: UserMessage) -> StatusCode {
    StatusCode::from_u16(message.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A page with a script of ours in it, which its policy allows by its hash.
#[must_use]
pub fn with_script(status: StatusCode, shell: &PageShell, html: String, script: Option<&str>) -> Response {
    let hash = |text: &str| format!(" 'sha256-{}'", STANDARD.encode(sha256(text.as_bytes())));
    let styles: String = shell.styles().iter().map(|style| hash(style)).collect();
    let scripts = script
        .map(|script| format!("; script-src{}", hash(script)))
        .unwrap_or_default();
    // No `form-action`: browsers hold every redirect after a form to it, and a sign-in leads to providers and from
    // there to wherever they send people. Nothing of a stranger's is ever written into a page as markup.
    let policy = format!(
        "default-src 'none'; style-src{styles}{scripts}; img-src 'self' https: data:; frame-ancestors 'none'; base-uri 'none'"
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    protect(headers);
    response
}

/// Headers of every answer in a sign-in.
fn protect(headers: &mut HeaderMap) {
    const HEADERS: [(HeaderName, &str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Sends the browser where a move leads: always 303, so that a form is not posted again (RFC 9700 §4.12).
#[must_use]
pub fn answer(hop: &Hop, answer: Answer) -> Response {
    let mut response = match answer.delivery {
        Delivery::Redirect(address) => redirect(&address),
        Delivery::FormPost { action, fields } => {
            // It is gone in a moment; asked for again, it would be another answer.
            let shell = PageShell {
                address: None,
                ..shell(hop, None, None)
            };
            let fields = fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            let page = form_post::render(
                &shell,
                &form_post::FormPost {
                    redirect_uri: action,
                    fields,
                },
            );
            with_script(StatusCode::OK, &shell, page, Some(form_post::SCRIPT))
        }
    };
    response.headers_mut().extend(answer.headers);
    cookie::append(response.headers_mut(), answer.cookies);
    response
}

/// A redirect.
#[must_use]
pub fn redirect(address: &str) -> Response {
    // An address that is no header value was never registered: those are checked when they are saved.
    let Ok(location) = HeaderValue::from_str(address) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    protect(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_page_again() {
        let long = format!("/nowhere?{}", "x".repeat(ADDRESS_LIMIT));
        for (case, uri, want) in [
            ("a path", "/nowhere", Some("/nowhere")),
            ("the language alone", "/nowhere?ui_locales=de", Some("/nowhere")),
            (
                "the language among others",
                "/oauth2/authorize?client_id=x&ui_locales=de+fr&state=a%26b",
                Some("/oauth2/authorize?client_id=x&state=a%26b"),
            ),
            ("twice", "/a?ui_locales=de&b=1&ui_locales=fr&", Some("/a?b=1")),
            ("another host", "//evil.example/a", None),
            ("another host by a backslash", "/\\evil.example/a", None),
            ("a whole address", "https://evil.example/a?b=1", Some("/a?b=1")),
            ("all there is", "*", None),
            ("too long", &long, None),
        ] {
            let uri: Uri = uri.parse().expect("an address");
            assert_eq!(again(&uri).as_deref(), want, "{case}");
        }
    }

    #[test]
    fn the_language_asked_for() {
        for (uri, want) in [("/a", None), ("/a?b=1", None), ("/a?ui_locales=de%20fr", Some("de fr"))] {
            assert_eq!(asked_language(&Uri::from_static(uri)).as_deref(), want, "{uri}");
        }
    }
}
