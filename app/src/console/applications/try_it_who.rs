//! Who goes through the flow in *Try it*: the person as far as the page asks, and the fields that ask it.

use std::net::IpAddr;

use doorward_domain::expectation::Expectation;
use doorward_domain::rehearsal::{Choice, PERSONAS, Rehearsal};
use leptos::prelude::*;
use serde_json::{Value, json};

use super::expectation_choices::{never_met, suggested};
use super::flow::Editor;
use crate::api::application::RehearsalRequest;

/// The value of the list that stands for somebody real.
const REAL: &str = "user";

/// Whom a way is of: somebody made up, or a user of this server by name.
pub type Asked = (Option<String>, Option<String>);

/// Who tries it, as far as the page asks.
#[derive(Clone, Copy)]
pub struct Who {
    person: RwSignal<String>,
    user: RwSignal<String>,
    groups: RwSignal<String>,
    ip: RwSignal<String>,
}

impl Who {
    pub fn new() -> Self {
        Self {
            person: RwSignal::new(PERSONAS[0].0.to_owned()),
            user: RwSignal::new(String::new()),
            groups: RwSignal::new(String::new()),
            ip: RwSignal::new(String::new()),
        }
    }

    pub fn asked(self) -> Asked {
        if self.person.with(|person| person == REAL) {
            (None, Some(self.user.with(|user| user.trim().to_owned())))
        } else {
            (Some(self.person.get()), None)
        }
    }

    pub fn lacks_user(self) -> bool {
        self.asked().1.is_some_and(|user| user.is_empty())
    }

    /// Whether what is typed as their address is none.
    pub fn has_no_address(self) -> bool {
        self.ip.with(|ip| !is_address(ip))
    }

    pub fn request(self, editor: Editor, choices: Vec<Choice>) -> Option<RehearsalRequest> {
        if self.lacks_user() || self.has_no_address() {
            return None;
        }
        let (persona, user) = self.asked();
        Some(RehearsalRequest {
            flow: editor.flow()?,
            connections: editor.overrides(),
            persona,
            user,
            person: self.patch(),
            choices,
        })
    }

    /// What this way suggests to expect. Of somebody with groups or an address typed in, it says nothing of the others.
    pub fn expected(self, editor: Editor, rehearsal: &Rehearsal) -> Vec<Expectation> {
        let is_plain = self.patch().as_object().is_none_or(serde_json::Map::is_empty);
        let Some(flow) = untrack(|| editor.flow()).filter(|_| is_plain) else {
            return vec![];
        };
        let mut all = self.person.with_untracked(|person| suggested(person, rehearsal));
        all.extend(never_met(&flow, &all));
        all
    }

    /// What is typed over what is known of them.
    fn patch(self) -> Value {
        let mut patch = json!({});
        let groups = self.groups.get();
        let groups: Vec<&str> = groups
            .split(',')
            .map(str::trim)
            .filter(|group| !group.is_empty())
            .collect();
        if !groups.is_empty() {
            patch["claims"] = json!({ "groups": groups });
        }
        let ip = self.ip.with(|ip| ip.trim().to_owned());
        if !ip.is_empty() {
            patch["browser"] = json!({ "ip": ip });
        }
        patch
    }
}

/// Whether it is an IP address, or left empty.
fn is_address(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.parse::<IpAddr>().is_ok()
}

/// Who it is, what groups they have and where they come from.
#[component]
pub fn WhoFields(who: Who, user_fault: Signal<Option<String>>, is_on: RwSignal<bool>) -> impl IntoView {
    let ip_fault = Signal::derive(move || {
        let is_wrong = is_on.get() && who.has_no_address();
        is_wrong.then(|| "Enter an IP address, such as 203.0.113.7.".to_owned())
    });
    let people = PERSONAS.map(|(name, told)| view! { <option value=name>{told}</option> });
    // Told apart once: the field of a user must not be made anew under the keyboard.
    let is_real = Memo::new(move |_| who.person.with(|person| person == REAL));
    view! {
        <div class="try-it-who">
            <div class="field">
                <label for="try-it-person">"Person"</label>
                <select id="try-it-person" class="input" on:change=move |event| who.person.set(event_target_value(&event))>
                    {people.collect_view()}
                    <option value=REAL>"A user of this server…"</option>
                </select>
            </div>
            {move || is_real.get().then(|| view! {
                <Typed id="try-it-user" label="Username" value=who.user fault=user_fault
                    help="What is known of them now: attributes, links, factors." />
            })}
            <Typed id="try-it-groups" label="Groups" value=who.groups
                help="Separated by commas. A connection passes on only what its attributes name." />
            <Typed id="try-it-ip" label="IP address" value=who.ip fault=ip_fault help="Where they come from, such as 192.0.2.7." />
        </div>
    }
}

#[component]
fn Typed(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    help: &'static str,
    #[prop(optional)] fault: Option<Signal<Option<String>>>,
) -> impl IntoView {
    let fault = Signal::derive(move || fault.and_then(|fault| fault.get()));
    let help_id = format!("{id}-help");
    let described = move || match fault.get() {
        Some(_) => format!("{id}-help {id}-error"),
        None => format!("{id}-help"),
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input id=id class="input" type="text" autocomplete="off" autocapitalize="none" spellcheck="false"
                aria-describedby=described
                aria-invalid=move || fault.get().map(|_| "true")
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event)) />
            <p class="help" id=help_id>{help}</p>
            {move || fault.get().map(|text| view! { <p class="error" id=format!("{id}-error")>{text}</p> })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_or_none() {
        for (text, want) in [
            ("", true),
            (" 203.0.113.7 ", true),
            ("2001:db8::7", true),
            ("999.1.1.1", false),
            ("not-an-ip", false),
        ] {
            assert_eq!(is_address(text), want, "{text}");
        }
    }
}
