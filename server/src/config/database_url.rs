//! Whether the address of the database can be used. What is said of a wrong one never repeats a part of it: any part may
//! be one of the password.

use std::net::IpAddr;

use url::Url;

/// A sign that ends the password early is the usual mistake.
const ESCAPE: &str = "write signs such as # / ? @ : % in its user name or password as %23 %2F %3F %40 %3A %25";
/// Parameters that the driver knows, beside `options[…]`.
const PARAMETERS: [&str; 20] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
    // Those of libpq that the driver passes over: they stand in many addresses, and ask for nothing that we leave out.
    "channel_binding",
    "connect_timeout",
];
const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/// What is wrong with an address.
///
/// # Errors
/// A sentence that follows the variable's name.
pub(super) fn check(text: &str) -> Result<(), String> {
    if text.starts_with("sqlite:") {
        return Ok(());
    }
    if !["postgres://", "postgresql://"]
        .iter()
        .any(|start| text.starts_with(start))
    {
        return Err("must start with sqlite: or postgres://".to_owned());
    }
    // These errors are fixed sentences: "invalid port number".
    let url = Url::parse(text).map_err(|error| format!("cannot be read ({error}): {ESCAPE}"))?;
    if url.fragment().is_some() {
        return Err(format!("has a # in it: {ESCAPE}"));
    }
    if url.path().contains('@') || url.path().trim_start_matches('/').contains('/') {
        return Err(format!("has more than the name of a database after its host: {ESCAPE}"));
    }
    let texts = [url.username(), url.password().unwrap_or_default(), url.path()];
    let is_text = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8().is_ok();
    if !texts.into_iter().all(is_text) {
        return Err("has a part that is no UTF-8 after its %-signs are read".to_owned());
    }
    url.query_pairs().try_for_each(|(name, value)| parameter(&name, &value))
}

fn parameter(name: &str, value: &str) -> Result<(), String> {
    if !PARAMETERS.contains(&name) && !name.starts_with("options[") {
        let known = PARAMETERS.join(", ");
        return Err(format!(
            "has a parameter that is not known; these are: {known}. If none was meant: {ESCAPE}"
        ));
    }
    let (is_fine, want) = match name {
        "sslmode" | "ssl-mode" => (
            SSL_MODES.iter().any(|mode| mode.eq_ignore_ascii_case(value)),
            SSL_MODES.join(", "),
        ),
        "statement-cache-capacity" => (value.parse::<usize>().is_ok(), "a number".to_owned()),
        "port" => (value.parse::<u16>().is_ok(), "a port".to_owned()),
        "hostaddr" => (value.parse::<IpAddr>().is_ok(), "an IP address".to_owned()),
        _ => return Ok(()),
    };
    if is_fine {
        Ok(())
    } else {
        Err(format!("has a wrong {name}; it may be {want}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_without_the_address() {
        for (case, text) in [
            ("a hash", "postgres://doorward:GEH#EIM@localhost/door"),
            ("a hash after digits", "postgres://doorward:123#GEHEIM@localhost/door"),
            ("a slash", "postgres://doorward:GEH/EIM@localhost/door"),
            ("a slash after digits", "postgres://doorward:123/GEHEIM@localhost/door"),
            ("a question mark", "postgres://doorward:123?GEHEIM@localhost/door"),
            ("a port", "postgres://doorward:GEHEIM@localhost:99999/door"),
            ("IPv6", "postgres://doorward:GEHEIM@[::1/door"),
            ("a stranger", "postgres://localhost/door?pasword=GEHEIM"),
            ("a mode", "postgres://localhost/door?sslmode=GEHEIM"),
            ("no UTF-8", "postgres://doorward:GEHEIM%FF@localhost/door"),
            ("another database", "mysql://doorward:GEHEIM@localhost/door"),
        ] {
            let said = check(text).expect_err(case);
            assert!(!said.contains("GEH") && !said.contains("EIM"), "{case}: {said}");
        }
    }

    #[test]
    fn addresses_that_do() {
        for text in [
            "sqlite::memory:",
            "sqlite:///data/doorward.db?mode=rwc",
            "postgres://localhost",
            "postgresql://doorward:GEH%23EIM@db.example.com:5433/door?sslmode=verify-full",
            "postgres:///door?host=/var/run/postgresql",
            "postgres://%2Fvar%2Frun%2Fpostgresql/door",
            "postgres://doorward@[::1]:5432/door?options[search_path]=door&connect_timeout=10",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }
}
