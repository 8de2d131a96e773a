//! Narrowing the list of connections: what the address says, which rows it keeps, and the addresses of the filters.

use crate::api::connection::ConnectionSummary;

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

    /// Whether anything is left out.
    #[must_use]
    pub fn is_active(&self) -> bool {
        *self != Self::default()
    }

    /// Whether a row stays.
    #[must_use]
    pub fn keeps(&self, row: &ConnectionSummary) -> bool {
        let settings = &row.connection.settings;
        self.enabled.is_none_or(|wanted| settings.enabled == wanted)
            && self.jit.is_none_or(|wanted| settings.jit.enabled == wanted)
    }

    /// The address of the list with these filters.
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
    fn a_filter_switches_off_again() {
        let on = Filter::default().with_jit(false);
        assert_eq!(on.jit, Some(false));
        assert!(!on.with_jit(false).is_active());
        assert_eq!(on.with_jit(true).jit, Some(true));
    }
}
