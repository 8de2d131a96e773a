//! A form that saves settings: a real form before the browser's code has loaded; afterwards it knows what changed,
//! keeps people from leaving with unsaved changes, and answers in place.

use std::time::Duration;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::{use_location, use_query_map};

use super::faults::Faults;
use super::pause::Pause;
use super::{browser, form_state};
use crate::api::error::ConsoleError;

/// How long the bar says that it is saved.
const LINGERS: Duration = Duration::from_secs(5);

/// What a settings form knows about itself. In the context of everything inside the form.
#[derive(Clone, Copy)]
pub struct FormState {
    /// Whether a control differs from what is saved.
    pub typed: RwSignal<bool>,
    /// Whether something else does that no control shows, such as a row that was removed.
    pub more: RwSignal<bool>,
    /// Whether the last answer was that everything is saved.
    pub saved: RwSignal<bool>,
    /// Whether the bar floated when the form was sent.
    floated: StoredValue<bool>,
    /// Whether it still floats after a save, to say there that it is saved.
    lingers: RwSignal<bool>,
    /// Whether what was typed is to be forgotten, and with it what the server said of it.
    discarded: RwSignal<bool>,
    /// Whether the button was pressed while a box that confirms the save was not ticked.
    unconfirmed: RwSignal<bool>,
    pub form: NodeRef<html::Form>,
}

impl FormState {
    /// State of a form on a page that may have been reached by sending it without the browser's code.
    #[must_use]
    pub fn new() -> Self {
        let saved = use_query_map().with_untracked(|query| query.get_str("saved").is_some());
        let state = Self {
            typed: RwSignal::new(false),
            more: RwSignal::new(false),
            saved: RwSignal::new(saved),
            floated: StoredValue::new(false),
            lingers: RwSignal::new(false),
            discarded: RwSignal::new(false),
            unconfirmed: RwSignal::new(false),
            form: NodeRef::new(),
        };
        if let Some(Unsaved(current)) = use_context() {
            current.set_value(Some(state));
        }
        Effect::new(move |_| {
            if saved {
                browser::forget_query("saved");
            }
            // What was typed before the code had loaded.
            state.look();
        });
        state
    }

    /// Whether something waits to be saved.
    #[must_use]
    pub fn is_changed(self) -> bool {
        self.typed.get() || self.more.get()
    }

    /// Looks at the controls again.
    pub fn look(self) {
        self.unconfirmed.set(false);
        if let Some(form) = self.form.get_untracked() {
            let now = form_state::is_changed(&form);
            self.typed.set(now);
            if now {
                self.saved.set(false);
            }
        }
    }

    /// Whether a save was refused for want of a confirmation: here before anything was sent, or by the server.
    #[must_use]
    pub fn is_unconfirmed(self, faults: Faults) -> Signal<bool> {
        Signal::derive(move || self.unconfirmed.get() || faults.get() == Some(ConsoleError::Unconfirmed))
    }

    /// Whether a box that confirms the save is in sight and not ticked. It gets the keyboard then, above the bar that
    /// floats, and says what is missing.
    fn lacks_confirmation(self) -> bool {
        let form = self.form.get_untracked();
        let lacks = form.is_some_and(|form| browser::focus_confirmation(&form));
        if lacks {
            self.unconfirmed.set(true);
            request_animation_frame(browser::reveal_focus);
        }
        lacks
    }

    /// After a save: what was sent is what counts.
    fn accept(self) {
        self.typed.set(false);
        self.more.set(false);
        self.saved.set(true);
        self.lingers.set(self.floated.get_value());
        if let Some(form) = self.form.get_untracked() {
            form_state::accept(&form);
            self.look();
        }
    }

    /// Puts every control back to what is saved.
    fn discard(self) {
        if let Some(form) = self.form.get_untracked() {
            form.reset();
            browser::tell_invalid_inputs(&form);
        }
        self.typed.set(false);
        self.more.set(false);
        self.discarded.set(true);
    }

    /// Accepts what was sent whenever the server has answered that it is saved, and forgets a refusal with what was
    /// refused.
    pub fn follow<S>(self, action: ServerAction<S>)
    where
        S: ServerFn + Clone + Send + Sync + 'static,
        S::Output: Send + Sync + 'static,
        S::Error: Send + Sync + 'static,
    {
        let (value, pending) = (action.value(), action.pending());
        Effect::new(move |_| {
            if let (true, Some(form)) = (pending.get(), self.form.get_untracked()) {
                self.floated.set_value(untrack(|| self.is_changed()));
                form_state::note_sent(&form);
            }
        });
        Effect::new(move |_| {
            if value.with(|answer| matches!(answer, Some(Ok(_)))) {
                self.accept();
            }
        });
        Effect::new(move |_| {
            if self.discarded.get() {
                self.discarded.set(false);
                action.clear();
            }
        });
    }
}

impl Default for FormState {
    fn default() -> Self {
        Self::new()
    }
}

/// The form of this page that has something to lose. The frame provides one as context and asks before links leave.
#[derive(Clone, Copy)]
pub struct Unsaved(StoredValue<Option<FormState>>);

impl Unsaved {
    /// Nothing to lose yet.
    #[must_use]
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    fn is_there(self) -> bool {
        let state = self.0.try_get_value().flatten();
        state.is_some_and(|state| {
            let is_set = |signal: RwSignal<bool>| signal.try_get_untracked().unwrap_or(false);
            is_set(state.typed) || is_set(state.more)
        })
    }

    /// Whether nothing is lost by leaving the page, or the person does not mind.
    pub fn may_leave(self) -> bool {
        !self.is_there() || browser::ask("Leave this page? What you changed is not saved.")
    }

    /// Catches clicks on links before the router does, because the router asks nobody. At links that are not the router's
    /// the browser asks by itself.
    pub fn before_click(self, event: &web_sys::MouseEvent) {
        if !self.is_there() {
            return;
        }
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|target| target.closest("a[href]:not([rel~=external])").ok().flatten());
        let leaves = link.is_some_and(|link| link.get_attribute("target").is_none());
        if leaves && !self.may_leave() {
            event.prevent_default();
            event.stop_propagation();
        }
    }

    /// Asks before Back and Forward leave the page. The browser has gone there already: who stays is brought back, and
    /// the router is not told.
    pub fn before_back(self) {
        let here = StoredValue::new(use_location());
        Effect::new(move |_| {
            browser::before_step(move |event| {
                let here = here.with_value(browser::address_of);
                if browser::path() != here && !self.may_leave() {
                    event.stop_immediate_propagation();
                    browser::push_path(&here);
                }
            });
        });
    }

    /// Lets the browser ask before the tab is closed or reloaded.
    pub fn before_unload(self) {
        Effect::new(move |_| {
            let listening = window_event_listener(ev::beforeunload, move |event: web_sys::BeforeUnloadEvent| {
                if self.is_there() {
                    event.prevent_default();
                }
            });
            on_cleanup(move || listening.remove());
        });
    }
}

impl Default for Unsaved {
    fn default() -> Self {
        Self::new()
    }
}

/// The end of a settings form: the button, what it would save, and the word that it did. While something waits to be
/// saved it floats over the page, and for a moment after: where the button was pressed it says that it is saved.
#[component]
pub fn SaveFoot(
    state: FormState,
    #[prop(into)] pending: Signal<bool>,
    #[prop(default = "Update")] label: &'static str,
    /// What pressing the button will do, where that needs saying: the button says it.
    #[prop(optional, into)]
    consequence: Option<Signal<Option<String>>>,
    /// Whether boxes of the form confirm what it does: nothing is sent then before one of those in sight is ticked.
    #[prop(optional)]
    confirms: bool,
) -> impl IntoView {
    let floats = move || state.is_changed();
    let linger = Pause::new();
    Effect::new(move |_| {
        if state.lingers.get() {
            linger.after(LINGERS, move || state.lingers.set(false));
        }
    });
    let place = move || match (floats(), state.lingers.get() && state.saved.get()) {
        (true, _) => "savebar",
        (false, true) => "savebar done",
        (false, false) => "savebar-rest",
    };
    // It must not come up over what has the keyboard (WCAG 2.2, 2.4.11).
    Effect::new(move |before: Option<bool>| {
        let now = floats();
        if now && before != Some(true) {
            request_animation_frame(browser::reveal_focus);
        }
        now
    });
    // What Enter in a field presses too.
    let press = move |event: web_sys::MouseEvent| {
        if confirms && state.lacks_confirmation() {
            event.prevent_default();
        }
    };
    let does = move || {
        let text = consequence.and_then(|text| text.get());
        text.map(|text| format!(", {text}"))
    };
    view! {
        <div class="form-foot">
            <div class=place>
                {move || floats().then(|| view! { <p><b>"Not saved yet"</b></p> })}
                <p role="status" class="saved-word">{move || state.saved.get().then_some("Saved")}</p>
                <button type="button" class="button" hidden=move || !floats() on:click=move |_| state.discard()>
                    "Discard"
                </button>
                <button type="submit" class="button primary" aria-busy=move || pending.get().then_some("true") on:click=press>
                    {label} {does}
                </button>
            </div>
        </div>
    }
}
