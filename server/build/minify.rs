//! Makes a style sheet smaller without changing what it says.

/// Leaves out comments and white space without meaning. Text in quotes is kept as it is.
pub fn minify(css: &str) -> String {
    let mut text = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("/*") {
            rest = rest
                .get(2..)
                .and_then(|inside| inside.split_once("*/"))
                .map_or("", |(_, after)| after);
        } else if next == '"' || next == '\'' {
            let end = quoted_length(rest, next);
            text.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if next.is_whitespace() {
            rest = rest.trim_start();
            let before = text.chars().last();
            let after = rest.chars().next();
            let is_loose = |side: Option<char>| side.is_none_or(|side| matches!(side, '{' | '}' | ';' | ','));
            // A comment may stand between two spaces; the second adds nothing.
            if !is_loose(before) && !is_loose(after) && before != Some(' ') {
                text.push(' ');
            }
        } else {
            if next == '}' && text.ends_with(';') {
                text.pop();
            }
            text.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    text
}

/// Bytes of the quoted text at the start, quotes included.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => return index + letter.len_utf8(),
            _ => {}
        }
    }
    text.len()
}
