//! What is saved of a flow, beside what is on the screen.

use doorward_domain::flow::SignInFlow;
use leptos::prelude::*;

use super::flow::Editor;
use super::flow_restore::Restored;
use crate::api::application::{FlowVersionView, SaveApplicationFlow, StepForm};
use crate::api::error::ConsoleError;
use crate::ui::browser;

/// The flow that sign-ins follow, and what is to take its place.
#[derive(Clone, Copy)]
pub struct Saving {
    pub saved: RwSignal<SignInFlow>,
    /// The earlier version that is on the screen, until it is saved or discarded.
    pub restoring: RwSignal<Option<FlowVersionView>>,
    /// Whether the page came with a flow that is not saved, until that is saved or discarded.
    pub brought: RwSignal<bool>,
    /// The steps and the script as they were last sent.
    sent: StoredValue<(Vec<StepForm>, String)>,
}

impl Saving {
    /// Before anything is sent.
    pub fn of(saved: SignInFlow, restored: Option<&Restored>) -> Self {
        Self {
            saved: RwSignal::new(saved),
            restoring: RwSignal::new(restored.and_then(|restored| restored.version.clone())),
            brought: RwSignal::new(restored.is_some()),
            sent: StoredValue::new((vec![], String::new())),
        }
    }

    /// Puts what is saved on the screen. "Discard" puts the form's controls back; the steps are ours to put back.
    pub fn discard(self, editor: Editor) {
        self.saved.with_untracked(|saved| editor.show(saved));
        self.end_restoring(editor);
    }

    /// What the page came with is not on the screen any more: loaded again, the page does not bring it back.
    fn end_restoring(self, editor: Editor) {
        self.brought.set(false);
        editor.shown.restored.set_value(None);
        if self.restoring.with_untracked(Option::is_some) {
            self.restoring.set(None);
            browser::forget_query("restore");
        }
    }

    /// The form is sent.
    pub fn send(self, editor: Editor) {
        self.sent.set_value(on_screen(editor));
    }

    /// Forgets a refusal for want of a confirmation as soon as something else would be saved than what was refused.
    pub fn forget_refusal(self, editor: Editor, action: ServerAction<SaveApplicationFlow>) {
        let value = action.value();
        Effect::new(move |_| {
            let now = (editor.steps.get(), editor.script.get());
            let is_refused = value.with_untracked(|answer| matches!(answer, Some(Err(ConsoleError::Unconfirmed))));
            // Where it was sent before the browser's code had loaded, what was sent is not known.
            let is_other = self.sent.with_value(|sent| !sent.0.is_empty() && *sent != now);
            if is_refused && is_other {
                action.clear();
            }
        });
    }

    /// Makes the page tell what is saved after each save.
    pub fn follow(self, editor: Editor, action: ServerAction<SaveApplicationFlow>) {
        Effect::new(move |_| {
            let Some(Ok(answer)) = action.value().get() else {
                return;
            };
            self.saved.set(answer.application.settings.flow.clone());
            editor.shown.application.set(answer.application);
            editor.shown.findings.set(answer.findings);
            self.end_restoring(editor);
            // What was typed while the save was under way is not saved yet, and stays.
            if self.sent.get_value() == on_screen(editor) {
                self.saved.with_untracked(|saved| editor.show(saved));
            }
        });
    }
}

fn on_screen(editor: Editor) -> (Vec<StepForm>, String) {
    (editor.steps.get_untracked(), editor.script.get_untracked())
}
