//! Refusals that ask the person to show who they are. They show it in another tab, and one proof is good for every form of
//! the page: once it is there, what still asks for it goes away, and nothing has to be sent again to find out.

use std::cell::Cell;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::error::ConsoleError;
use crate::api::session::check_proof;

// Of the page in the browser, which has one thread. Not a context: what every page loads would have to make one.
thread_local! {
    /// How often the proof was found to be there again.
    static TIMES: ArcRwSignal<usize> = ArcRwSignal::new(0);
    /// Whether a form was refused since.
    static IS_WANTED: Cell<bool> = const { Cell::new(false) };
    /// Whether it is looked for when the person comes back to the page.
    static LISTENS: Cell<bool> = const { Cell::new(false) };
}

/// The refusal of one form.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// How often the proof had been found when the form was refused.
    since: RwSignal<usize>,
}

/// Whether it goes away with a proof: whoever is signed out signs in and shows who they are at once.
#[must_use]
pub fn wants_proof(error: &ConsoleError) -> bool {
    matches!(error, ConsoleError::Unproven | ConsoleError::SignedOut)
}

/// Asks as long as a refusal stands on the page.
fn look() {
    if !IS_WANTED.get() {
        return;
    }
    spawn_local(async move {
        if check_proof().await.is_ok() {
            IS_WANTED.set(false);
            TIMES.with(|times| times.update(|times| *times += 1));
        }
    });
}

/// A form was refused: the proof is made in another tab, so it is looked for whenever the person comes back.
fn want() {
    IS_WANTED.set(true);
    if !LISTENS.replace(true) {
        // Stays as long as the page.
        let _ = window_event_listener(ev::focus, |_| look());
    }
}

impl Wanted {
    /// Follows the answers of one form; `None` while there is none.
    #[must_use]
    pub fn follow(answer: impl Fn() -> Option<Result<(), ConsoleError>> + 'static) -> Self {
        let since = RwSignal::new(0);
        Effect::new(move |_| match answer() {
            Some(Err(error)) if wants_proof(&error) => {
                let times = TIMES.with(ArcRwSignal::get_untracked);
                // Whoever hears the refusal hears it once.
                if since.get_untracked() != times {
                    since.set(times);
                }
                want();
            }
            // It was done: another form's refusal may be an old one.
            Some(Ok(())) => look(),
            Some(Err(_)) | None => {}
        });
        Self { since }
    }

    /// Whether the proof came after the refusal. On the server none does.
    #[must_use]
    pub fn is_met(self) -> bool {
        !cfg!(feature = "ssr") && TIMES.with(ArcRwSignal::get) > self.since.get()
    }
}
