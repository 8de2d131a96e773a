//! Who is signed in at a demo application.
//!
//! Kept in memory, because what some people of the example bring fits into no cookie: after a restart, and on another
//! node, nobody is signed in.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::Duration;
use doorward_domain::Timestamp;
use doorward_domain::subject::VerifiedAssertion;
use doorward_vault::random_text;

/// Sessions an application keeps; the oldest goes.
const LIMIT: usize = 100;
/// How long one lasts.
const LIFE: Duration = Duration::hours(8);

struct Session {
    id: String,
    expires_at: Timestamp,
    assertion: VerifiedAssertion,
}

/// The sessions of one application, oldest first.
#[derive(Default)]
pub(super) struct Sessions(Mutex<VecDeque<Session>>);

impl Sessions {
    fn all(&self) -> MutexGuard<'_, VecDeque<Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was received. The id it answers is for the browser's cookie.
    pub(super) fn begin(&self, assertion: VerifiedAssertion, now: Timestamp) -> String {
        let id = random_text::<16>();
        let mut all = self.all();
        if all.len() >= LIMIT {
            all.pop_front();
        }
        all.push_back(Session {
            id: id.clone(),
            expires_at: now + LIFE,
            assertion,
        });
        id
    }

    /// What was received when this session began.
    pub(super) fn find(&self, id: &str, now: Timestamp) -> Option<VerifiedAssertion> {
        let all = self.all();
        let session = all
            .iter()
            .find(|session| session.id == id && session.expires_at > now)?;
        Some(session.assertion.clone())
    }

    /// Forgets a session.
    pub(super) fn end(&self, id: &str) {
        self.all().retain(|session| session.id != id);
    }
}

#[cfg(test)]
mod tests {
    use doorward_domain::Claims;
    use doorward_domain::id::ConnectionId;

    use super::*;

    fn assertion(subject: usize) -> VerifiedAssertion {
        VerifiedAssertion {
            connection: ConnectionId::from_random([0; 16]),
            issuer: "https://broker.example.com".to_owned(),
            subject: subject.to_string(),
            claims: Claims::new(),
            acr: None,
            amr: vec![],
            auth_time: None,
            session_mark: None,
        }
    }

    #[test]
    fn a_session_lasts_until_it_ends() {
        let (sessions, now) = (Sessions::default(), Timestamp::UNIX_EPOCH);
        let (one, other) = (sessions.begin(assertion(1), now), sessions.begin(assertion(2), now));
        assert_eq!(sessions.find(&one, now), Some(assertion(1)));
        assert_eq!(sessions.find("", now), None);
        assert_eq!(sessions.find(&one, now + LIFE), None, "expired");
        sessions.end(&one);
        assert_eq!(sessions.find(&one, now), None, "ended");
        assert_eq!(sessions.find(&other, now), Some(assertion(2)), "somebody else's");
    }

    #[test]
    fn the_oldest_goes_beyond_the_limit() {
        let (sessions, now) = (Sessions::default(), Timestamp::UNIX_EPOCH);
        let ids: Vec<String> = (0..=LIMIT)
            .map(|subject| sessions.begin(assertion(subject), now))
            .collect();
        assert_eq!(sessions.all().len(), LIMIT);
        assert_eq!(sessions.find(&ids[0], now), None);
        assert_eq!(sessions.find(&ids[1], now), Some(assertion(1)));
        assert_eq!(sessions.find(&ids[LIMIT], now), Some(assertion(LIMIT)));
    }
}
