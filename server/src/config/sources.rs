//! Where settings come from, and what is said about one that is wrong.

/// A setting is wrong. The sentence is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{variable} {problem}")]
    Value { variable: &'static str, problem: String },
    #[error("doorward.toml cannot be read")]
    Unreadable(#[source] std::io::Error),
    #[error("doorward.toml is not valid: {0}")]
    Syntax(String),
    #[error("doorward.toml has the unknown setting {0}; docs/configuration.md lists them all")]
    Unknown(String),
}

pub(super) fn wrong(variable: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError::Value {
        variable,
        problem: problem.into(),
    }
}

/// Where settings come from: the environment first, then the file.
pub(super) struct Sources<'a> {
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
    pub(super) file: toml::Table,
}

impl Sources<'_> {
    pub(super) fn get(&self, variable: &'static str) -> Result<Option<String>, ConfigError> {
        if let Some(value) = (self.environment)(variable) {
            // An empty variable is how compose files and shells say "not set".
            return Ok(Some(value).filter(|v| !v.trim().is_empty()));
        }
        match self.file.get(&file_name(variable)) {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(text.clone())),
            Some(value @ (toml::Value::Integer(_) | toml::Value::Boolean(_))) => Ok(Some(value.to_string())),
            Some(_) => Err(wrong(
                variable,
                "must be a text, a number or true or false in doorward.toml",
            )),
        }
    }

    pub(super) fn parse<T>(
        &self,
        variable: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let value = self.get(variable)?;
        value
            .map(|text| parse(text.trim()).map_err(|problem| wrong(variable, problem)))
            .transpose()
    }

    pub(super) fn flag(&self, variable: &'static str) -> Result<Option<bool>, ConfigError> {
        self.parse(variable, |text| match text {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("must be true or false".to_owned()),
        })
    }
}

pub(super) fn file_name(variable: &str) -> String {
    variable.trim_start_matches("DOORWARD_").to_ascii_lowercase()
}
