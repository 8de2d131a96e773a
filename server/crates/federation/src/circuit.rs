//! Leaves a provider alone that cannot be reached (F1).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Network failures in a row that open the circuit.
const FAILURE_LIMIT: u32 = 5;
/// How long an open circuit refuses before it lets one call try.
const PAUSE: Duration = Duration::from_secs(10);

/// Counts a connection's network failures and refuses calls while it is open.
#[derive(Debug)]
pub(crate) struct Circuit(Mutex<State>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed {
        failures: u32,
    },
    Open {
        until: Instant,
    },
    /// One call tries; the others are refused until it ends.
    Probing,
}

impl Circuit {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State::Closed { failures: 0 }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a call made now would be refused because the provider failed a moment ago.
    pub(crate) fn is_open(&self) -> bool {
        matches!(*self.state(), State::Open { until } if Instant::now() < until)
    }

    /// Admits one call, or refuses it with `None`. The ticket must be told how the call went.
    pub(crate) fn enter(&self) -> Option<Ticket<'_>> {
        let mut state = self.state();
        match *state {
            State::Closed { .. } => {}
            State::Open { until } if Instant::now() >= until => *state = State::Probing,
            State::Open { .. } | State::Probing => return None,
        }
        Some(Ticket {
            circuit: self,
            done: false,
        })
    }
}

/// One admitted call.
#[derive(Debug)]
pub(crate) struct Ticket<'a> {
    circuit: &'a Circuit,
    done: bool,
}

impl Ticket<'_> {
    /// Records how the call went.
    pub(crate) fn record(mut self, reached: bool) {
        self.done = true;
        let mut state = self.circuit.state();
        *state = match (reached, *state) {
            (true, _) => State::Closed { failures: 0 },
            (false, State::Closed { failures }) if failures + 1 < FAILURE_LIMIT => {
                State::Closed { failures: failures + 1 }
            }
            (false, _) => State::Open {
                until: Instant::now() + PAUSE,
            },
        };
    }
}

impl Drop for Ticket<'_> {
    /// A call given up half-way says nothing about the provider, but must not keep the others out.
    fn drop(&mut self) {
        let mut state = self.circuit.state();
        if !self.done && *state == State::Probing {
            *state = State::Open { until: Instant::now() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(circuit: &Circuit, times: u32) {
        for _ in 0..times {
            circuit.enter().unwrap().record(false);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn f1_opens_after_five_failures_in_a_row_and_half_opens_after_ten_seconds() {
        let circuit = Circuit::new();
        fail(&circuit, 4);
        circuit.enter().unwrap().record(true);
        fail(&circuit, 4);
        assert!(!circuit.is_open(), "a success in between starts the count again");
        fail(&circuit, 1);
        assert!(circuit.is_open() && circuit.enter().is_none(), "F1: open after five");
        tokio::time::advance(Duration::from_millis(9_999)).await;
        assert!(circuit.enter().is_none(), "F1: still open");
        tokio::time::advance(Duration::from_millis(1)).await;
        let probe = circuit.enter().unwrap();
        assert!(circuit.enter().is_none(), "F1: one call tries, the others wait");
        probe.record(false);
        assert!(circuit.is_open(), "F1: a failed try opens it again");
        tokio::time::advance(PAUSE).await;
        circuit.enter().unwrap().record(true);
        fail(&circuit, 4);
        assert!(!circuit.is_open(), "F1: a try that works closes it");
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_given_up_lets_the_next_one_try() {
        let circuit = Circuit::new();
        fail(&circuit, 5);
        tokio::time::advance(PAUSE).await;
        drop(circuit.enter().unwrap());
        assert!(circuit.enter().is_some());
    }
}
