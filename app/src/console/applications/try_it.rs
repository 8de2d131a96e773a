//! *Try it*: the flow on the screen as one person would go through it, with nothing written (design.md §5).

use std::collections::BTreeMap;

use doorward_domain::expectation::Expectation;
use doorward_domain::rehearsal::{Choice, PERSONAS, Rehearsal};
use leptos::prelude::*;
use serde_json::{Value, json};

use super::expectation_choices::{never_met, suggested};
use super::flow::Editor;
use super::try_it_expect::Suggested;
use super::try_it_stops::Way;
use crate::api::application::{RehearsalRequest, rehearse_flow};
use crate::ui::browser;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::pause::Pause;

/// The value of the list that stands for somebody real.
const REAL: &str = "user";

/// Who tries it, as far as the page asks.
#[derive(Clone, Copy)]
struct Who {
    person: RwSignal<String>,
    user: RwSignal<String>,
    groups: RwSignal<String>,
    ip: RwSignal<String>,
}

impl Who {
    fn new() -> Self {
        Self {
            person: RwSignal::new(PERSONAS[0].0.to_owned()),
            user: RwSignal::new(String::new()),
            groups: RwSignal::new(String::new()),
            ip: RwSignal::new(String::new()),
        }
    }

    fn request(self, editor: Editor, choices: Vec<Choice>) -> Option<RehearsalRequest> {
        let is_real = self.person.with(|person| person == REAL);
        let user = self.user.with(|user| user.trim().to_owned());
        if is_real && user.is_empty() {
            return None;
        }
        Some(RehearsalRequest {
            flow: editor.flow()?,
            connections: BTreeMap::new(),
            persona: (!is_real).then(|| self.person.get()),
            user: is_real.then_some(user),
            person: self.patch(),
            choices,
        })
    }

    /// What this way suggests to expect. Of somebody with groups or an address typed in, it says nothing of the others.
    fn expected(self, editor: Editor, rehearsal: &Rehearsal) -> Vec<Expectation> {
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

/// The card below the editor.
#[component]
pub fn TryIt(editor: Editor) -> impl IntoView {
    let who = Who::new();
    let is_on = RwSignal::new(false);
    let choices = RwSignal::new(Vec::<Choice>::new());
    let asking = Action::new(|request: &RehearsalRequest| rehearse_flow(request.clone()));
    let way = RwSignal::new(None::<Rehearsal>);
    let faults = Faults::of(move || asking.value().get());
    let pause = Pause::new();
    // The keyboard follows a choice to what comes of it, and stays where somebody types.
    let follows = StoredValue::new(false);
    Effect::new(move |_| follows.update_value(|follows| *follows |= choices.with(|made| !made.is_empty())));
    // Again with every change of the flow or of the person, so that what is shown is what is on the screen.
    Effect::new(move |_| {
        let request = who.request(editor, choices.get());
        pause.cancel();
        let Some(request) = request.filter(|_| is_on.get()) else {
            return;
        };
        pause.then(move || {
            asking.dispatch(request);
        });
    });
    Effect::new(move |_| match asking.value().get() {
        Some(Ok(rehearsal)) => {
            way.set(Some(rehearsal));
            if follows.get_value() {
                follows.set_value(false);
                request_animation_frame(|| {
                    browser::focus_first("#try-it-now");
                });
            }
        }
        Some(Err(_)) => way.set(None),
        None => {}
    });
    let restart = move || {
        choices.set(vec![]);
        follows.set_value(true);
        is_on.set(true);
    };
    let people = PERSONAS.map(|(name, told)| view! { <option value=name>{told}</option> });
    view! {
        <section class="card try-it" aria-labelledby="try-it-title">
            <h2 id="try-it-title">"Try it"</h2>
            <p class="muted">
                "Go through the flow on this page, saved or not, as one person would. Nothing is written and nobody is told."
            </p>
            <noscript><p>"This needs JavaScript in your browser."</p></noscript>
            <FaultSummary faults />
            <div class="try-it-who">
                <div class="field">
                    <label for="try-it-person">"Person"</label>
                    <select id="try-it-person" class="input" on:change=move |event| {
                        who.person.set(event_target_value(&event));
                        choices.set(vec![]);
                    }>
                        {people.collect_view()}
                        <option value=REAL>"A user of this server…"</option>
                    </select>
                </div>
                {move || who.person.with(|person| person == REAL).then(|| view! {
                    <Typed id="try-it-user" label="Username" value=who.user help="What is known of them now: attributes, links, factors." />
                })}
                <Typed id="try-it-groups" label="Groups" value=who.groups
                    help="Separated by commas. A connection passes on only what its attributes name." />
                <Typed id="try-it-ip" label="Address" value=who.ip help="Where they come from, such as 192.0.2.7." />
            </div>
            <div class="button-row">
                <button type="button" class="button primary" on:click=move |_| restart()>
                    {move || if is_on.get() { "Start over" } else { "Start" }}
                </button>
                {move || choices.with(|made| !made.is_empty()).then(|| view! {
                    <button type="button" class="button" on:click=move |_| choices.update(|made| {
                        made.pop();
                        follows.set_value(true);
                    })>"Take the last choice back"</button>
                })}
            </div>
            <div class="try-it-shown" aria-live="polite">
                {move || way.get().map(|rehearsal| {
                    let expected = who.expected(editor, &rehearsal);
                    view! {
                        <Way rehearsal editor choices />
                        <Suggested expected editor />
                    }
                })}
            </div>
        </section>
    }
}

#[component]
fn Typed(id: &'static str, label: &'static str, value: RwSignal<String>, help: &'static str) -> impl IntoView {
    let help_id = format!("{id}-help");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input id=id class="input" type="text" autocomplete="off" autocapitalize="none" spellcheck="false"
                aria-describedby=help_id.clone()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event)) />
            <p class="help" id=help_id>{help}</p>
        </div>
    }
}
