//! Reading a provider's discovery document into a form.

use leptos::html;
use leptos::prelude::*;

use crate::api::connection::{DiscoverProvider, DiscoveredProvider};
use crate::ui::icon::{Icon, Shape};
use crate::ui::notice::{Notice, Tone};

/// The ways to authenticate at a provider's token endpoint.
#[must_use]
pub fn auth_methods() -> Vec<(&'static str, String)> {
    [
        ("client_secret_basic", "Secret in the header (client_secret_basic)"),
        ("client_secret_post", "Secret in the body (client_secret_post)"),
        ("none", "No secret, PKCE alone (none)"),
    ]
    .map(|(value, words)| (value, words.to_owned()))
    .to_vec()
}

/// The scopes worth asking for among those a provider offers.
#[must_use]
pub fn useful_scopes(supported: &[String]) -> String {
    let wanted = ["openid", "email", "profile"];
    let offered = |scope: &&str| *scope == "openid" || supported.iter().any(|s| s == scope);
    wanted.into_iter().filter(offered).collect::<Vec<_>>().join(" ")
}

/// The button that asks the provider, and what it said. Whoever shows the field of the issuer clears the action once
/// something is typed there: the answer is about another issuer then.
#[component]
pub fn Discover(
    issuer: NodeRef<html::Input>,
    action: ServerAction<DiscoverProvider>,
    on_found: impl Fn(DiscoveredProvider) + 'static,
) -> impl IntoView {
    let asked = StoredValue::new(String::new());
    // What was typed while the provider was asked makes its answer one about another issuer too.
    let is_asked = move || {
        let now = issuer.get_untracked().map(|issuer| issuer.value());
        now.is_some_and(|now| asked.with_value(|asked| *asked == now))
    };
    let answer = move || action.value().get().filter(|_| is_asked());
    let ask = move |_| {
        let Some(issuer) = issuer.get_untracked() else {
            return;
        };
        if issuer.report_validity() {
            asked.set_value(issuer.value());
            action.dispatch(DiscoverProvider { issuer: issuer.value() });
        } else {
            let _ = issuer.focus();
        }
    };
    Effect::new(move |_| {
        if let Some(Ok(Ok(found))) = answer() {
            on_found(found);
        }
    });
    let result = move || {
        answer().map(|answer| match answer {
            Ok(Ok(found)) => view! { <Found found /> }.into_any(),
            Ok(Err(fault)) => view! {
                <Notice tone=Tone::Warn title="Discovery did not work">
                    <p>{fault.sentence}</p>
                    <p>"Saving does not need the provider; testing does."</p>
                </Notice>
            }
            .into_any(),
            Err(error) => view! { <Notice tone=Tone::Danger title=error.to_string() /> }.into_any(),
        })
    };
    view! {
        <div class="stack tight">
            <div>
                <button type="button" class="button small" on:click=ask aria-busy=move || action.pending().get().then_some("true")>
                    <Icon shape=Shape::Search />
                    "Discover"
                </button>
            </div>
            <noscript>
                <p class="muted">"Discovery needs JavaScript here. Leave the endpoints empty: they are read from the provider at the first sign-in."</p>
            </noscript>
            <div aria-live="polite">{result}</div>
        </div>
    }
}

#[component]
fn Found(found: DiscoveredProvider) -> impl IntoView {
    let rows = [
        ("Authorization", Some(found.authorization_endpoint)),
        ("Token", Some(found.token_endpoint)),
        ("Userinfo", found.userinfo_endpoint),
        ("Keys", Some(found.jwks_uri)),
        ("Sign-out", found.end_session_endpoint),
    ];
    let rows = rows.into_iter().filter_map(|(name, value)| {
        value.map(|value| view! { <div><dt>{name}</dt><dd class="mono">{value}</dd></div> })
    });
    view! {
        <Notice tone=Tone::Ok title="The provider answered">
            <dl class="facts">{rows.collect_view()}</dl>
        </Notice>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_what_both_sides_know() {
        let offered = |scopes: &[&str]| scopes.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(useful_scopes(&offered(&["openid", "email", "phone"])), "openid email");
        assert_eq!(useful_scopes(&[]), "openid");
    }
}
