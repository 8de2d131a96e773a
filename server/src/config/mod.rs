//! Configuration: environment variables, or `doorward.toml` with the same names (design.md §6.6).
//!
//! A name in the file is the variable's in small letters without its prefix: `listen` for `DOORWARD_LISTEN`. The
//! environment wins. A wrong value stops the start with a sentence that names the variable.

mod database_url;
mod public_url;
mod sources;
#[cfg(test)]
mod tests;
mod unknown;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use doorward_domain::script_http::Origins;
use doorward_domain::secret::SecretText;

pub use public_url::PublicUrl;
pub use sources::ConfigError;
use sources::{Sources, file_name};
pub use unknown::UnknownVariable;

/// Every setting, in the order of the documentation.
pub const VARIABLES: [&str; 17] = [
    "DOORWARD_LISTEN",
    "DOORWARD_PUBLIC_URL",
    "DOORWARD_DATA_DIR",
    "DOORWARD_DATABASE_URL",
    "DOORWARD_SECRET_KEY",
    "DOORWARD_ADMIN_EMAIL",
    "DOORWARD_ADMIN_PASSWORD",
    "DOORWARD_API_TOKEN",
    "DOORWARD_SMTP_URL",
    "DOORWARD_SMTP_FROM",
    "DOORWARD_ALLOW_PRIVATE_UPSTREAMS",
    "DOORWARD_SCRIPT_ORIGINS",
    "DOORWARD_ACCOUNTS_PER_HOUR",
    "DOORWARD_TEST_IDP",
    "DOORWARD_SESSION_HOURS",
    "DOORWARD_FACTORS_KEPT_DAYS",
    "DOORWARD_TRUSTED_PROXIES",
];

/// What the server was told.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: PublicUrl,
    pub data_dir: PathBuf,
    pub database_url: SecretText,
    /// `None`: the key file in the data directory.
    pub secret_key: Option<SecretText>,
    pub first_administrator: Option<FirstAdministrator>,
    pub api_token: Option<SecretText>,
    pub mail: MailSettings,
    pub allow_private_upstreams: bool,
    /// Where scripts' requests may go.
    pub script_origins: Origins,
    /// How many accounts each connection may make in an hour (S49).
    pub accounts_per_hour: u32,
    pub test_idp: bool,
    pub demo: bool,
    /// Life of a session, whatever the person does meanwhile.
    pub session_life: Duration,
    /// How long second factors without an account are kept after their last use.
    pub factors_kept: Duration,
    /// Proxies in front of us whose `X-Forwarded-For` entries are believed; 0 believes nobody.
    pub trusted_proxies: usize,
}

/// The administrator to make when there is none.
#[derive(Debug, Clone)]
pub struct FirstAdministrator {
    pub email: String,
    pub password: SecretText,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub enum MailSettings {
    /// It does not: nothing that sends mail can be chosen.
    None,
    /// It stays here, for the mailbox page of a demonstration.
    Mailbox,
    Smtp {
        url: SecretText,
        from: String,
    },
}

impl Config {
    /// Reads the process's environment and `doorward.toml` in the working directory, if there is one.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn load(demo: bool) -> Result<Self, ConfigError> {
        let file = Self::file()?;
        Self::read(&|name| std::env::var(name).ok(), file.as_deref(), demo)
    }

    /// Like [`Self::load`] for commands to which the first administrator means nothing.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn load_without_administrator() -> Result<Self, ConfigError> {
        let file = Self::file()?;
        let environment = |name: &str| {
            let theirs = name.starts_with("DOORWARD_ADMIN_");
            if theirs {
                Some(String::new())
            } else {
                std::env::var(name).ok()
            }
        };
        Self::read(&environment, file.as_deref(), false)
    }

    fn file() -> Result<Option<String>, ConfigError> {
        match std::fs::read_to_string("doorward.toml") {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ConfigError::Unreadable(error)),
        }
    }

    /// Reads settings from the given sources.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn read(
        environment: &dyn Fn(&str) -> Option<String>,
        file: Option<&str>,
        demo: bool,
    ) -> Result<Self, ConfigError> {
        let file: toml::Table = file
            .map_or_else(|| Ok(toml::Table::new()), toml::from_str)
            .map_err(|error| ConfigError::Syntax(error.message().to_owned()))?;
        if let Some(name) = file
            .keys()
            .find(|name| !VARIABLES.iter().any(|v| file_name(v) == **name))
        {
            return Err(ConfigError::Unknown(name.clone()));
        }
        let from = Sources { environment, file };
        let data_dir = PathBuf::from(from.get("DOORWARD_DATA_DIR")?.unwrap_or_else(|| "./data".to_owned()));
        let listen: Option<SocketAddr> = from.parse("DOORWARD_LISTEN", |text| {
            text.parse()
                .map_err(|_| "must be an address and a port such as 127.0.0.1:8080".to_owned())
        })?;
        let listen = listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let public_url: Option<PublicUrl> =
            from.parse("DOORWARD_PUBLIC_URL", |text| text.parse().map_err(str::to_owned))?;
        let public_url = public_url.unwrap_or_else(|| PublicUrl::of_this_machine(listen.port()));
        let allow_private_upstreams = from.flag("DOORWARD_ALLOW_PRIVATE_UPSTREAMS")?.unwrap_or(false);
        Ok(Self {
            listen,
            mail: values::mail(&from, &public_url, demo)?,
            public_url,
            database_url: values::database_url(&from, &data_dir)?,
            data_dir,
            secret_key: from.get("DOORWARD_SECRET_KEY")?.map(SecretText::new),
            first_administrator: values::first_administrator(&from)?,
            api_token: values::api_token(&from)?,
            script_origins: values::script_origins(&from, allow_private_upstreams)?,
            allow_private_upstreams,
            accounts_per_hour: values::accounts_per_hour(&from)?,
            test_idp: from.flag("DOORWARD_TEST_IDP")?.unwrap_or(demo),
            demo,
            session_life: values::session_life(&from)?,
            factors_kept: values::factors_kept(&from)?,
            trusted_proxies: values::trusted_proxies(&from)?,
        })
    }

    /// The key file that is made at the first start when no key is configured.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.data_dir.join("secret.key")
    }
}
