//! Attribute values as people read them.

use serde_json::Value;

/// Text without quotes, yes or no, lists with commas, everything else as JSON.
#[must_use]
pub fn readable(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(items) if items.len() > 12 => {
            let first: Vec<String> = items.iter().take(12).map(readable).collect();
            format!("{} and {} more", first.join(", "), items.len() - 12)
        }
        Value::Array(items) => items.iter().map(readable).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// Longest value that a table shows as a whole, in characters.
const SHOWN: usize = 160;

/// The start of a value that is too long for a table.
#[must_use]
pub fn start(text: &str) -> Option<&str> {
    let (end, _) = text.char_indices().nth(SHOWN)?;
    text.get(..end)
}

/// The words of a standard claim name (OpenID Connect Core §5.1); a custom one stands for itself.
#[must_use]
pub fn label(name: &str) -> String {
    match name {
        "email" => "Address".into(),
        "email_verified" => "Address verified".into(),
        "name" => "Full name".into(),
        "given_name" => "Given name".into(),
        "family_name" => "Family name".into(),
        "middle_name" => "Middle name".into(),
        "nickname" => "Nickname".into(),
        "preferred_username" => "Preferred username".into(),
        "profile" => "Profile page".into(),
        "picture" => "Picture".into(),
        "website" => "Website".into(),
        "gender" => "Gender".into(),
        "birthdate" => "Birth date".into(),
        "zoneinfo" => "Time zone".into(),
        "locale" => "Language".into(),
        "phone_number" => "Phone number".into(),
        "phone_number_verified" => "Phone number verified".into(),
        "address" => "Postal address".into(),
        "groups" => "Groups".into(),
        custom => custom.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (value, want) in [
            (serde_json::json!("a"), "a"),
            (serde_json::json!(true), "yes"),
            (serde_json::json!(["a", "b"]), "a, b"),
            (serde_json::json!({"a": 1}), r#"{"a":1}"#),
        ] {
            assert_eq!(readable(&value), want);
        }
        assert_eq!(start("a"), None);
        assert_eq!(start(&"ä".repeat(SHOWN)), None);
        assert_eq!(start(&"ä".repeat(2_000)), Some("ä".repeat(SHOWN).as_str()));
        let many: Vec<u32> = (0..500).collect();
        assert!(readable(&serde_json::json!(many)).ends_with("and 488 more"));
    }
}
