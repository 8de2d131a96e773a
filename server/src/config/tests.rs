//! What a wrong setting is answered with, and which source wins.

use std::path::Path;
use std::time::Duration;

use super::{Config, UnknownVariable};

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
fn the_public_url_follows_the_port() {
    for (listen, want) in [
        ("127.0.0.1:8187", "http://localhost:8187"),
        ("0.0.0.0:80", "http://localhost"),
        ("127.0.0.1:0", "http://localhost:8080"),
    ] {
        let config = read(&[("DOORWARD_LISTEN", listen)], None).expect(listen);
        assert_eq!(config.public_url.as_str(), want, "{listen}");
    }
    let told = [
        ("DOORWARD_LISTEN", "127.0.0.1:8187"),
        ("DOORWARD_PUBLIC_URL", "https://door.example.com"),
    ];
    let config = read(&told, None).expect("both");
    assert_eq!(config.public_url.as_str(), "https://door.example.com");
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
fn an_unknown_variable_is_told_with_the_one_that_was_meant() {
    for (name, want) in [
        ("DOORWARD_FOO", Some(None)),
        ("DOORWARD_LISTEN_ADDRESS", Some(Some("DOORWARD_LISTEN"))),
        ("DOORWARD_SMTPURL", Some(Some("DOORWARD_SMTP_URL"))),
        ("DOORWARD_DATABASE", Some(Some("DOORWARD_DATABASE_URL"))),
        ("DOORWARD_LISTEN", None),
        ("DOORWARD_TEST_IDP", None),
        ("DOORWARD_TEST_POSTGRES_URL", None),
        ("LISTEN", None),
    ] {
        let unknown = UnknownVariable::among([name.to_owned()].into_iter());
        assert_eq!(unknown.first().map(|unknown| unknown.meant), want, "{name}");
    }
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
