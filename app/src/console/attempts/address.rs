//! What an address asks for, and the addresses that ask for less.

use doorward_domain::invalid::FieldError;
use leptos_router::params::ParamsMap;

use crate::api::attempt::AttemptQuery;

/// Attempts in one page.
const ATTEMPTS: u32 = 50;

/// Where the list stands: what it is about does not change with its filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    Everything,
    /// By handle.
    Application(String),
    /// By handle.
    Connection(String),
}

/// What is wrong with an address before the server is asked: days that are no number would count for none.
#[must_use]
pub fn wrong_days(query: &ParamsMap) -> Option<FieldError> {
    let days = query.get_str("days")?;
    let is_wrong = !days.trim().is_empty() && days.parse::<u32>().is_err();
    is_wrong.then(|| FieldError {
        pointer: "?days".to_owned(),
        detail: "Use a number of days, such as 7.".to_owned(),
    })
}

impl About {
    /// The list without a filter.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Everything => "/console/attempts".to_owned(),
            Self::Application(handle) => format!("/console/applications/{handle}/attempts"),
            Self::Connection(handle) => format!("/console/connections/{handle}/attempts"),
        }
    }

    /// What an address asks for.
    #[must_use]
    pub fn wanted(&self, query: &ParamsMap) -> AttemptQuery {
        let text = |name: &str| query.get(name).filter(|value| !value.trim().is_empty());
        let mut wanted = AttemptQuery {
            q: text("q"),
            outcome: text("outcome"),
            days: text("days").and_then(|days| days.parse().ok()),
            application: text("application"),
            connection: text("connection"),
            page: text("page"),
            request: text("request"),
            since: text("since"),
            until: text("until"),
            limit: Some(ATTEMPTS),
            cursor: text("cursor"),
        };
        match self {
            Self::Everything => {}
            Self::Application(handle) => wanted.application = Some(handle.clone()),
            Self::Connection(handle) => wanted.connection = Some(handle.clone()),
        }
        wanted
    }

    /// The filters in force, by name and value.
    #[must_use]
    pub fn filters(&self, wanted: &AttemptQuery) -> Vec<(&'static str, String)> {
        let application = wanted.application.clone();
        let connection = wanted.connection.clone();
        let all = [
            ("q", wanted.q.clone()),
            ("outcome", wanted.outcome.clone()),
            ("days", wanted.days.map(|days| days.to_string())),
            (
                "application",
                application.filter(|_| !matches!(self, Self::Application(_))),
            ),
            (
                "connection",
                connection.filter(|_| !matches!(self, Self::Connection(_))),
            ),
            ("page", wanted.page.clone()),
            ("request", wanted.request.clone()),
            ("since", wanted.since.clone()),
            ("until", wanted.until.clone()),
        ];
        all.into_iter()
            .filter_map(|(name, value)| value.map(|value| (name, value)))
            .collect()
    }

    /// The address without one filter, at the first page.
    #[must_use]
    pub fn without(&self, name: &str, wanted: &AttemptQuery) -> String {
        let mut left = ParamsMap::new();
        for (other, value) in self.filters(wanted) {
            if other != name {
                left.insert(other, value);
            }
        }
        format!("{}{}", self.path(), left.to_query_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_no_number_are_told() {
        for (days, want) in [
            (None, false),
            (Some(""), false),
            (Some("7"), false),
            (Some("abc"), true),
            (Some("-1"), true),
            (Some("7 days"), true),
        ] {
            let mut query = ParamsMap::new();
            if let Some(days) = days {
                query.insert("days", days.to_owned());
            }
            let wrong = wrong_days(&query).is_some();
            assert_eq!(wrong, want, "{days:?}");
        }
    }

    #[test]
    fn an_address_keeps_its_filters() {
        let mut query = ParamsMap::new();
        for (name, value) in [
            ("q", "req_1"),
            ("outcome", "refused"),
            ("connection", "acme"),
            ("days", "7"),
            ("since", "2026-11-25T17:00:00Z"),
        ] {
            query.insert(name, value.to_owned());
        }
        let about = About::Everything;
        let wanted = about.wanted(&query);
        assert_eq!(wanted.days, Some(7));
        assert_eq!(wanted.since.as_deref(), Some("2026-11-25T17:00:00Z"));
        assert_eq!(about.filters(&wanted).len(), 5);
        let left = about.without("connection", &wanted);
        assert!(left.starts_with("/console/attempts?"), "{left}");
        assert!(left.contains("outcome=refused") && !left.contains("acme"), "{left}");

        let about = About::Connection("acme".to_owned());
        let wanted = about.wanted(&ParamsMap::new());
        assert_eq!(wanted.connection.as_deref(), Some("acme"));
        assert_eq!(about.filters(&wanted), []);
        assert_eq!(about.without("q", &wanted), "/console/connections/acme/attempts");
    }
}
