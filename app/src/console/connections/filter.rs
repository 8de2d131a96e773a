//! Narrowing the list of connections: what the address says, what the server is asked, and the addresses of the filters.

use crate::api::connection::ConnectionQuery;
use crate::api::page::PageQuery;

/// The filters of the address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub q: String,
    /// `Some(true)` keeps what is enabled, `Some(false)` what is not.
    pub enabled: Option<bool>,
    pub jit: Option<bool>,
}

impl Filter {
    /// Reads the query of the address; unknown values filter nothing.
    #[must_use]
    pub fn read(q: Option<&str>, state: Option<&str>, jit: Option<&str>) -> Self {
        let choice = |value: Option<&str>, yes: &str, no: &str| match value {
            Some(value) if value == yes => Some(true),
            Some(value) if value == no => Some(false),
            _ => None,
        };
        Self {
            q: q.unwrap_or_default().to_owned(),
            enabled: choice(state, "enabled", "disabled"),
            jit: choice(jit, "on", "off"),
        }
    }

    /// What the server is asked for: the page that starts at `cursor`.
    #[must_use]
    pub fn query(&self, cursor: Option<String>) -> ConnectionQuery {
        ConnectionQuery {
            page: PageQuery {
                q: Some(self.q.clone()).filter(|q| !q.is_empty()),
                limit: None,
                cursor,
            },
            enabled: self.enabled,
            jit: self.jit,
        }
    }

    /// The address of the list with these filters, at its first page.
    #[must_use]
    pub fn href(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        if let Some(enabled) = self.enabled {
            query.append_pair("state", if enabled { "enabled" } else { "disabled" });
        }
        if let Some(jit) = self.jit {
            query.append_pair("jit", if jit { "on" } else { "off" });
        }
        let query = query.finish();
        if query.is_empty() {
            "/console/connections".to_owned()
        } else {
            format!("/console/connections?{query}")
        }
    }

    /// The address that switches one state filter, or off again when it is on.
    #[must_use]
    pub fn with_enabled(&self, wanted: bool) -> Self {
        let enabled = if self.enabled == Some(wanted) {
            None
        } else {
            Some(wanted)
        };
        Self {
            enabled,
            ..self.clone()
        }
    }

    /// The same for just-in-time provisioning.
    #[must_use]
    pub fn with_jit(&self, wanted: bool) -> Self {
        let jit = if self.jit == Some(wanted) { None } else { Some(wanted) };
        Self { jit, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_round_trip() {
        for (filter, want) in [
            (Filter::default(), "/console/connections"),
            (
                Filter::read(Some("a b&c"), Some("enabled"), None),
                "/console/connections?q=a+b%26c&state=enabled",
            ),
            (
                Filter::read(None, Some("x"), Some("off")),
                "/console/connections?jit=off",
            ),
        ] {
            assert_eq!(filter.href(), want);
        }
    }

    #[test]
    fn the_server_is_asked_for_what_the_address_says() {
        let asked = Filter::read(Some("acme"), Some("disabled"), Some("on")).query(Some("behind".to_owned()));
        assert_eq!((asked.enabled, asked.jit), (Some(false), Some(true)));
        assert_eq!(asked.page.q.as_deref(), Some("acme"));
        assert_eq!(asked.page.cursor.as_deref(), Some("behind"));
        assert_eq!(Filter::default().query(None), ConnectionQuery::default());
    }

    #[test]
    fn a_filter_switches_off_again() {
        let on = Filter::default().with_jit(false);
        assert_eq!(on.jit, Some(false));
        assert_eq!(on.with_jit(false), Filter::default());
        assert_eq!(on.with_jit(true).jit, Some(true));
    }
}
