//! What serde says, in the words of those who send JSON.

const DOES_NOT_FIT: &str = "This does not fit here. The OpenAPI document says what does.";
const ADDRESS: &str = "an address that starts with https://";

/// How the reader of addresses begins to say that a text is none.
const NO_ADDRESS: [&str; 8] = [
    "empty host:",
    "invalid domain character:",
    "invalid international domain name:",
    "invalid IPv4 address:",
    "invalid IPv6 address:",
    "invalid port number:",
    "relative URL with a cannot-be-a-base base:",
    "relative URL without a base:",
];

/// What a value must be, where serde speaks of the types it is read into. Sentences of our own pass as they are.
pub fn words(said: &str) -> String {
    let begins = |with: &str| said.starts_with(with);
    // What was sent stands before it, and may hold these words too.
    let expected = said.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
    if begins("unknown variant ") {
        return one_of(expected);
    }
    let wanted = if begins("invalid type: ") || begins("invalid value: ") || begins("invalid length ") {
        kind(expected)
    } else if NO_ADDRESS.into_iter().any(begins) {
        Some(ADDRESS)
    } else if begins("data did not match any variant") {
        None
    } else {
        return said.to_owned();
    };
    wanted.map_or_else(|| DOES_NOT_FIT.to_owned(), |kind| format!("This must be {kind}."))
}

/// The names that stand between backquotes.
fn one_of(expected: &str) -> String {
    let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    match names.as_slice() {
        [] => DOES_NOT_FIT.to_owned(),
        [only] => format!("This must be {only}."),
        several => format!("This must be one of {}.", several.join(", ")),
    }
}

fn kind(expected: &str) -> Option<&str> {
    Some(match expected {
        "a boolean" => "true or false",
        "a string" | "a borrowed string" => "a text",
        "a string representing an URL" => ADDRESS,
        "a map" => "an object",
        "a sequence" => "a list",
        "a tuple of size 2" => "a list of two",
        "fewer elements in array" => "a shorter list",
        "string or map" => "one of the values that the OpenAPI document lists",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number from 0 on",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        object if object.starts_with("struct ") || object.contains("tagged enum ") => "an object",
        described if described.starts_with("a ") || described.starts_with("an ") => described,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use doorward_domain::invalid::Invalid;
    use serde_json::json;

    use super::*;

    #[test]
    fn no_sentence_speaks_of_types() {
        for (said, want) in [
            (
                "invalid value: integer `-5`, expected u16",
                "This must be a whole number from 0 to 65535.",
            ),
            ("invalid type: null, expected a map", "This must be an object."),
            (
                "unknown variant `martian`, expected `oidc` or `test_idp`",
                "This must be one of oidc, test_idp.",
            ),
            ("unknown variant `x`, expected `only`", "This must be only."),
            (
                "unknown variant `, expected u8`, expected one of `a`, `b`, `c`",
                "This must be one of a, b, c.",
            ),
            (
                "invalid type: string \", expected u8\", expected a boolean",
                "This must be true or false.",
            ),
            (
                "invalid length 1, expected a tuple of size 2",
                "This must be a list of two.",
            ),
            (
                "invalid type: sequence, expected internally tagged enum Actor",
                "This must be an object.",
            ),
            ("invalid type: null, expected something rusty", DOES_NOT_FIT),
            ("data did not match any variant of untagged enum Form", DOES_NOT_FIT),
            ("Use 1 to 63 letters.", "Use 1 to 63 letters."),
        ] {
            assert_eq!(words(said), want, "{said}");
        }
    }

    /// As the libraries speak today.
    #[test]
    fn a_field_says_what_it_must_be() {
        for (pointer, value, want) in [
            ("/template", json!("martian"), "This must be one of oidc, test_idp."),
            ("/enabled", json!("yes"), "This must be true or false."),
            ("/display_name", json!(7), "This must be a text."),
            ("/jit", json!(null), "This must be an object."),
            ("/trusted_acr", json!({}), "This must be a list."),
            (
                "/oidc/clock_skew_seconds",
                json!(-5),
                "This must be a whole number from 0 to 120.",
            ),
            (
                "/jit/linking",
                json!(null),
                "This must be one of the values that the OpenAPI document lists.",
            ),
            (
                "/oidc/token_endpoint",
                json!("x"),
                "This must be an address that starts with https://.",
            ),
        ] {
            let mut draft = json!({
                "handle": "a", "display_name": "A", "template": "oidc", "enabled": true, "jit": {"linking": "prove"}, "trusted_acr": [],
                "oidc": {"issuer": "i", "client_id": "c", "clock_skew_seconds": 0, "token_endpoint": null},
            });
            *draft.pointer_mut(pointer).expect("a field") = value;
            let Invalid(faults) = crate::service::body::connection(draft).expect_err("a fault");
            let told = (faults[0].pointer.as_str(), faults[0].detail.as_str());
            assert_eq!(told, (pointer, want));
        }
    }
}
