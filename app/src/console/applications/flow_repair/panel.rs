//! The panel of a repair while it opens and closes: when it asks what the repair does, and where the keyboard is.

use leptos::html;
use leptos::prelude::*;

use super::Mend;
use super::effect::{Foresight, foresee};
use crate::api::error::ConsoleError;
use crate::console::applications::flow::Editor;
use crate::ui::browser;
use crate::ui::pause::Pause;

/// What the parts of the panel share.
#[derive(Clone, Copy)]
pub(super) struct Panel {
    pub details: NodeRef<html::Details>,
    pub body: NodeRef<html::Div>,
    /// The browser's code has loaded.
    pub ready: RwSignal<bool>,
    /// What the server says the repair would do.
    pub foreseen: Action<(), Result<Foresight, ConsoleError>>,
}

impl Panel {
    /// Asks when it opens, and again with what is changed while it is open.
    pub fn of(mend: &Mend, editor: Editor) -> Self {
        let (change, name, spares) = (mend.change.clone(), mend.name.clone(), mend.spares.clone());
        let panel = Self {
            details: NodeRef::new(),
            body: NodeRef::new(),
            ready: RwSignal::new(false),
            foreseen: Action::new(move |(): &()| foresee(editor, change.clone(), name.clone(), spares.clone())),
        };
        panel.ask_once_loaded();
        panel.ask_with_every_change(editor);
        panel.keep_focus_in_sight();
        panel
    }

    fn is_open(self) -> bool {
        self.details.get_untracked().is_some_and(|details| details.open())
    }

    /// It may have been opened before the browser's code had loaded.
    fn ask_once_loaded(self) {
        Effect::new(move |_| {
            self.ready.set(true);
            if self.is_open() {
                self.foreseen.dispatch(());
            }
        });
    }

    /// What it does follows what else is changed while the panel is open.
    fn ask_with_every_change(self, editor: Editor) {
        let pause = Pause::new();
        Effect::new(move |before: Option<()>| {
            editor.steps.track();
            editor.script.track();
            editor.connections.track();
            if before.is_some() && self.is_open() {
                pause.then(move || {
                    self.foreseen.dispatch(());
                });
            }
        });
    }

    /// What it does is told after the panel got the keyboard, and makes it longer: its end must not come to stand below
    /// the bar that saves.
    fn keep_focus_in_sight(self) {
        Effect::new(move |_| {
            let is_told = self.foreseen.value().with(Option::is_some);
            if is_told && self.is_open() {
                request_animation_frame(browser::reveal_focus);
            }
        });
    }

    pub fn on_toggle(self) {
        if self.is_open() {
            self.foreseen.dispatch(());
            if let Some(body) = self.body.get_untracked() {
                let _ = body.focus();
            }
        }
    }

    pub fn on_key(self, event: &web_sys::KeyboardEvent) {
        if event.key() == "Escape" && self.is_open() {
            event.prevent_default();
            browser::close_details(self.details);
        }
    }
}
