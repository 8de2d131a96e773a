//! The way from an empty installation to the first sign-in.

use leptos::prelude::*;

use crate::api::overview::Overview;
use crate::ui::icon::{Icon, Shape};

/// Which of the first steps are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    pub connected: bool,
    pub has_application: bool,
    pub signed_in: bool,
}

impl Steps {
    /// Reads it from the numbers.
    #[must_use]
    pub fn of(numbers: &Overview) -> Self {
        Self {
            connected: numbers.connections > 0,
            has_application: numbers.applications > 0,
            signed_in: numbers.sign_ins_per_day.iter().any(|day| *day > 0),
        }
    }

    /// Whether the list has served its purpose.
    #[must_use]
    pub fn are_done(self) -> bool {
        self.connected && self.has_application && self.signed_in
    }
}

/// The list of first steps; what is done stays visible as done.
#[component]
pub fn NextSteps(steps: Steps) -> impl IntoView {
    let rows = [
        (
            steps.connected,
            "Connect an identity provider",
            "Tell us where people already have an account. The Test IdP needs nothing at all.",
            "/console/connections/new",
            "Add a connection",
        ),
        (
            steps.has_application,
            "Add an application",
            "Anything that speaks OpenID Connect. You get a client id and a secret to paste into it.",
            "/console/applications/new",
            "Add an application",
        ),
        (
            steps.signed_in,
            "Sign in once",
            "Open the application and choose the connection. The account appears under Users.",
            "/console/applications",
            "See applications",
        ),
    ];
    let next = rows.iter().position(|row| !row.0);
    let row = |(index, (done, title, text, href, action)): (
        usize,
        (bool, &'static str, &'static str, &'static str, &'static str),
    )| {
        let class = if done { "step-row done" } else { "step-row" };
        let button = if next == Some(index) {
            "button primary small"
        } else {
            "button small"
        };
        view! {
            <li class=class>
                <span class="mark round" aria-hidden="true">
                    {if done { view! { <Icon shape=Shape::Check /> }.into_any() } else { (index + 1).into_any() }}
                </span>
                <div>
                    <h3>{title} {done.then(|| view! { <span class="quiet">" (done)"</span> })}</h3>
                    <p class="muted">{text}</p>
                </div>
                {(!done).then(|| view! { <a class=button href=href>{action}</a> })}
            </li>
        }
    };
    view! {
        <section class="card flush">
            <div class="card-head"><h2>"First steps"</h2></div>
            <ol>{rows.into_iter().enumerate().map(row).collect_view()}</ol>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn done_means_all_three() {
        let mut numbers = Overview::default();
        assert!(!Steps::of(&numbers).are_done());
        numbers.connections = 1;
        numbers.applications = 1;
        assert!(!Steps::of(&numbers).are_done());
        numbers.sign_ins_per_day = vec![0, 1];
        assert!(Steps::of(&numbers).are_done());
    }
}
