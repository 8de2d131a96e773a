//! Steps and options are moved by dragging them too. It changes nothing that the buttons cannot change, so nobody needs a
//! mouse.

use leptos::prelude::*;
use web_sys::DragEvent;

use super::flow::Editor;
use super::flow_edit::FlowEdit;

/// What is on its way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dragged {
    Step(usize),
    Choice { step: usize, option: usize },
}

/// What is dragged in this editor, and the step it is held over.
#[derive(Clone, Copy)]
pub struct Drag {
    dragged: RwSignal<Option<Dragged>>,
    over: RwSignal<Option<usize>>,
}

impl Drag {
    pub fn new() -> Self {
        Self {
            dragged: RwSignal::new(None),
            over: RwSignal::new(None),
        }
    }

    /// Takes something up.
    pub fn start(self, event: &DragEvent, what: Dragged) {
        event.stop_propagation();
        if let Some(carried) = event.data_transfer() {
            // Firefox drags nothing without.
            carried.set_data("text/plain", "").ok();
        }
        self.dragged.set(Some(what));
    }

    /// Holds it over a step, which may take it.
    pub fn hold(self, event: &DragEvent, step: usize) {
        if self.dragged.with_untracked(Option::is_some) {
            event.prevent_default();
            if self.over.get_untracked() != Some(step) {
                self.over.set(Some(step));
            }
        }
    }

    /// Whether something is held over this step.
    pub fn is_over(self, step: usize) -> bool {
        self.over.get() == Some(step)
    }

    /// Nothing is dragged any more.
    pub fn end(self) {
        self.dragged.set(None);
        self.over.set(None);
    }
}

impl Editor {
    /// Lets go over a step, or over one of its options.
    pub fn let_go(self, event: &DragEvent, step: usize, option: Option<usize>) {
        event.prevent_default();
        event.stop_propagation();
        let dragged = self.drag.dragged.get_untracked();
        self.drag.end();
        let edit = match dragged {
            Some(Dragged::Step(from)) if from != step => FlowEdit::Place { step: from, at: step },
            Some(Dragged::Choice {
                step: from,
                option: which,
            }) if from != step || option.is_some() => FlowEdit::Carry {
                step: from,
                option: which,
                to: step,
                at: option.unwrap_or(usize::MAX),
            },
            Some(_) | None => return,
        };
        self.make(&edit);
    }
}
