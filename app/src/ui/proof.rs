//! Refusals that ask the person to show who they are. They show it in another tab, and one proof is good for every form of
//! the page: once it is there, what still asks for it goes away, and nothing has to be sent again to find out.

use leptos::ev;
use leptos::prelude::*;

use crate::api::error::ConsoleError;

/// What forms of a page know of the proof. The frame provides one as context.
#[derive(Clone, Copy)]
pub struct Proof {
    /// How often it was found to be there again.
    times: RwSignal<u32>,
    /// Whether a form was refused since.
    is_wanted: StoredValue<bool>,
    /// Asks whether it is there, and tells by [`Self::found`].
    ask: fn(Self),
}

/// The refusal of one form.
#[derive(Clone, Copy)]
pub struct Wanted {
    proof: Proof,
    /// How often the proof had been found when the form was refused.
    since: RwSignal<u32>,
}

/// Whether it goes away with a proof: whoever is signed out signs in and shows who they are at once.
#[must_use]
pub fn wants_proof(error: &ConsoleError) -> bool {
    matches!(error, ConsoleError::Unproven | ConsoleError::SignedOut)
}

impl Proof {
    /// Nobody was refused yet. Looks again whenever the person comes back to the page.
    #[must_use]
    pub fn new(ask: fn(Self)) -> Self {
        let proof = Self {
            times: RwSignal::new(0),
            is_wanted: StoredValue::new(false),
            ask,
        };
        Effect::new(move |_| {
            let listening = window_event_listener(ev::focus, move |_| proof.look());
            on_cleanup(move || listening.remove());
        });
        proof
    }

    /// Asks as long as a refusal stands on the page.
    fn look(self) {
        if self.is_wanted.try_get_value() == Some(true) {
            (self.ask)(self);
        }
    }

    /// The proof is there.
    pub fn found(self) {
        self.is_wanted.try_set_value(false);
        self.times.try_update(|times| *times += 1);
    }

    /// Follows the answers of one form; `None` while there is none.
    #[must_use]
    pub fn follow(self, answer: impl Fn() -> Option<Result<(), ConsoleError>> + 'static) -> Wanted {
        let since = RwSignal::new(0);
        Effect::new(move |_| match answer() {
            Some(Err(error)) if wants_proof(&error) => {
                let times = self.times.get_untracked();
                // Whoever hears the refusal hears it once.
                if since.get_untracked() != times {
                    since.set(times);
                }
                self.is_wanted.set_value(true);
            }
            // It was done: another form's refusal may be an old one.
            Some(Ok(())) => self.look(),
            Some(Err(_)) | None => {}
        });
        Wanted { proof: self, since }
    }
}

impl Wanted {
    /// Whether the proof came after the refusal.
    #[must_use]
    pub fn is_met(self) -> bool {
        self.proof.times.get() > self.since.get()
    }
}
