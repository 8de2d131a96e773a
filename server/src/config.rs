//! Configuration: environment variables, or `doorward.toml` with the same names (design.md §6.6).
//!
//! A name in the file is the variable's in small letters without its prefix: `listen` for `DOORWARD_LISTEN`. The
//! environment wins. A wrong value stops the start with a sentence that names the variable.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use doorward_domain::holder::KEPT_DAYS;
use doorward_domain::script_http::Origins;
use doorward_domain::secret::SecretText;
use url::{Host, Url};

/// Accounts that a connection may make in an hour, unless the operator says otherwise.
const DEFAULT_ACCOUNTS_PER_HOUR: u32 = 10_000;

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

/// The address people and applications use, without a slash at its end. It is the issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The address as text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether browsers reach us over https, so that cookies can be bound to it.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The host alone.
    #[must_use]
    pub fn host(&self) -> String {
        let url = Url::parse(&self.0).ok();
        url.and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// An address of ours; `path` starts with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        [&self.0, path].concat()
    }
}

impl std::str::FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "must be an address such as https://login.example.com, without path, query or user name";
        let url = Url::parse(text).map_err(|_| SHAPE)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err(SHAPE);
        }
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(SHAPE),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err("must start with https:// unless the host is this machine: passwords travel over it"),
            _ => return Err(SHAPE),
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

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

fn wrong(variable: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError::Value {
        variable,
        problem: problem.into(),
    }
}

/// Where settings come from: the environment first, then the file.
struct Sources<'a> {
    environment: &'a dyn Fn(&str) -> Option<String>,
    file: toml::Table,
}

impl Sources<'_> {
    fn get(&self, variable: &'static str) -> Result<Option<String>, ConfigError> {
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

    fn parse<T>(
        &self,
        variable: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let value = self.get(variable)?;
        value
            .map(|text| parse(text.trim()).map_err(|problem| wrong(variable, problem)))
            .transpose()
    }

    fn flag(&self, variable: &'static str) -> Result<Option<bool>, ConfigError> {
        self.parse(variable, |text| match text {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("must be true or false".to_owned()),
        })
    }
}

fn file_name(variable: &str) -> String {
    variable.trim_start_matches("DOORWARD_").to_ascii_lowercase()
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
        let listen = from.parse("DOORWARD_LISTEN", |text| {
            text.parse()
                .map_err(|_| "must be an address and a port such as 127.0.0.1:8080".to_owned())
        })?;
        let default_url = || PublicUrl("http://localhost:8080".to_owned());
        let public_url = from.parse("DOORWARD_PUBLIC_URL", |text| text.parse().map_err(str::to_owned))?;
        let public_url = public_url.unwrap_or_else(default_url);
        let allow_private_upstreams = from.flag("DOORWARD_ALLOW_PRIVATE_UPSTREAMS")?.unwrap_or(false);
        Ok(Self {
            listen: listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            mail: mail(&from, &public_url, demo)?,
            public_url,
            database_url: database_url(&from, &data_dir)?,
            data_dir,
            secret_key: from.get("DOORWARD_SECRET_KEY")?.map(SecretText::new),
            first_administrator: first_administrator(&from)?,
            api_token: api_token(&from)?,
            script_origins: script_origins(&from, allow_private_upstreams)?,
            allow_private_upstreams,
            accounts_per_hour: accounts_per_hour(&from)?,
            test_idp: from.flag("DOORWARD_TEST_IDP")?.unwrap_or(demo),
            demo,
            session_life: session_life(&from)?,
            factors_kept: factors_kept(&from)?,
            trusted_proxies: trusted_proxies(&from)?,
        })
    }

    /// The key file that is made at the first start when no key is configured.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.data_dir.join("secret.key")
    }
}

fn database_url(from: &Sources<'_>, data_dir: &Path) -> Result<SecretText, ConfigError> {
    let url = from.parse("DOORWARD_DATABASE_URL", |text| {
        let known = ["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        // The value holds a password, so the sentence does not repeat it.
        known
            .then(|| text.to_owned())
            .ok_or_else(|| "must start with sqlite: or postgres://".to_owned())
    })?;
    let in_data_dir = || format!("sqlite://{}?mode=rwc", data_dir.join("doorward.db").display());
    Ok(SecretText::new(url.unwrap_or_else(in_data_dir)))
}

fn accounts_per_hour(from: &Sources<'_>) -> Result<u32, ConfigError> {
    let many = from.parse("DOORWARD_ACCOUNTS_PER_HOUR", |text| {
        let many = text.parse().ok().filter(|many| (1..=10_000_000).contains(many));
        many.ok_or_else(|| "must be a number of accounts from 1 to 10000000".to_owned())
    })?;
    Ok(many.unwrap_or(DEFAULT_ACCOUNTS_PER_HOUR))
}

fn mail(from: &Sources<'_>, public_url: &PublicUrl, demo: bool) -> Result<MailSettings, ConfigError> {
    let url = from.parse("DOORWARD_SMTP_URL", |text| {
        // The value may hold a password, so the sentence does not repeat it.
        let known = ["smtp://", "smtps://"].iter().any(|scheme| text.starts_with(scheme));
        known
            .then(|| SecretText::new(text))
            .ok_or_else(|| "must be an address such as smtp://user:password@mail.example.com:587".to_owned())
    })?;
    let sender = from.parse("DOORWARD_SMTP_FROM", |text| {
        doorward_domain::canonical::address(text)
            .map(|_| text.to_owned())
            .map_err(|_| "must be an email address such as no-reply@example.com".to_owned())
    })?;
    Ok(match url {
        Some(url) => MailSettings::Smtp {
            url,
            from: sender.unwrap_or_else(|| format!("no-reply@{}", public_url.host())),
        },
        None if demo => MailSettings::Mailbox,
        None => MailSettings::None,
    })
}

fn first_administrator(from: &Sources<'_>) -> Result<Option<FirstAdministrator>, ConfigError> {
    let email = from.parse("DOORWARD_ADMIN_EMAIL", |text| {
        doorward_domain::canonical::address(text)
            .map(|_| text.to_owned())
            .map_err(|_| "must be an email address such as admin@example.com".to_owned())
    })?;
    let password = from.get("DOORWARD_ADMIN_PASSWORD")?;
    match (email, password) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(wrong(
            "DOORWARD_ADMIN_PASSWORD",
            "must be set together with DOORWARD_ADMIN_EMAIL",
        )),
        (None, Some(_)) => Err(wrong(
            "DOORWARD_ADMIN_EMAIL",
            "must be set together with DOORWARD_ADMIN_PASSWORD",
        )),
        (Some(_), Some(password)) if password.chars().count() < 8 => {
            Err(wrong("DOORWARD_ADMIN_PASSWORD", "must have at least 8 characters"))
        }
        (Some(email), Some(password)) => Ok(Some(FirstAdministrator {
            email,
            password: SecretText::new(password),
        })),
    }
}

fn api_token(from: &Sources<'_>) -> Result<Option<SecretText>, ConfigError> {
    let token = from.parse("DOORWARD_API_TOKEN", |text| {
        let fine = text.len() >= 16 && text.bytes().all(|b| b.is_ascii_graphic());
        fine.then(|| text.to_owned())
            .ok_or_else(|| "must have at least 16 characters, without spaces".to_owned())
    })?;
    Ok(token.map(SecretText::new))
}

fn script_origins(from: &Sources<'_>, allow_private_upstreams: bool) -> Result<Origins, ConfigError> {
    const VARIABLE: &str = "DOORWARD_SCRIPT_ORIGINS";
    let origins = from
        .parse(VARIABLE, |text| text.parse::<Origins>())?
        .unwrap_or_default();
    if origins.is_insecure() && !allow_private_upstreams {
        return Err(wrong(VARIABLE, "must hold addresses that start with https:// alone"));
    }
    Ok(origins)
}

fn session_life(from: &Sources<'_>) -> Result<Duration, ConfigError> {
    let hours = from.parse("DOORWARD_SESSION_HOURS", |text| {
        let hours: u64 = text.parse().unwrap_or(0);
        (1..=720)
            .contains(&hours)
            .then_some(hours)
            .ok_or_else(|| "must be a number of hours from 1 to 720".to_owned())
    })?;
    Ok(Duration::from_secs(hours.unwrap_or(12) * 3600))
}

fn factors_kept(from: &Sources<'_>) -> Result<Duration, ConfigError> {
    let days = from.parse("DOORWARD_FACTORS_KEPT_DAYS", |text| {
        let days: u32 = text.parse().unwrap_or(0);
        (1..=3_650)
            .contains(&days)
            .then_some(days)
            .ok_or_else(|| "must be a number of days from 1 to 3650".to_owned())
    })?;
    Ok(Duration::from_secs(u64::from(days.unwrap_or(KEPT_DAYS)) * 24 * 3600))
}

fn trusted_proxies(from: &Sources<'_>) -> Result<usize, ConfigError> {
    let count = from.parse("DOORWARD_TRUSTED_PROXIES", |text| {
        text.parse()
            .ok()
            .filter(|n| *n <= 10)
            .ok_or_else(|| "must be a number from 0 to 10".to_owned())
    })?;
    Ok(count.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)], file: Option<&str>) -> Result<Config, String> {
        let get = |name: &str| {
            variables
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, value)| (*value).to_owned())
        };
        Config::read(&get, file, false).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_are_those_of_the_documentation() {
        let config = read(&[], None).expect("defaults");
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.public_url.as_str(), "http://localhost:8080");
        assert_eq!(config.data_dir, Path::new("./data"));
        assert_eq!(config.database_url.expose(), "sqlite://./data/doorward.db?mode=rwc");
        assert!(!config.test_idp && !config.allow_private_upstreams);
        assert_eq!(config.session_life, Duration::from_secs(12 * 3600));
        assert_eq!(config.factors_kept, Duration::from_secs(180 * 24 * 3600));
    }

    #[test]
    fn a_wrong_value_names_its_variable() {
        for (variable, value) in [
            ("DOORWARD_LISTEN", "8080"),
            ("DOORWARD_PUBLIC_URL", "login.example.com"),
            ("DOORWARD_PUBLIC_URL", "http://login.example.com"),
            ("DOORWARD_PUBLIC_URL", "https://login.example.com/path"),
            ("DOORWARD_PUBLIC_URL", "https://user@login.example.com"),
            ("DOORWARD_DATABASE_URL", "mysql://localhost"),
            ("DOORWARD_ADMIN_EMAIL", "admin"),
            ("DOORWARD_API_TOKEN", "short"),
            ("DOORWARD_SMTP_URL", "mail.example.com"),
            ("DOORWARD_SMTP_FROM", "no-reply"),
            ("DOORWARD_ALLOW_PRIVATE_UPSTREAMS", "yes"),
            ("DOORWARD_TEST_IDP", "on"),
            ("DOORWARD_SESSION_HOURS", "0"),
            ("DOORWARD_FACTORS_KEPT_DAYS", "0"),
            ("DOORWARD_FACTORS_KEPT_DAYS", "4000"),
            ("DOORWARD_TRUSTED_PROXIES", "all"),
        ] {
            let error = read(&[(variable, value)], None).expect_err(variable);
            assert!(error.starts_with(variable), "{variable}={value}: {error}");
        }
        let error = read(&[("DOORWARD_ADMIN_EMAIL", "admin@example.com")], None).expect_err("half");
        assert!(error.starts_with("DOORWARD_ADMIN_PASSWORD"), "{error}");
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "listen = \"127.0.0.1:1\"\ntest_idp = true\n";
        assert_eq!(read(&[], Some(file)).expect("file").listen.port(), 1);
        let both = read(&[("DOORWARD_LISTEN", "127.0.0.1:0")], Some(file)).expect("both");
        assert_eq!(both.listen.port(), 0);
        assert!(both.test_idp);
        assert!(
            read(&[], Some("lissten = \"x\""))
                .expect_err("unknown")
                .contains("lissten")
        );
        assert!(read(&[], Some("listen =")).is_err());
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = read(
            &[
                ("DOORWARD_ADMIN_EMAIL", "admin@example.com"),
                ("DOORWARD_ADMIN_PASSWORD", "hush-hush"),
                ("DOORWARD_API_TOKEN", "hush-hush-hush-hush"),
                ("DOORWARD_SECRET_KEY", "hush-hush"),
                ("DOORWARD_DATABASE_URL", "postgres://user:hush-hush@localhost/db"),
                ("DOORWARD_SMTP_URL", "smtp://user:hush-hush@mail.example.com"),
            ],
            None,
        );
        assert!(!format!("{config:?}").contains("hush"));
    }
}
