//! What is counted, in the OpenMetrics text format.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// How something ended, in a word of ours; never text from outside, or the number of series would be theirs to choose.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Outcome {
    pub outcome: &'static str,
}

/// Status class of answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Status {
    pub status: u16,
}

/// The counters.
pub struct Metrics {
    registry: Registry,
    sign_ins: Family<Outcome, Counter>,
    tokens: Family<Outcome, Counter>,
    requests: Family<Status, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("doorward");
        let (sign_ins, tokens, requests) = (Family::default(), Family::default(), Family::default());
        registry.register("sign_ins", "Sign-ins that ended, by outcome", sign_ins.clone());
        registry.register(
            "token_requests",
            "Requests to the token endpoint, by outcome",
            tokens.clone(),
        );
        registry.register("http_requests", "Answers, by status", requests.clone());
        Self {
            registry,
            sign_ins,
            tokens,
            requests,
        }
    }
}

impl Metrics {
    /// A sign-in ended.
    pub fn sign_in(&self, outcome: &'static str) {
        self.sign_ins.get_or_create(&Outcome { outcome }).inc();
    }

    /// The token endpoint answered.
    pub fn token(&self, outcome: &'static str) {
        self.tokens.get_or_create(&Outcome { outcome }).inc();
    }

    /// A request was answered.
    pub fn answered(&self, status: u16) {
        self.requests.get_or_create(&Status { status }).inc();
    }

    /// Everything as text; `statements` and `commits` come from the database.
    #[must_use]
    pub fn print(&self, database: doorward_storage::Counters, is_ready: bool) -> String {
        let mut text = String::new();
        // Writing to a text cannot fail.
        encode(&mut text, &self.registry).ok();
        let end = text.rfind("# EOF").unwrap_or(text.len());
        text.truncate(end);
        for (name, help, value) in [
            ("doorward_database_statements", "SQL statements", database.statements),
            ("doorward_database_commits", "Changes committed", database.commits),
            (
                "doorward_database_failures",
                "Statements that failed",
                database.failures,
            ),
        ] {
            text.push_str(&format!(
                "# HELP {name} {help}.\n# TYPE {name} counter\n{name}_total {value}\n"
            ));
        }
        let ready = u8::from(is_ready);
        text.push_str(&format!("# HELP doorward_ready Whether this node can serve.\n# TYPE doorward_ready gauge\ndoorward_ready {ready}\n# EOF\n"));
        text
    }
}
