//! One run of *Try it*: what was chosen in it, what the server says comes of that, and how the keyboard follows.

use doorward_domain::rehearsal::{Choice, Rehearsal};
use leptos::prelude::*;

use super::flow::Editor;
use super::try_it_who::{Asked, Who};
use crate::api::application::{RehearsalRequest, rehearse_flow};
use crate::api::error::ConsoleError;
use crate::ui::browser;
use crate::ui::faults::{Faults, sentence_at};
use crate::ui::pause::Pause;

/// A server's answer, and whom it is about.
type Answered = (Asked, Result<Rehearsal, ConsoleError>);

async fn ask(request: RehearsalRequest) -> Answered {
    let asked = (request.persona.clone(), request.user.clone());
    (asked, rehearse_flow(request).await)
}

/// What is wrong with the user that was asked for.
fn fault_of_user(error: &ConsoleError) -> Option<String> {
    sentence_at(error, "/user")
}

/// One person's way, as far as it went.
#[derive(Clone, Copy)]
pub struct Run {
    pub who: Who,
    /// "Start" was pressed once: from then on the server is asked.
    pub is_on: RwSignal<bool>,
    pub choices: RwSignal<Vec<Choice>>,
    /// What comes of the choices, once the server has said it.
    pub way: RwSignal<Option<Rehearsal>>,
    /// "Start" was pressed, of the person who is on the screen now.
    is_started: RwSignal<bool>,
    /// The keyboard follows a choice to what comes of it, and stays where somebody types.
    follows: StoredValue<bool>,
    asking: Action<RehearsalRequest, Answered>,
}

impl Run {
    /// Follows the flow in the editor and the person; nothing is tried before it is started.
    pub fn of(editor: Editor) -> Self {
        let run = Self {
            who: Who::new(),
            is_on: RwSignal::new(false),
            choices: RwSignal::new(vec![]),
            way: RwSignal::new(None),
            is_started: RwSignal::new(false),
            follows: StoredValue::new(false),
            asking: Action::new(|request: &RehearsalRequest| ask(request.clone())),
        };
        run.forget_with_another_person();
        run.follow_choices();
        run.ask_with_every_change(editor);
        run.show_answers();
        run
    }

    /// A way of one person is none of another.
    fn forget_with_another_person(self) {
        let asked = Memo::new(move |_| self.who.asked());
        Effect::new(move |before: Option<()>| {
            // Read, because a memo that nobody reads follows nothing.
            asked.with(|_| ());
            if before.is_some() {
                self.choices.set(vec![]);
                self.way.set(None);
                self.is_started.set(false);
                self.follows.set_value(false);
            }
        });
    }

    fn follow_choices(self) {
        Effect::new(move |_| {
            let is_chosen = self.choices.with(|made| !made.is_empty());
            self.follows.update_value(|follows| *follows |= is_chosen);
        });
    }

    /// What is shown is what is on the screen.
    fn ask_with_every_change(self, editor: Editor) {
        let pause = Pause::new();
        Effect::new(move |_| {
            let request = self.who.request(editor, self.choices.get());
            let request = request.filter(|_| self.is_on.get());
            pause.cancel();
            let Some(request) = request else {
                return;
            };
            pause.then(move || {
                self.asking.dispatch(request);
            });
        });
    }

    fn show_answers(self) {
        Effect::new(move |_| match self.asking.value().get() {
            Some((asked, _)) if asked != untrack(|| self.who.asked()) => {}
            Some((_, Ok(rehearsal))) => {
                self.way.set(Some(rehearsal));
                if self.follows.get_value() {
                    self.follows.set_value(false);
                    request_animation_frame(|| {
                        browser::focus_first("#try-it-now");
                    });
                }
            }
            Some((_, Err(_))) => self.way.set(None),
            None => {}
        });
    }

    /// What the server said last; what is answered of somebody else by then is of no interest.
    fn answer(self) -> Option<Result<Rehearsal, ConsoleError>> {
        let (asked, answer) = self.asking.value().get()?;
        (asked == self.who.asked()).then_some(answer)
    }

    /// What the server refuses, other than the user.
    pub fn faults(self) -> Faults {
        let is_of_user = |answer: &Result<_, ConsoleError>| answer.as_ref().err().and_then(fault_of_user).is_some();
        Faults::of(move || self.answer().filter(|answer| !is_of_user(answer)))
    }

    /// What is wrong with the user: none is named, or there is none of that name.
    pub fn user_fault(self) -> Signal<Option<String>> {
        Signal::derive(move || {
            if self.who.lacks_user() {
                return self.is_started.get().then(|| "Enter a username.".to_owned());
            }
            self.answer().and_then(Result::err).as_ref().and_then(fault_of_user)
        })
    }

    /// From the first step again.
    pub fn restart(self) {
        self.choices.set(vec![]);
        self.follows.set_value(!untrack(|| self.who.has_no_address()));
        self.is_on.set(true);
        self.is_started.set(true);
        request_animation_frame(|| {
            browser::focus_first(".try-it-who [aria-invalid=true]");
        });
    }

    pub fn take_last_choice_back(self) {
        self.choices.update(|made| {
            made.pop();
        });
        self.follows.set_value(true);
    }
}
