//! The stops of a rehearsal: what is offered, what the script read and wrote, and how it ends.

use doorward_domain::rehearsal::{Choice, Ending, Offer, Read, Rehearsal, ScriptNotes, Stop};
use leptos::prelude::*;

use super::flow::Editor;
use super::options::named;
use super::try_it_form::{FormStop, told_of};
use crate::ui::notice::{Notice, Tone};

/// The way so far, and the choice that is waited for.
#[component]
pub fn Way(rehearsal: Rehearsal, editor: Editor, choices: RwSignal<Vec<Choice>>) -> impl IntoView {
    let Rehearsal {
        stops,
        ending,
        script,
        unused_choices,
    } = rehearsal;
    let stops = stops
        .into_iter()
        .map(|stop| view! { <StopItem stop editor choices /> })
        .collect_view();
    view! {
        <ol class="try-it-way">{stops}</ol>
        {(unused_choices > 0).then(|| view! {
            <Notice tone=Tone::Info title="The flow has changed: choose again from here" />
        })}
        {script.map(|notes| view! { <Notes notes /> })}
        {ending.map(|ending| view! { <End ending /> })}
    }
}

fn called(editor: Editor, option: &str) -> String {
    editor.choices.with_untracked(|choices| named(choices, option).name)
}

#[component]
fn StopItem(stop: Stop, editor: Editor, choices: RwSignal<Vec<Choice>>) -> impl IntoView {
    let Stop {
        step,
        offers,
        form,
        may_fail,
        may_abort,
        chosen,
        script,
        followed,
    } = stop;
    let body = match chosen {
        Some(choice) => {
            let told = match &choice {
                Choice::Pass(option) => format!("Passes it with {}", called(editor, &option.to_string())),
                Choice::Fail => "Does not pass it".to_owned(),
                Choice::Abort => "Turns back".to_owned(),
                Choice::Send(typed) => told_of(typed),
                Choice::Skip => "Goes on without the form".to_owned(),
            };
            view! { <p>{told}</p> }.into_any()
        }
        None => match form.clone() {
            Some(form) => view! { <FormStop form choices /> }.into_any(),
            None => view! { <Offers offers may_fail may_abort editor choices /> }.into_any(),
        },
    };
    let followed = followed
        .into_iter()
        .map(|told| view! { <li>{sentence(&told)}</li> })
        .collect_view();
    view! {
        <li>
            {script.map(|notes| view! { <Notes notes /> })}
            {match form {
                Some(_) => view! { <h3>"A form of the script"</h3> }.into_any(),
                None => view! { <h3>"Step " {step}</h3> }.into_any(),
            }}
            {body}
            <ul class="try-it-followed">{followed}</ul>
        </li>
    }
}

#[component]
fn Offers(
    offers: Vec<Offer>,
    may_fail: bool,
    may_abort: bool,
    editor: Editor,
    choices: RwSignal<Vec<Choice>>,
) -> impl IntoView {
    let choose = move |choice: Choice| choices.update(|made| made.push(choice));
    let way = move |offer: Offer| {
        let name = called(editor, &offer.option.to_string());
        let note = offer.note.map(|note| view! { <span class="muted">{note}</span> });
        if offer.works {
            let choice = Choice::Pass(offer.option);
            view! {
                <li>
                    <button type="button" class="button small" on:click=move |_| choose(choice.clone())>{name}</button>
                    {note}
                </li>
            }
            .into_any()
        } else {
            view! { <li><span class="chip">{name}</span>{note}</li> }.into_any()
        }
    };
    let other = move |is_possible: bool, choice: Choice, label: &'static str| {
        is_possible.then(|| view! {
            <li><button type="button" class="button small" on:click=move |_| choose(choice.clone())>{label}</button></li>
        })
    };
    let is_stuck = offers.iter().all(|offer| !offer.works);
    view! {
        <p id="try-it-now" tabindex="-1">"Chooses one of these ways:"</p>
        <ul class="try-it-offers">
            {offers.into_iter().map(way).collect_view()}
            {other(may_fail, Choice::Fail, "Does not pass it")}
            {other(may_abort, Choice::Abort, "Turns back")}
        </ul>
        {(is_stuck && !may_fail && !may_abort).then(|| view! {
            <Notice tone=Tone::Danger title=format!("Nothing here works for this person: they stay on this page") />
        })}
    }
}

/// What the script read and wrote before a stop; nothing where it did neither.
#[component]
fn Notes(notes: ScriptNotes) -> impl IntoView {
    let ScriptNotes { read, log, line, error } = notes;
    if read.is_empty() && log.is_empty() && error.is_none() {
        return ().into_any();
    }
    let values = |read: &Read| {
        let args: Vec<String> = read.args.iter().map(ToString::to_string).collect();
        let call = format!("{}({})", read.call, args.join(", "));
        view! { <div><dt>{call}</dt><dd>{read.answer.to_string()}</dd></div> }
    };
    let count = read.len();
    let at = line.map(|line| format!(", at line {line}")).unwrap_or_default();
    view! {
        <details class="try-it-script">
            <summary>"The script" {at} ": " {count} " read, " {log.len()} " logged"</summary>
            {error.map(|error| view! { <p>{error}</p> })}
            <dl class="try-it-values">{read.iter().map(values).collect_view()}</dl>
            {(!log.is_empty()).then(|| view! {
                <ul class="try-it-log">
                    {log.into_iter().map(|line| view! { <li><span class="chip">{line.level}</span> " " {line.text}</li> }).collect_view()}
                </ul>
            })}
        </details>
    }
    .into_any()
}

#[component]
fn End(ending: Ending) -> impl IntoView {
    match ending {
        Ending::SignedIn {
            has_account, acr, amr, ..
        } => {
            let account = if has_account {
                "They have an account."
            } else {
                "They have no account; their claims go straight to the application."
            };
            view! {
                <Notice tone=Tone::Ok title="Signed in">
                    <p id="try-it-now" tabindex="-1">{account} " The application gets acr " <code>{acr}</code> " and amr " <code>{amr.join(" ")}</code> "."</p>
                </Notice>
            }
            .into_any()
        }
        Ending::Stopped { step, told, .. } => view! {
            <Notice tone=Tone::Danger title=format!("Stopped at step {step}")>
                <p id="try-it-now" tabindex="-1">{sentence(&told)}</p>
            </Notice>
        }
        .into_any(),
    }
}

/// With a capital and a full stop.
fn sentence(told: &str) -> String {
    let mut rest = told.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", rest.as_str())
}
