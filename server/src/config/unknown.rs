//! Variables of the environment that look like settings and are none.

use super::VARIABLES;

const PREFIX: &str = "DOORWARD_";
/// How alike a setting must be to be meant: 1 is the same (Jaro and Winkler).
const ALIKE: f64 = 0.85;
/// What builds and tests read. A server that they start has it in its environment too.
const OF_TESTS: [&str; 8] = [
    "DOORWARD_BINARY",
    "DOORWARD_CHROMIUM",
    "DOORWARD_KILLS",
    "DOORWARD_RACES",
    "DOORWARD_SITE",
    "DOORWARD_STORM",
    "DOORWARD_TEST_POSTGRES_URL",
    "DOORWARD_TRUTH_CASES",
];

/// A variable that means nothing to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownVariable {
    pub name: String,
    /// The setting that was probably meant.
    pub meant: Option<&'static str>,
}

impl UnknownVariable {
    /// Those of the process's environment.
    #[must_use]
    pub fn all() -> Vec<Self> {
        Self::among(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))
    }

    /// For the operator.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { name, meant } = self;
        match meant {
            Some(meant) => format!("{name} is no setting and is ignored; {meant} may be meant"),
            None => format!("{name} is no setting and is ignored; docs/configuration.md lists them all"),
        }
    }

    pub(super) fn among(names: impl Iterator<Item = String>) -> Vec<Self> {
        let is_known = |name: &str| VARIABLES.contains(&name) || OF_TESTS.contains(&name);
        let mut unknown: Vec<Self> = names
            .filter(|name| name.starts_with(PREFIX) && !is_known(name))
            .map(|name| Self {
                meant: nearest(&name),
                name,
            })
            .collect();
        unknown.sort_by(|one, other| one.name.cmp(&other.name));
        unknown
    }
}

fn nearest(name: &str) -> Option<&'static str> {
    // What all of them begin with would make all of them alike.
    let own = |name: &str| name.trim_start_matches(PREFIX).to_owned();
    let alike = |known: &str| strsim::jaro_winkler(&own(name), &own(known));
    VARIABLES
        .into_iter()
        .map(|known| (alike(known), known))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}
