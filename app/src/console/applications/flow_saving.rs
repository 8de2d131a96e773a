//! What is saved of a flow, beside what is on the screen.

use doorward_domain::flow::SignInFlow;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::flow::Editor;
use crate::api::application::{FlowVersionView, SaveApplicationFlow, StepForm};

/// The flow that sign-ins follow, and what is to take its place.
#[derive(Clone, Copy)]
pub struct Saving {
    pub saved: RwSignal<SignInFlow>,
    /// The earlier version that is on the screen, until it is saved or discarded.
    pub restoring: RwSignal<Option<FlowVersionView>>,
    /// The steps and the script as they were last sent.
    sent: StoredValue<(Vec<StepForm>, String)>,
}

impl Saving {
    /// Before anything is sent.
    pub fn of(saved: SignInFlow, restoring: Option<FlowVersionView>) -> Self {
        Self {
            saved: RwSignal::new(saved),
            restoring: RwSignal::new(restoring),
            sent: StoredValue::new((vec![], String::new())),
        }
    }

    /// Puts what is saved on the screen. "Discard" puts the form's controls back; the steps are ours to put back.
    pub fn discard(self, editor: Editor) {
        self.saved.with_untracked(|saved| editor.show(saved));
        self.restoring.set(None);
    }

    /// The form is sent.
    pub fn send(self, editor: Editor) {
        self.sent.set_value(on_screen(editor));
    }

    /// Makes the page tell what is saved after each save. `base` is the editor's address.
    pub fn follow(self, editor: Editor, action: ServerAction<SaveApplicationFlow>, base: String) {
        let navigate = use_navigate();
        Effect::new(move |_| {
            let Some(Ok(answer)) = action.value().get() else {
                return;
            };
            self.saved.set(answer.application.settings.flow.clone());
            editor.shown.application.set(answer.application);
            editor.shown.findings.set(answer.findings);
            let was_restored = self.restoring.with_untracked(Option::is_some);
            self.restoring.set(None);
            // What was typed while the save was under way is not saved yet, and stays.
            if self.sent.get_value() == on_screen(editor) {
                self.saved.with_untracked(|saved| editor.show(saved));
            }
            if was_restored {
                let options = NavigateOptions {
                    replace: true,
                    scroll: false,
                    ..NavigateOptions::default()
                };
                navigate(&format!("{base}?saved=true"), options);
            }
        });
    }
}

fn on_screen(editor: Editor) -> (Vec<StepForm>, String) {
    (editor.steps.get_untracked(), editor.script.get_untracked())
}
