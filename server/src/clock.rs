//! The time, as an argument: the system's clock while serving, a hand that tests turn.

use doorward_domain::{Timestamp, truncate};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment, cut to microseconds like everything that is stored.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the real clock is read")]
    fn now(&self) -> Timestamp {
        truncate(chrono::Utc::now())
    }
}
