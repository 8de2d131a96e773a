//! *Try it*: the flow on the screen as one person would go through it, with nothing written (design.md §5).

use std::collections::BTreeMap;
use std::net::IpAddr;

use doorward_domain::expectation::Expectation;
use doorward_domain::rehearsal::{Choice, PERSONAS, Rehearsal};
use leptos::prelude::*;
use serde_json::{Value, json};

use super::expectation_choices::{never_met, suggested};
use super::flow::Editor;
use super::try_it_expect::Suggested;
use super::try_it_stops::Way;
use crate::api::application::{RehearsalRequest, rehearse_flow};
use crate::api::error::ConsoleError;
use crate::ui::browser;
use crate::ui::faults::{FaultSummary, Faults, sentence_at};
use crate::ui::pause::Pause;

/// The value of the list that stands for somebody real.
const REAL: &str = "user";

/// Whom a way is of: somebody made up, or a user of this server by name.
type Asked = (Option<String>, Option<String>);

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

    fn asked(self) -> Asked {
        if self.person.with(|person| person == REAL) {
            (None, Some(self.user.with(|user| user.trim().to_owned())))
        } else {
            (Some(self.person.get()), None)
        }
    }

    fn lacks_user(self) -> bool {
        self.asked().1.is_some_and(|user| user.is_empty())
    }

    /// Whether what is typed as their address is none.
    fn has_no_address(self) -> bool {
        self.ip.with(|ip| !is_address(ip))
    }

    fn request(self, editor: Editor, choices: Vec<Choice>) -> Option<RehearsalRequest> {
        if self.lacks_user() || self.has_no_address() {
            return None;
        }
        let (persona, user) = self.asked();
        Some(RehearsalRequest {
            flow: editor.flow()?,
            connections: BTreeMap::new(),
            persona,
            user,
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

/// Whether it is an IP address, or left empty.
fn is_address(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.parse::<IpAddr>().is_ok()
}

/// A server's answer, and whom it is about.
type Answered = (Asked, Result<Rehearsal, ConsoleError>);

async fn ask(request: RehearsalRequest) -> Answered {
    let asked = (request.persona.clone(), request.user.clone());
    (asked, rehearse_flow(request).await)
}

/// Asks with every change of the flow or of the person, so that what is shown is what is on the screen.
fn ask_again(
    asking: Action<RehearsalRequest, Answered>,
    request: impl Fn() -> Option<RehearsalRequest> + Send + Sync + 'static,
) {
    let pause = Pause::new();
    Effect::new(move |_| {
        let request = request();
        pause.cancel();
        let Some(request) = request else {
            return;
        };
        pause.then(move || {
            asking.dispatch(request);
        });
    });
}

/// The card below the editor.
#[component]
pub fn TryIt(editor: Editor) -> impl IntoView {
    let who = Who::new();
    let is_on = RwSignal::new(false);
    let choices = RwSignal::new(Vec::<Choice>::new());
    let asking = Action::new(|request: &RehearsalRequest| ask(request.clone()));
    let way = RwSignal::new(None::<Rehearsal>);
    // What is answered of somebody else by then is of no interest.
    let answer = move || asking.value().get().filter(|(asked, _)| *asked == who.asked());
    let of_user = |error: &ConsoleError| sentence_at(error, "/user");
    let faults = Faults::of(move || {
        let answer = answer().map(|(_, answer)| answer);
        answer.filter(|answer| answer.as_ref().err().and_then(of_user).is_none())
    });
    // "Start" was pressed, of the person who is on the screen now.
    let is_started = RwSignal::new(false);
    let user_fault = Signal::derive(move || {
        if who.lacks_user() {
            return is_started.get().then(|| "Enter a username.".to_owned());
        }
        answer().and_then(|(_, answer)| answer.err()).as_ref().and_then(of_user)
    });
    // The keyboard follows a choice to what comes of it, and stays where somebody types.
    let follows = StoredValue::new(false);
    // A way of one person is none of another.
    let asked = Memo::new(move |_| who.asked());
    Effect::new(move |before: Option<()>| {
        // Read, because a memo that nobody reads follows nothing.
        asked.with(|_| ());
        if before.is_some() {
            choices.set(vec![]);
            way.set(None);
            is_started.set(false);
            follows.set_value(false);
        }
    });
    Effect::new(move |_| follows.update_value(|follows| *follows |= choices.with(|made| !made.is_empty())));
    ask_again(asking, move || {
        who.request(editor, choices.get()).filter(|_| is_on.get())
    });
    Effect::new(move |_| match asking.value().get() {
        Some((asked, _)) if asked != untrack(|| who.asked()) => {}
        Some((_, Ok(rehearsal))) => {
            way.set(Some(rehearsal));
            if follows.get_value() {
                follows.set_value(false);
                request_animation_frame(|| {
                    browser::focus_first("#try-it-now");
                });
            }
        }
        Some((_, Err(_))) => way.set(None),
        None => {}
    });
    let restart = move || {
        choices.set(vec![]);
        follows.set_value(!untrack(|| who.has_no_address()));
        is_on.set(true);
        is_started.set(true);
        request_animation_frame(|| {
            browser::focus_first(".try-it-who [aria-invalid=true]");
        });
    };
    view! {
        <section class="card try-it" aria-labelledby="try-it-title">
            <h2 id="try-it-title">"Try it"</h2>
            <p class="muted">
                "Go through the flow on this page, saved or not, as one person would. Nothing is written and nobody is told."
            </p>
            <noscript><p>"This needs JavaScript in your browser."</p></noscript>
            <FaultSummary faults />
            <WhoFields who user_fault is_on />
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
                {move || way.get().filter(|_| !who.has_no_address()).map(|rehearsal| {
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

/// Who it is, what groups they have and where they come from.
#[component]
fn WhoFields(who: Who, user_fault: Signal<Option<String>>, is_on: RwSignal<bool>) -> impl IntoView {
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
            <Typed id="try-it-ip" label="Address" value=who.ip fault=ip_fault help="Where they come from, such as 192.0.2.7." />
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
