//! Lists in pages: newest first, each page starting behind the last row of the one before.

use doorward_domain::Timestamp;

/// Most rows of a page.
pub const LIMIT: u32 = 200;

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last one.
    pub next: Option<Cursor>,
}

/// The place of a row in a list. As text, for addresses: microseconds since 1970, a full stop, the row's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) at: Timestamp,
    pub(crate) id: String,
}

/// The text is no cursor of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list")]
pub struct NotACursor;

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at.timestamp_micros(), self.id)
    }
}

impl std::str::FromStr for Cursor {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (micros, id) = text.split_once('.').ok_or(NotACursor)?;
        let at = micros
            .parse()
            .ok()
            .and_then(Timestamp::from_timestamp_micros)
            .ok_or(NotACursor)?;
        let plain = (1..=80).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if plain {
            Ok(Self { at, id: id.to_owned() })
        } else {
            Err(NotACursor)
        }
    }
}

impl<T> Page<T> {
    /// A page out of one row more than it holds, if there was one more.
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, place: impl Fn(&T) -> (Timestamp, String)) -> Self {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = if more {
            items.last().map(&place).map(|(at, id)| Cursor { at, id })
        } else {
            None
        };
        Self { items, next }
    }
}

/// At least one row and at most [`LIMIT`].
pub(crate) fn bounded(limit: u32) -> u32 {
    limit.clamp(1, LIMIT)
}

/// A text to search for, as a pattern for `LIKE … ESCAPE '\'` that finds it anywhere.
pub(crate) fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    // PostgreSQL refuses the character NUL, and no stored text has one.
    for c in text.trim().to_lowercase().chars().filter(|c| *c != '\0') {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip_and_refuse_strangers() {
        let cursor = Cursor {
            at: Timestamp::UNIX_EPOCH,
            id: "acc_1".into(),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "1", "x.acc_1", "1.", "1.' OR 1", "99999999999999999999.acc_1"] {
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
        }
    }

    #[test]
    fn patterns_take_wildcards_literally() {
        assert_eq!(contains(" 5\u{0}0%_Off\\ "), "%50\\%\\_off\\\\%");
    }
}
