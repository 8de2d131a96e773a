//! The mailbox of a demonstration: shows the mail that would have been sent.

use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use doorward_storage::outbox;
use http::{StatusCode, header};
use leptos::prelude::*;

use super::{Letter, letter};
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
            ([(header::CACHE_CONTROL, "no-store")], Html(page(letters))).into_response()
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the mailbox cannot be read");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "The mailbox cannot be read now. Try again.",
            )
                .into_response()
        }
    }
}

fn page(letters: Vec<(String, Letter)>) -> String {
    let stylesheet = crate::assets::console().stylesheet;
    let list = if letters.is_empty() {
        view! { <p>"No mail yet. Sign in to an application that sends a code by email, then load this page again."</p> }
            .into_any()
    } else {
        let one = |(at, letter): (String, Letter)| {
            view! {
                <article class="card stack">
                    <h2>{letter.subject}</h2>
                    <p class="muted">"To " {letter.to} ", " {at}</p>
                    <pre class="letter">{letter.text}</pre>
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
