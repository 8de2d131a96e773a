//! The pages: the one of personas, and the one for a sign-in that cannot go on.

use leptos::prelude::*;

use super::persona::Persona;

/// Renders the page. `request` is the sealed authorization request; `fault` a sentence about the typed name.
pub fn personas(stylesheet: &str, request: &str, typed: &str, fault: Option<&'static str>) -> String {
    let sealed = request.to_owned();
    let buttons = Persona::ALL
        .map(|persona| {
            view! {
                <li class="card tight person-card">
                    <button class="button" type="submit" name="persona" value=persona.as_str()>
                        {persona.label()}
                    </button>
                    <p class="muted">{persona.hint()}</p>
                </li>
            }
        })
        .collect_view();
    let form = view! {
        <form method="post" action="/test-idp/authorize" class="stack wide">
            <input type="hidden" name="request" value=sealed />
            <section class="card form">
                <h2>"Somebody by name"</h2>
                <div class="field">
                    <label for="name">"Name"</label>
                    <input
                        class="input"
                        id="name"
                        name="name"
                        value=typed.to_owned()
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        aria-describedby="name-help"
                        aria-invalid=fault.map(|_| "true")
                    />
                    <p class="help" id="name-help">
                        "Small letters, digits, dots and hyphens. The same name is the same person again, with the address name@example.com."
                    </p>
                    {fault.map(|fault| view! { <p class="error" role="alert">{fault}</p> })}
                </div>
                <div class="button-row">
                    <button class="button primary" type="submit">"Sign in by name"</button>
                </div>
            </section>
            <h2>"Or one of these"</h2>
            <ul class="cards plain-list">{buttons}</ul>
        </form>
    };
    let lead =
        "This is the Test IdP, an identity provider for demonstrations. Pick a person: it vouches for them at once.";
    document(stylesheet, "Who are you?", lead.to_owned(), form)
}

/// Renders the page for a sign-in that cannot go on: what is so, and what to do.
pub fn fault(stylesheet: &str, title: &'static str, sentence: String) -> String {
    document(stylesheet, title, sentence, ())
}

fn document(stylesheet: &str, title: &'static str, lead: String, content: impl IntoView + 'static) -> String {
    let stylesheet = stylesheet.to_owned();
    let view = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title inner_html=format!("Test IdP: {title}")></title>
                <link rel="stylesheet" href=stylesheet />
                // An empty icon: the browser need not ask for one.
                <link rel="icon" href="data:," />
            </head>
            <body>
                <main class="page standalone" id="main">
                    <header class="page-head">
                        <div>
                            <h1>{title}</h1>
                            <p class="page-status">{lead}</p>
                        </div>
                    </header>
                    {content}
                </main>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", view.to_html())
}
