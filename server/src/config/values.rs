//! Each setting that is more than a text: how it is read, what it may be, and what it is when nobody says.

use std::path::Path;
use std::time::Duration;

use doorward_domain::holder::KEPT_DAYS;
use doorward_domain::script_http::Origins;
use doorward_domain::secret::SecretText;

use super::database_url;
use super::public_url::PublicUrl;
use super::sources::{ConfigError, Sources, wrong};
use super::{FirstAdministrator, MailSettings};

/// Accounts that a connection may make in an hour, unless the operator says otherwise.
const DEFAULT_ACCOUNTS_PER_HOUR: u32 = 10_000;

pub(super) fn database_url(from: &Sources<'_>, data_dir: &Path) -> Result<SecretText, ConfigError> {
    let url = from.parse("DOORWARD_DATABASE_URL", |text| {
        database_url::check(text)?;
        Ok(text.to_owned())
    })?;
    let in_data_dir = || format!("sqlite://{}?mode=rwc", data_dir.join("doorward.db").display());
    Ok(SecretText::new(url.unwrap_or_else(in_data_dir)))
}

pub(super) fn accounts_per_hour(from: &Sources<'_>) -> Result<u32, ConfigError> {
    let many = from.parse("DOORWARD_ACCOUNTS_PER_HOUR", |text| {
        let many = text.parse().ok().filter(|many| (1..=10_000_000).contains(many));
        many.ok_or_else(|| "must be a number of accounts from 1 to 10000000".to_owned())
    })?;
    Ok(many.unwrap_or(DEFAULT_ACCOUNTS_PER_HOUR))
}

pub(super) fn mail(from: &Sources<'_>, public_url: &PublicUrl, demo: bool) -> Result<MailSettings, ConfigError> {
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

pub(super) fn first_administrator(from: &Sources<'_>) -> Result<Option<FirstAdministrator>, ConfigError> {
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

pub(super) fn api_token(from: &Sources<'_>) -> Result<Option<SecretText>, ConfigError> {
    let token = from.parse("DOORWARD_API_TOKEN", |text| {
        let fine = text.len() >= 16 && text.bytes().all(|b| b.is_ascii_graphic());
        fine.then(|| text.to_owned())
            .ok_or_else(|| "must have at least 16 characters, without spaces".to_owned())
    })?;
    Ok(token.map(SecretText::new))
}

pub(super) fn script_origins(from: &Sources<'_>, allow_private_upstreams: bool) -> Result<Origins, ConfigError> {
    const VARIABLE: &str = "DOORWARD_SCRIPT_ORIGINS";
    let origins = from
        .parse(VARIABLE, |text| text.parse::<Origins>())?
        .unwrap_or_default();
    if origins.is_insecure() && !allow_private_upstreams {
        return Err(wrong(VARIABLE, "must hold addresses that start with https:// alone"));
    }
    Ok(origins)
}

pub(super) fn session_life(from: &Sources<'_>) -> Result<Duration, ConfigError> {
    let hours = from.parse("DOORWARD_SESSION_HOURS", |text| {
        let hours: u64 = text.parse().unwrap_or(0);
        (1..=720)
            .contains(&hours)
            .then_some(hours)
            .ok_or_else(|| "must be a number of hours from 1 to 720".to_owned())
    })?;
    Ok(Duration::from_secs(hours.unwrap_or(12) * 3600))
}

pub(super) fn factors_kept(from: &Sources<'_>) -> Result<Duration, ConfigError> {
    let days = from.parse("DOORWARD_FACTORS_KEPT_DAYS", |text| {
        let days: u32 = text.parse().unwrap_or(0);
        (1..=3_650)
            .contains(&days)
            .then_some(days)
            .ok_or_else(|| "must be a number of days from 1 to 3650".to_owned())
    })?;
    Ok(Duration::from_secs(u64::from(days.unwrap_or(KEPT_DAYS)) * 24 * 3600))
}

pub(super) fn trusted_proxies(from: &Sources<'_>) -> Result<usize, ConfigError> {
    let count = from.parse("DOORWARD_TRUSTED_PROXIES", |text| {
        text.parse()
            .ok()
            .filter(|n| *n <= 10)
            .ok_or_else(|| "must be a number from 0 to 10".to_owned())
    })?;
    Ok(count.unwrap_or(0))
}
