//! The mailbox of a demonstration: shows the mail that would have been sent.

use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use doorward_storage::outbox;
use http::{StatusCode, header};
use leptos::prelude::*;

use super::{Letter, letter};
use crate::log::chain;
use crate::state::Shared;

/// Its path below the public URL.
pub const PATH: &str = "/demo-mailbox";
/// Most mails shown.
const SHOWN: u32 = 50;

/// The page's route.
pub fn router() -> Router<Shared> {
    Router::new().route(PATH, get(show))
}

async fn show(State(state): State<Shared>) -> Response {
    match outbox::newest(state.store.read(), SHOWN).await {
        Ok(mails) => {
            let letters = mails
                .iter()
                .filter_map(|mail| letter(&state.keyring, mail).map(|letter| (mail.created_at, letter)))
                .map(|(at, letter)| (at.format("%H:%M:%S UTC").to_string(), letter))
                .collect();
            (
                [(header::CACHE_CONTROL, "no-store")],
                Html(page(letters, state.config.public_url.as_str())),
            )
                .into_response()
        }
        Err(error) => {
            tracing::warn!(error = chain(&error), "the mailbox cannot be read");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "The mailbox cannot be read now. Try again.",
            )
                .into_response()
        }
    }
}

/// A mail's text in pieces, each with whether it is an address of ours: those are links, and nobody else's are.
fn pieces<'a>(text: &'a str, ours: &str) -> Vec<(&'a str, bool)> {
    let mut pieces = Vec::new();
    let (mut plain_from, mut look_from) = (0, 0);
    while let Some(found) = text[look_from..].find(ours) {
        let start = look_from + found;
        let host_ends = start + ours.len();
        look_from = host_ends;
        let rest = &text[host_ends..];
        // Anything else would go on the host's name.
        if !rest.starts_with('/') {
            continue;
        }
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let end = host_ends
            + rest[..length]
                .trim_end_matches(['.', ',', ';', ':', ')', '>', '"', '\''])
                .len();
        pieces.extend([(&text[plain_from..start], false), (&text[start..end], true)]);
        (plain_from, look_from) = (end, end);
    }
    pieces.push((&text[plain_from..], false));
    pieces
}

fn page(letters: Vec<(String, Letter)>, ours: &str) -> String {
    let stylesheet = crate::assets::console().stylesheet;
    let list = if letters.is_empty() {
        view! { <p>"No mail yet. Sign in to an application that sends a code by email, then load this page again."</p> }
            .into_any()
    } else {
        let piece = |(text, is_ours): (&str, bool)| {
            let text = text.to_owned();
            if is_ours {
                view! { <a href=text.clone()>{text.clone()}</a> }.into_any()
            } else {
                text.into_any()
            }
        };
        let one = |(at, letter): (String, Letter)| {
            let text = pieces(&letter.text, ours).into_iter().map(piece).collect_view();
            view! {
                <article class="card stack">
                    <h2>{letter.subject}</h2>
                    <p class="muted">"To " {letter.to} ", " {at}</p>
                    <pre class="letter">{text}</pre>
                </article>
            }
        };
        letters.into_iter().map(one).collect_view().into_any()
    };
    let view = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title>"Demo mailbox"</title>
                <link rel="stylesheet" href=stylesheet />
                // An empty icon: the browser need not ask for one.
                <link rel="icon" href="data:," />
            </head>
            <body>
                <main class="page standalone stack wide" id="main">
                    <h1>"Demo mailbox"</h1>
                    <p class="page-status">"Mail that Doorward would have sent, the newest first. Nothing leaves this machine."</p>
                    {list}
                </main>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", view.to_html())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://id.example.com";

    #[test]
    fn addresses_of_ours_alone_are_links() {
        for (text, want) in [
            ("No address.", vec![]),
            (
                "Open https://id.example.com/a?b=1&c=2\nsoon.",
                vec!["https://id.example.com/a?b=1&c=2"],
            ),
            (
                "See https://id.example.com/a, https://id.example.com/b.",
                vec!["https://id.example.com/a", "https://id.example.com/b"],
            ),
            ("https://id.example.com.evil.example/a", vec![]),
            ("https://id.example.com@evil.example/a", vec![]),
            ("https://id.example.com:8443/a", vec![]),
            ("http://id.example.com/a javascript:alert(1)", vec![]),
        ] {
            let pieces = pieces(text, OURS);
            let links: Vec<&str> = pieces
                .iter()
                .filter(|(_, is_ours)| *is_ours)
                .map(|(text, _)| *text)
                .collect();
            assert_eq!(links, want, "{text}");
            let whole: String = pieces.iter().map(|(text, _)| *text).collect();
            assert_eq!(whole, text, "nothing is lost");
        }
    }

    #[test]
    fn a_mail_is_no_markup() {
        let letter = Letter {
            text: "<b>hi</b> https://id.example.com/a?\"onclick=x".to_owned(),
            ..Letter::default()
        };
        let page = page(vec![("12:00:00 UTC".to_owned(), letter)], OURS);
        assert!(page.contains("&lt;b&gt;hi"), "{page}");
        assert!(
            page.contains("href=\"https://id.example.com/a?&quot;onclick=x\""),
            "{page}"
        );
    }
}
