//! What commands print.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// What a shell says of a program that ended because nobody reads its output.
const NOBODY_READS: i32 = 141;

/// Prints text. When nobody reads it any more, as behind `head`, the command ends there without a word.
pub fn text(text: Arguments<'_>) {
    let Err(error) = std::io::stdout().lock().write_fmt(text) else {
        return;
    };
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(NOBODY_READS);
    }
    tracing::error!(%error, "the answer cannot be written");
    std::process::exit(1);
}

/// A line of [`text`].
pub fn line(line: Arguments<'_>) {
    text(format_args!("{line}\n"));
}

/// What others wrote, such as a script, without the signs that a terminal obeys.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        if sign.is_control() {
            plain.extend(sign.escape_default());
        } else {
            plain.push(sign);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nobody() {
        for (text, want) in [
            ("Größe → 1", "Größe → 1"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("one\r\ntwo", "one\\r\\ntwo"),
            ("\u{9b}31m", "\\u{9b}31m"),
        ] {
            assert_eq!(plain(text), want);
        }
    }
}
