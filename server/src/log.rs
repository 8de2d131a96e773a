//! What a log line says of an error.

use std::error::Error;

/// An error with everything that caused it, on one line. Written out, because a line in JSON has only what an error says of
/// itself.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the database refused")]
    struct Refused(#[source] std::io::Error);

    #[test]
    fn every_cause_is_told() {
        let cause = std::io::Error::other("the disk is full");
        assert_eq!(chain(&Refused(cause)), "the database refused: the disk is full");
    }
}
