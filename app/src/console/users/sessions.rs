//! The browsers an account is signed in with.

use leptos::prelude::*;

use super::detail::Shown;
use crate::api::user::{SignOutEverywhere, UserView};
use crate::ui::agent;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::icon::{Icon, Shape};
use crate::ui::time::When;

/// What a browser calls itself, in words people know.
#[must_use]
pub fn browser_name(agent: &str) -> String {
    match agent::parts(agent) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
}

/// The list and the button that ends them all.
#[component]
pub fn Sessions(shown: Shown, user: UserView) -> impl IntoView {
    let action = ServerAction::<SignOutEverywhere>::new();
    let faults = Faults::of(move || action.value().get());
    Effect::new(move |_| {
        if let Some(Ok(user)) = action.value().get() {
            shown.take(user, "The person is signed out everywhere.", "#sessions");
        }
    });
    let none = user.sessions.is_empty();
    let id = user.summary.id.to_string();
    let rows = user.sessions.into_iter().map(|session| {
        let agent = session.user_agent.unwrap_or_default();
        view! {
            <tr>
                <th scope="row"><bdi class="cut" title=agent.clone()>{browser_name(&agent)}</bdi></th>
                <td data-label="Signed in"><When at=session.created_at /></td>
                <td data-label="Ends"><When at=session.expires_at /></td>
            </tr>
        }
    });
    let table = (!none).then(|| view! {
        <table class="table stacks">
            <caption class="quiet">"Sessions"</caption>
            <thead><tr><th scope="col">"Browser"</th><th scope="col">"Signed in"</th><th scope="col">"Ends"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    });
    view! {
        <section class="card flush">
            <div class="card-head">
                <h2 id="sessions" tabindex="-1">"Sessions"</h2>
                {(!none).then(|| view! {
                    <ActionForm action>
                        <input type="hidden" name="id" value=id />
                        <button type="submit" class="button small" aria-busy=move || action.pending().get().then_some("true")>
                            "Sign out everywhere"
                        </button>
                    </ActionForm>
                })}
            </div>
            <FaultSummary faults />
            {none.then(|| view! { <p class="card-line muted"><Icon shape=Shape::Info />"Not signed in anywhere."</p> })}
            {table}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers() {
        for (agent, want) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/133.0",
                "Firefox on Windows",
            ),
            ("curl/8", "curl"),
            ("", "Unknown browser"),
        ] {
            assert_eq!(browser_name(agent), want);
        }
    }
}
