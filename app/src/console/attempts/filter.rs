//! The filters of the list: part of the address.

use doorward_domain::attempt::AttemptOutcome;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::Form;

use super::address::About;
use super::words::choice;
use crate::api::attempt::AttemptQuery;
use crate::ui::filter::{KeptFilter, without_button};
use crate::ui::icon::{Icon, Shape};

/// Periods to choose from: the value of the address and its words.
const PERIODS: [(&str, &str); 3] = [("1", "Last day"), ("7", "Last 7 days"), ("30", "Last 30 days")];

/// Filters that have no control of their own: they come by a link.
const LINKED: [(&str, &str); 6] = [
    ("application", "Application"),
    ("connection", "Connection"),
    ("page", "Page"),
    ("request", "Request"),
    ("since", "Since"),
    ("until", "Until"),
];

/// The form; a choice applies at once with the browser's code, and by the button without.
#[component]
pub fn Filters(about: About, wanted: Memo<AttemptQuery>) -> impl IntoView {
    let submit = NodeRef::<html::Button>::new();
    let apply = move |_| {
        if let Some(button) = submit.get_untracked() {
            button.click();
        }
    };
    let now = wanted.get_untracked();
    let chosen = now.outcome.clone().unwrap_or_default();
    let outcomes = AttemptOutcome::ALL.map(|one| {
        let value = one.as_str();
        view! { <option value=value selected=value == chosen>{choice(one)}</option> }
    });
    let days = now.days.map(|days| days.to_string()).unwrap_or_default();
    // A link may name any number of days.
    let other = now.days.filter(|_| PERIODS.iter().all(|(value, _)| *value != days));
    let other = other
        .map(|number| view! { <option value=number.to_string() selected>{format!("Last {number} days")}</option> });
    let periods = PERIODS.map(|(value, words)| {
        view! { <option value=value selected=value == days>{words}</option> }
    });
    let path = about.path();
    let linked = move || wanted.with(|wanted| kept(&about, wanted));
    view! {
        <Form method="get" action=path attr:class="toolbar" noscroll=true on_form_data=without_button()>
            <div class="search">
                <Icon shape=Shape::Search />
                <input class="input" type="search" name="q" value=now.q maxlength="200"
                    aria-label="Search by request number, page number, subject or name"
                    placeholder="Request number, page number or name" />
            </div>
            <select class="input short" name="outcome" aria-label="How it ended" on:change=apply>
                <option value="">"Every end"</option>
                {outcomes.collect_view()}
            </select>
            <select class="input short" name="days" aria-label="Period" on:change=apply>
                <option value="">"Any time"</option>
                {periods.collect_view()}
                {other}
            </select>
            {linked}
            <button type="submit" class="button" node_ref=submit>"Filter"</button>
        </Form>
    }
}

/// Filters that came by a link.
fn kept(about: &About, wanted: &AttemptQuery) -> impl IntoView + use<> {
    let filters = about.filters(wanted).into_iter().filter_map(|(name, value)| {
        let (_, words) = LINKED.into_iter().find(|(known, _)| *known == name)?;
        let shown = format!("{words}: {value}");
        Some(view! { <KeptFilter name value shown without=about.without(name, wanted) /> })
    });
    filters.collect_view()
}
