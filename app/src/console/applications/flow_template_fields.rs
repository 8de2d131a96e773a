//! The answers of a template. None of them has a form name: they are not sent, the script they make is.

use std::collections::BTreeSet;

use doorward_domain::template::{Asked, Form, Kind, Membership};
use leptos::prelude::*;

use super::flow_template::{Made, fault};

/// The fields of one kind.
#[component]
pub fn Fields(kind: Kind, form: RwSignal<Form>, names: Memo<Vec<(String, String)>>, made: Made) -> impl IntoView {
    match kind {
        Kind::SignInOption => view! { <SignInOptions form names made /> }.into_any(),
        Kind::Group => view! { <Groups form made /> }.into_any(),
        Kind::Network => view! {
            <Lines label="Networks you know" pointer="/networks" made help="Ranges such as 203.0.113.0/24 or 2001:db8::/32, one per line."
                get=move || form.with_untracked(|form| form.networks.clone()) set=move |text| form.update(|form| form.networks = text) />
        }
        .into_any(),
        Kind::NewDevice => view! {
            <Number label="Days a browser is remembered" pointer="/days" made
                get=move || form.with_untracked(|form| form.days.clone()) set=move |text| form.update(|form| form.days = text) />
        }
        .into_any(),
        Kind::Age => view! {
            <Number label="Youngest age in years" pointer="/years" made
                get=move || form.with_untracked(|form| form.years.clone()) set=move |text| form.update(|form| form.years = text) />
        }
        .into_any(),
        Kind::EndSessions => view! {
            <Number label="Browsers people may be signed in with" pointer="/sessions" made
                get=move || form.with_untracked(|form| form.sessions.clone()) set=move |text| form.update(|form| form.sessions = text) />
        }
        .into_any(),
        Kind::Sessions => view! {
            <Number label="Browsers from which on they are asked" pointer="/sessions" made
                get=move || form.with_untracked(|form| form.sessions.clone()) set=move |text| form.update(|form| form.sessions = text) />
        }
        .into_any(),
    }
}

#[component]
fn SignInOptions(form: RwSignal<Form>, names: Memo<Vec<(String, String)>>, made: Made) -> impl IntoView {
    let asked = vec![
        (Asked::Named, "Only people who come this way".to_owned()),
        (Asked::Others, "Everybody but people who come this way".to_owned()),
    ];
    let boxes = move || {
        let all = names.get();
        // A way that step 1 no longer offers is not chosen any more.
        form.update(|form| form.names.retain(|name| all.iter().any(|(known, _)| known == name)));
        let checkbox = |(index, (name, label)): (usize, (String, String))| view! { <NameBox form index name label /> };
        all.into_iter().enumerate().map(checkbox).collect_view()
    };
    view! {
        <fieldset class="choices">
            <legend>"Ways through step 1"</legend>
            {boxes}
            <Fault made pointer="/names" id="template-names-error" />
        </fieldset>
        <Pick label="Who is asked" options=asked get=move || form.with_untracked(|form| form.asked)
            set=move |asked| form.update(|form| form.asked = asked) />
    }
}

#[component]
fn NameBox(form: RwSignal<Form>, index: usize, name: String, label: String) -> impl IntoView {
    let id = format!("template-way-{index}");
    let chosen = form.with_untracked(|form| form.names.contains(&name));
    let choose = move |event| {
        let toggle = |names: &mut BTreeSet<String>| {
            if event_target_checked(&event) {
                names.insert(name.clone());
            } else {
                names.remove(&name);
            }
        };
        form.update(|form| toggle(&mut form.names));
    };
    view! {
        <div class="choice">
            <input type="checkbox" id=id.clone() prop:checked=chosen on:change=choose />
            <label for=id>{label}</label>
        </div>
    }
}

#[component]
fn Groups(form: RwSignal<Form>, made: Made) -> impl IntoView {
    let membership = vec![
        (
            Membership::Asks(Asked::Named),
            "Only members are asked for the step".to_owned(),
        ),
        (
            Membership::Asks(Asked::Others),
            "Everybody but members is asked for the step".to_owned(),
        ),
        (Membership::LetsIn, "Only members are let in".to_owned()),
    ];
    view! {
        <Lines label="Groups" pointer="/groups" made help="One per line; who is in any of them is a member."
            get=move || form.with_untracked(|form| form.groups.clone()) set=move |text| form.update(|form| form.groups = text) />
        <Pick label="What membership does" options=membership get=move || form.with_untracked(|form| form.membership)
            set=move |membership| form.update(|form| form.membership = membership) />
    }
}

/// Several lines, one value each.
#[component]
fn Lines<Get, Set>(
    label: &'static str,
    pointer: &'static str,
    made: Made,
    help: &'static str,
    get: Get,
    set: Set,
) -> impl IntoView
where
    Get: Fn() -> String + 'static,
    Set: Fn(String) + Send + 'static,
{
    let id = format!("template{}", pointer.replace('/', "-"));
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea id=id class="input mono" rows="3" spellcheck="false" autocapitalize="none"
                aria-describedby=format!("{help_id} {error_id}") prop:value=get()
                on:input=move |event| set(event_target_value(&event))></textarea>
            <p class="help" id=help_id>{help}</p>
            <Fault made pointer id=error_id />
        </div>
    }
}

/// One whole number.
#[component]
fn Number<Get, Set>(label: &'static str, pointer: &'static str, made: Made, get: Get, set: Set) -> impl IntoView
where
    Get: Fn() -> String + 'static,
    Set: Fn(String) + Send + 'static,
{
    let id = format!("template{}", pointer.replace('/', "-"));
    let error_id = format!("{id}-error");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input id=id class="input short" type="text" inputmode="numeric" autocomplete="off"
                aria-describedby=error_id.clone() prop:value=get()
                on:input=move |event| set(event_target_value(&event))
                on:keydown=move |event| {
                    // Enter would send the whole form.
                    if event.key() == "Enter" {
                        event.prevent_default();
                    }
                } />
            <Fault made pointer id=error_id />
        </div>
    }
}

/// One of a few values.
#[component]
pub fn Pick<T, Get, Set>(label: &'static str, options: Vec<(T, String)>, get: Get, set: Set) -> impl IntoView
where
    T: PartialEq + Copy + Send + Sync + 'static,
    Get: Fn() -> T + 'static,
    Set: Fn(T) + Send + 'static,
{
    let id = format!("template-{}", label.to_lowercase().replace(' ', "-"));
    let now = get();
    let values: Vec<T> = options.iter().map(|(value, _)| *value).collect();
    let choose = move |event| {
        let chosen = event_target_value(&event).parse::<usize>().ok();
        if let Some(value) = chosen.and_then(|index| values.get(index)) {
            set(*value);
        }
    };
    let rows = options.into_iter().enumerate().map(|(index, (value, words))| {
        view! { <option value=index.to_string() selected=value == now>{words}</option> }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id class="input" on:change=choose>{rows.collect_view()}</select>
        </div>
    }
}

#[component]
fn Fault(made: Made, pointer: &'static str, #[prop(into)] id: String) -> impl IntoView {
    let text = Memo::new(move |_| made.with(|made| fault(made, pointer)));
    view! { <p class="help" id=id role="status">{move || text.get()}</p> }
}
