//! What a demo application shows.

use doorward_app::ui::icon::{Icon, Shape};
use doorward_domain::subject::VerifiedAssertion;
use leptos::prelude::*;
use serde_json::Value;

use super::Example;

/// Longest value that is shown whole, in characters.
const CELL_LIMIT: usize = 400;

/// The first page: one button.
pub fn welcome(stylesheet: &str, example: &Example) -> String {
    let body = view! {
        <p class="page-status">{example.about}</p>
        {sign_in_form(example, "Sign in")}
    };
    document(stylesheet, example.name, body)
}

/// What arrived when the person signed in.
pub fn signed_in(stylesheet: &str, example: &Example, assertion: &VerifiedAssertion) -> String {
    let name = ["name", "preferred_username", "email"]
        .into_iter()
        .find_map(|claim| assertion.claims.get(claim).and_then(Value::as_str))
        .unwrap_or(&assertion.subject)
        .to_owned();
    let identity = [("sub", assertion.subject.clone()), ("iss", assertion.issuer.clone())];
    let others = assertion
        .claims
        .iter()
        .filter(|(claim, _)| !matches!(claim.as_str(), "sub" | "iss"));
    let rows = identity
        .into_iter()
        .map(|(claim, value)| (claim.to_owned(), value))
        .chain(others.map(|(claim, value)| (claim.clone(), text(value))))
        .map(|(claim, value)| view! { <tr><th scope="row"><code>{claim.clone()}</code></th><td class="wraps" data-claim=claim>{cell(value)}</td></tr> })
        .collect_view();
    let body = view! {
        <p class="page-status">"You are signed in as " <b>{cut(name)}</b> "."</p>
        <div class="table-frame" tabindex="0" role="region" aria-label="Claims">
            <table class="table">
                <caption class="quiet">"Claims this application received"</caption>
                <thead><tr><th scope="col">"Claim"</th><th scope="col">"Value"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <div class="button-row">
            {sign_in_form(example, "Sign in again")}
            <form method="post" action=format!("{}/sign-out", example.path)>
                <button class="button" type="submit">"Sign out"</button>
            </form>
        </div>
    };
    document(stylesheet, example.name, body)
}

/// A sign-in that ended without a person: a sentence for them, and below it what an administrator may look up.
pub fn failed(stylesheet: &str, example: &Example, sentence: &str, detail: Option<String>) -> String {
    let body = view! {
        <div class="notice warn" role="alert">
            <Icon shape=Shape::Warning />
            <p class="notice-title">"You are not signed in"</p>
            <p>{sentence.to_owned()}</p>
            {detail.map(|detail| view! { <p class="muted"><small>{detail}</small></p> })}
        </div>
        {sign_in_form(example, "Try again")}
    };
    document(stylesheet, example.name, body)
}

/// A text of any length: two lines of it, the whole in its title.
fn cut(text: String) -> impl IntoView + use<> {
    let title = text.clone();
    view! { <bdi class="cut" title=title>{text}</bdi> }
}

/// A value, whole unless it would fill the page.
fn cell(value: String) -> AnyView {
    if value.chars().count() > CELL_LIMIT {
        cut(value).into_any()
    } else {
        value.into_any()
    }
}

fn sign_in_form(example: &Example, label: &'static str) -> impl IntoView + use<> {
    view! {
        <form method="post" action=format!("{}/sign-in", example.path)>
            <button class="button primary" type="submit">{label}</button>
        </form>
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn document(stylesheet: &str, title: &'static str, body: impl IntoView + 'static) -> String {
    let stylesheet = stylesheet.to_owned();
    let view = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title inner_html=title></title>
                <link rel="stylesheet" href=stylesheet />
                // An empty icon: the browser need not ask for one.
                <link rel="icon" href="data:," />
            </head>
            <body>
                <main class="page standalone stack wide" id="main">
                    <h1>{title}</h1>
                    {body}
                </main>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", view.to_html())
}
