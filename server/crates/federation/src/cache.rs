//! One document of a provider, kept in memory: fetched when first needed, by one task at a time, refreshed behind the
//! back of sign-ins, and kept when the provider is down or answers garbage (F4, F5, F8).
//!
//! Ages are measured with the monotonic clock, so that a stepped wall clock neither empties nor freezes the cache.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::Fault;

/// Age at which a document is fetched anew in the background.
const FRESH: Duration = Duration::from_secs(3600);
/// Age up to which a document is used although the provider does not give a new one. F8.
const USABLE: Duration = Duration::from_secs(7 * 24 * 3600);
/// Shortest time between two fetches in the background, and between two that an unknown key asks for. F5.
const FLOOR: Duration = Duration::from_secs(30);

/// A cached document.
#[derive(Debug)]
pub(crate) struct Cached<T> {
    state: Mutex<State<T>>,
    /// Held while fetching: whoever waits for it takes the outcome instead of asking again.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State<T> {
    value: Option<(Arc<T>, Instant)>,
    /// How many fetches have ended, well or badly.
    fetches: u64,
    last_fault: Option<Fault>,
    /// When a fetch in the background was last started.
    refreshed_at: Option<Instant>,
    /// When a fetch was last forced by an unknown key.
    forced_at: Option<Instant>,
}

impl<T> Cached<T> {
    pub(crate) fn new() -> Self {
        let state = State {
            value: None,
            fetches: 0,
            last_fault: None,
            refreshed_at: None,
            forced_at: None,
        };
        Self {
            state: Mutex::new(state),
            flight: tokio::sync::Mutex::new(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The document: the kept one while it is usable, else a new one.
    ///
    /// # Errors
    /// The fault of the fetch when there is nothing usable.
    pub(crate) async fn get(&self, fetch: impl Future<Output = Result<T, Fault>>) -> Result<Arc<T>, Fault> {
        let seen = {
            let state = self.state();
            match &state.value {
                Some((value, at)) if at.elapsed() < USABLE => return Ok(Arc::clone(value)),
                _ => state.fetches,
            }
        };
        let _flight = self.flight.lock().await;
        if let Some(outcome) = self.outcome_since(seen) {
            return outcome;
        }
        self.record(fetch.await)
    }

    /// Whether the document should be fetched anew in the background; answers yes once per [`FLOOR`].
    pub(crate) fn claim_refresh(&self) -> bool {
        let mut state = self.state();
        let aged = state.value.as_ref().is_some_and(|(_, at)| at.elapsed() >= FRESH);
        let due = aged && state.refreshed_at.is_none_or(|at| at.elapsed() >= FLOOR);
        if due {
            state.refreshed_at = Some(Instant::now());
        }
        due
    }

    /// Fetches anew for [`Self::claim_refresh`]. A failure keeps what there is.
    pub(crate) async fn refresh(&self, fetch: impl Future<Output = Result<T, Fault>>) -> Result<Arc<T>, Fault> {
        let _flight = self.flight.lock().await;
        self.record(fetch.await)
    }

    /// A document other than `used`, which lacked something: one that was fetched meanwhile, or a new one, at most
    /// once per [`FLOOR`] so that a storm of unknown keys stays here (F5). `None` when there is no other.
    pub(crate) async fn other_than(
        &self,
        used: &Arc<T>,
        fetch: impl Future<Output = Result<T, Fault>>,
    ) -> Option<Arc<T>> {
        let _flight = self.flight.lock().await;
        {
            let mut state = self.state();
            match &state.value {
                Some((value, _)) if !Arc::ptr_eq(value, used) => return Some(Arc::clone(value)),
                _ => {}
            }
            if state.forced_at.is_some_and(|at| at.elapsed() < FLOOR) {
                return None;
            }
            state.forced_at = Some(Instant::now());
        }
        self.record(fetch.await).ok()
    }

    /// What the fetch that ended while we waited has brought, if one ended.
    fn outcome_since(&self, seen: u64) -> Option<Result<Arc<T>, Fault>> {
        let state = self.state();
        if state.fetches == seen {
            return None;
        }
        match (&state.value, &state.last_fault) {
            (Some((value, at)), _) if at.elapsed() < USABLE => Some(Ok(Arc::clone(value))),
            (_, Some(fault)) => Some(Err(fault.clone())),
            (_, None) => None,
        }
    }

    fn record(&self, outcome: Result<T, Fault>) -> Result<Arc<T>, Fault> {
        let mut state = self.state();
        state.fetches += 1;
        match outcome {
            Ok(value) => {
                let value = Arc::new(value);
                state.value = Some((Arc::clone(&value), Instant::now()));
                state.last_fault = None;
                Ok(value)
            }
            Err(fault) => {
                state.last_fault = Some(fault.clone());
                Err(fault)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::time::{advance, sleep};

    async fn slowly(count: &AtomicU32, outcome: Result<u32, Fault>) -> Result<u32, Fault> {
        count.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(100)).await;
        outcome
    }

    #[tokio::test(start_paused = true)]
    async fn f5_one_flight_serves_everybody_who_waits() {
        let (cached, count) = (Cached::new(), AtomicU32::new(0));
        let (a, b, c) = tokio::join!(
            cached.get(slowly(&count, Ok(1))),
            cached.get(slowly(&count, Ok(2))),
            cached.get(slowly(&count, Ok(3)))
        );
        assert_eq!((*a.unwrap(), *b.unwrap(), *c.unwrap()), (1, 1, 1), "F5: single flight");
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn f1_a_failed_flight_fails_everybody_who_waits() {
        let (cached, count) = (Cached::<u32>::new(), AtomicU32::new(0));
        let (a, b) = tokio::join!(
            cached.get(slowly(&count, Err(Fault::Busy))),
            cached.get(slowly(&count, Err(Fault::Busy)))
        );
        assert_eq!((a, b), (Err(Fault::Busy), Err(Fault::Busy)));
        assert_eq!(count.load(Ordering::Relaxed), 1, "nobody repeats what has just failed");
        assert_eq!(
            *cached.get(slowly(&count, Ok(4))).await.unwrap(),
            4,
            "the next one asks again"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn f8_a_lost_document_is_used_for_seven_days() {
        let (cached, count) = (Cached::new(), AtomicU32::new(0));
        cached.get(slowly(&count, Ok(1))).await.unwrap();
        assert!(!cached.claim_refresh(), "fresh");
        advance(FRESH).await;
        assert!(
            cached.claim_refresh() && !cached.claim_refresh(),
            "one claims the refresh"
        );
        assert!(cached.refresh(slowly(&count, Err(Fault::CircuitOpen))).await.is_err());
        assert_eq!(
            cached.get(slowly(&count, Ok(2))).await,
            Ok(Arc::new(1)),
            "F8: the last good one stays"
        );
        advance(FLOOR).await;
        assert!(cached.claim_refresh(), "tried again after a while");
        advance(USABLE - FRESH - FLOOR - Duration::from_secs(1)).await;
        assert_eq!(
            cached.get(slowly(&count, Ok(2))).await,
            Ok(Arc::new(1)),
            "F8: just below seven days"
        );
        advance(Duration::from_secs(2)).await;
        assert_eq!(
            cached.get(slowly(&count, Ok(2))).await,
            Ok(Arc::new(2)),
            "F8: not longer"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn f5_unknown_keys_force_one_fetch_per_half_minute() {
        let (cached, count) = (Cached::new(), AtomicU32::new(0));
        let first = cached.get(slowly(&count, Ok(1))).await.unwrap();
        let (a, b) = tokio::join!(
            cached.other_than(&first, slowly(&count, Ok(2))),
            cached.other_than(&first, slowly(&count, Ok(3)))
        );
        assert_eq!(
            (a.as_deref(), b.as_deref()),
            (Some(&2), Some(&2)),
            "F5: the second takes what the first fetched"
        );
        let second = a.unwrap();
        assert_eq!(
            cached.other_than(&second, slowly(&count, Ok(4))).await,
            None,
            "F5: cool-down"
        );
        advance(FLOOR).await;
        assert_eq!(cached.other_than(&second, slowly(&count, Err(Fault::Busy))).await, None);
        assert_eq!(
            cached.get(slowly(&count, Ok(5))).await,
            Ok(second),
            "F4: a failure keeps the last good one"
        );
        assert_eq!(count.load(Ordering::Relaxed), 3);
    }
}
