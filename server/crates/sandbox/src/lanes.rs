//! Which scripts run apart from the others: those of applications whose script has lately used up a limit.
//!
//! A script that runs to its limit takes a whole core for that long, each time somebody begins a sign-in. Apart, such
//! scripts share one process that yields to everything else on the machine, so that they slow down one another and
//! nobody else.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an application's scripts run apart after the last time one of them used up a limit.
const APART: Duration = Duration::from_secs(30);

/// When the scripts of each application last used up a limit.
#[derive(Debug, Default)]
pub struct Lanes(Mutex<HashMap<String, Instant>>);

impl Lanes {
    /// Whether the scripts of this application run apart.
    pub fn is_apart(&self, owner: &str, now: Instant) -> bool {
        let hits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hits.get(owner).is_some_and(|hit| now.duration_since(*hit) < APART)
    }

    /// A script of this application has used up a limit.
    pub fn hit(&self, owner: &str, now: Instant) {
        let mut hits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hits.retain(|_, hit| now.duration_since(*hit) < APART);
        hits.insert(owner.to_owned(), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_hits_a_limit_runs_apart_for_a_while() {
        let (lanes, start) = (Lanes::default(), Instant::now());
        lanes.hit("hostile", start);
        lanes.hit("again", start);
        lanes.hit("again", start + Duration::from_secs(20));
        for (case, owner, seconds, want) in [
            ("at once", "hostile", 0, true),
            ("just before the end", "hostile", 29, true),
            ("after it", "hostile", 30, false),
            ("another application", "good", 0, false),
            ("counted from the last time", "again", 49, true),
            ("and over some day", "again", 50, false),
        ] {
            assert_eq!(
                lanes.is_apart(owner, start + Duration::from_secs(seconds)),
                want,
                "{case}"
            );
        }
        lanes.hit("much later", start + Duration::from_secs(3_600));
        assert_eq!(
            lanes.0.lock().unwrap_or_else(PoisonError::into_inner).len(),
            1,
            "nothing piles up"
        );
    }
}
