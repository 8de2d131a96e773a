//! Bounds how many sign-ins wait for one provider, so that a slow one cannot use up the server (F2).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

/// Sign-ins that may wait for one provider at a time.
const WAITING_LIMIT: usize = 50;
/// Sign-ins that may queue behind these while the provider answers quickly: a burst, not a jam.
const QUEUE_LIMIT: usize = 450;
/// Longest time in the queue.
const QUEUE_TIME: Duration = Duration::from_secs(1);
/// A call that takes longer than this marks the provider as slow.
const SLOW: Duration = Duration::from_secs(1);

/// Admits sign-ins of one connection.
#[derive(Debug)]
pub(crate) struct Gate {
    places: Semaphore,
    queued: AtomicUsize,
    slow: AtomicBool,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self {
            places: Semaphore::new(WAITING_LIMIT),
            queued: AtomicUsize::new(0),
            slow: AtomicBool::new(false),
        }
    }

    /// Takes a place, or refuses with `None`: at once when the provider is slow, else after a moment in the queue.
    pub(crate) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(place) = self.places.try_acquire() {
            return Some(place);
        }
        if self.slow.load(Ordering::Relaxed) {
            return None;
        }
        let _queued = Queued::join(&self.queued)?;
        let place = tokio::time::timeout(QUEUE_TIME, self.places.acquire()).await;
        place.ok().and_then(Result::ok)
    }

    /// Records how long a call took and whether it was answered.
    pub(crate) fn record(&self, took: Duration, reached: bool) {
        self.slow.store(took > SLOW || !reached, Ordering::Relaxed);
    }
}

/// A place in the queue, given back on drop.
struct Queued<'a>(&'a AtomicUsize);

impl<'a> Queued<'a> {
    fn join(count: &'a AtomicUsize) -> Option<Self> {
        let place = Self(count);
        // A refused one leaves again by its drop.
        (count.fetch_add(1, Ordering::Relaxed) < QUEUE_LIMIT).then_some(place)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn f2_fifty_wait_and_the_next_is_refused_fast() {
        let gate = Gate::new();
        let mut places = Vec::new();
        for _ in 0..WAITING_LIMIT {
            places.push(gate.enter().await.unwrap());
        }
        let start = tokio::time::Instant::now();
        assert!(gate.enter().await.is_none(), "F2: the 51st gives up after a moment");
        assert_eq!(start.elapsed(), QUEUE_TIME);
        gate.record(Duration::from_secs(5), false);
        let start = tokio::time::Instant::now();
        assert!(gate.enter().await.is_none(), "F2: with a slow provider at once");
        assert_eq!(start.elapsed(), Duration::ZERO);
        gate.record(Duration::from_millis(20), true);
        places.pop();
        assert!(gate.enter().await.is_some());
        assert_eq!(gate.queued.load(Ordering::Relaxed), 0);
    }
}
