//! Days and moments as people of a language write them. Moments are in UTC: the server knows nobody's time zone.

use chrono::{Datelike, Timelike};
use doorward_domain::Timestamp;

use super::language::Language;
use super::text::texts;

/// A day: `27 November 2026`.
pub(super) fn day(language: Language, at: &impl Datelike) -> String {
    let text = &texts(language).dates;
    let month = text.months.get(at.month0() as usize).copied().unwrap_or_default();
    (text.day)(at.day(), month, at.year())
}

/// A moment to the minute: `27 November 2026, 14:05 UTC`.
pub(super) fn moment(language: Language, at: Timestamp) -> String {
    let time = format!("{:02}:{:02} UTC", at.hour(), at.minute());
    (texts(language).dates.moment)(&day(language, &at), &time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_them_its_way() {
        for (language, at, want_day, want_moment) in [
            (
                Language::English,
                "2026-11-27T14:05:59Z",
                "27 November 2026",
                "27 November 2026, 14:05 UTC",
            ),
            (
                Language::German,
                "2026-03-01T00:00:00Z",
                "1. März 2026",
                "1. März 2026, 00:00 UTC",
            ),
            (
                Language::French,
                "2026-12-01T09:30:00Z",
                "1er décembre 2026",
                "1er décembre 2026 à 09:30 UTC",
            ),
            (
                Language::French,
                "2027-01-31T23:59:00Z",
                "31 janvier 2027",
                "31 janvier 2027 à 23:59 UTC",
            ),
        ] {
            let at: Timestamp = at.parse().expect("a moment");
            assert_eq!(day(language, &at), want_day);
            assert_eq!(moment(language, at), want_moment);
        }
    }
}
