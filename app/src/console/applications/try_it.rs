//! *Try it*: the flow on the screen as one person would go through it, with nothing written (design.md §5).

use doorward_domain::rehearsal::{Choice, Rehearsal};
use leptos::prelude::*;

use super::flow::Editor;
use super::try_it_expect::Suggested;
use super::try_it_stops::Way;
use super::try_it_who::{Asked, Who, WhoFields};
use crate::api::application::{RehearsalRequest, rehearse_flow};
use crate::api::error::ConsoleError;
use crate::ui::browser;
use crate::ui::faults::{FaultSummary, Faults, sentence_at};
use crate::ui::pause::Pause;

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
