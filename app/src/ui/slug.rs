//! A handle suggested from a name.

/// Small letters, digits and single hyphens out of what somebody typed; may be empty.
#[must_use]
pub fn slug(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        let plain = plain(letter);
        if plain.is_empty() {
            if !text.is_empty() && !text.ends_with('-') {
                text.push('-');
            }
        } else {
            text.push_str(plain.as_str());
        }
        if text.len() >= 63 {
            break;
        }
    }
    text.truncate(63);
    text.trim_end_matches('-').to_owned()
}

/// The letter without its accent where that is common, nothing for everything else.
fn plain(letter: char) -> String {
    match letter {
        'a'..='z' | '0'..='9' => letter.to_string(),
        'à' | 'á' | 'â' | 'ã' | 'å' => "a".into(),
        'ä' | 'æ' => "ae".into(),
        'ç' | 'č' => "c".into(),
        'è' | 'é' | 'ê' | 'ë' => "e".into(),
        'ì' | 'í' | 'î' | 'ï' => "i".into(),
        'ñ' => "n".into(),
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o".into(),
        'ö' | 'œ' => "oe".into(),
        'š' => "s".into(),
        'ß' => "ss".into(),
        'ù' | 'ú' | 'û' => "u".into(),
        'ü' => "ue".into(),
        'ž' => "z".into(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_domain::text::Handle;

    #[test]
    fn suggestions_are_handles() {
        for (name, want) in [
            ("Acme Workforce", "acme-workforce"),
            ("  Müller & Söhne  ", "mueller-soehne"),
            ("A/B", "a-b"),
            ("日本", ""),
            ("--", ""),
        ] {
            assert_eq!(slug(name), want, "{name}");
            if !want.is_empty() {
                assert!(slug(name).parse::<Handle>().is_ok(), "{name}");
            }
        }
        assert!(slug(&"long name ".repeat(20)).parse::<Handle>().is_ok());
    }
}
