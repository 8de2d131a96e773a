//! Waits until somebody has stopped for a moment before a server is asked.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

/// How long somebody must have stopped typing.
const PAUSE: Duration = Duration::from_millis(150);

/// Runs what it was told last, and what it was told before not at all.
#[derive(Clone, Copy)]
pub struct Pause(StoredValue<Option<TimeoutHandle>>);

impl Pause {
    /// Waits for nothing yet. What waits when its owner goes is not run.
    #[must_use]
    pub fn new() -> Self {
        let pause = Self(StoredValue::new(None));
        on_cleanup(move || pause.cancel());
        pause
    }

    /// Runs it after the pause.
    pub fn then(self, run: impl FnOnce() + 'static) {
        self.after(PAUSE, run);
    }

    /// Runs it after a pause of this length.
    pub fn after(self, pause: Duration, run: impl FnOnce() + 'static) {
        self.cancel();
        self.0.set_value(set_timeout_with_handle(run, pause).ok());
    }

    /// Runs nothing.
    pub fn cancel(self) {
        if let Some(timer) = self.0.try_get_value().flatten() {
            timer.clear();
        }
    }
}

impl Default for Pause {
    fn default() -> Self {
        Self::new()
    }
}
