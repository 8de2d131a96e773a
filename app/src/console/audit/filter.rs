//! The filters of the log: part of the address.

use doorward_domain::audit::AuditAction;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::Form;

use super::phrase::phrase;
use crate::api::audit::AuditQuery;
use crate::ui::filter::{KeptFilter, without_button};

/// The form; a change applies at once with the browser's code, and by the button without.
#[component]
pub fn Filters(wanted: Memo<AuditQuery>) -> impl IntoView {
    let submit = NodeRef::<html::Button>::new();
    let apply = move |_| {
        if let Some(button) = submit.get_untracked() {
            button.click();
        }
    };
    let now = wanted.get_untracked();
    let chosen = now.action.clone().unwrap_or_default();
    let options = AuditAction::ALL.iter().map(move |action| {
        view! { <option value=action.as_str() selected=action.as_str() == chosen>{phrase(*action).0}</option> }
    });
    view! {
        <Form method="get" action="/console/audit" attr:class="toolbar" noscroll=true on_form_data=without_button()>
            <select class="input short" name="action" aria-label="What happened" on:change=apply>
                <option value="">"Everything"</option>
                {options.collect_view()}
            </select>
            {move || wanted.with(kept)}
            <button type="submit" class="button" node_ref=submit>"Filter"</button>
        </Form>
    }
}

/// Filters that came by a link.
fn kept(wanted: &AuditQuery) -> impl IntoView + use<> {
    let filters = [
        ("account", "One account", &wanted.account),
        ("application", "Application", &wanted.application),
        ("connection", "Connection", &wanted.connection),
    ];
    let chips = filters.into_iter().filter_map(|(name, words, value)| {
        let value = value.clone()?;
        // The id of an account says nothing to a reader.
        let shown = if name == "account" {
            words.to_owned()
        } else {
            format!("{words}: {value}")
        };
        Some(view! { <KeptFilter name value shown without=without(name, wanted) /> })
    });
    chips.collect_view()
}

/// The address without one filter.
#[must_use]
pub fn without(name: &str, wanted: &AuditQuery) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (other, value) in [
        ("action", &wanted.action),
        ("account", &wanted.account),
        ("application", &wanted.application),
        ("connection", &wanted.connection),
    ] {
        if let (Some(value), true) = (value, other != name) {
            query.append_pair(other, value);
        }
    }
    let query = query.finish();
    if query.is_empty() {
        "/console/audit".to_owned()
    } else {
        format!("/console/audit?{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_filter_goes_the_others_stay() {
        let wanted = AuditQuery {
            action: Some("sign_in.refused".into()),
            account: Some("acc_1".into()),
            ..AuditQuery::default()
        };
        assert_eq!(without("account", &wanted), "/console/audit?action=sign_in.refused");
        assert_eq!(without("action", &wanted), "/console/audit?account=acc_1");
        assert_eq!(without("x", &AuditQuery::default()), "/console/audit");
    }
}
