//! Moments: the exact one from the server, the relative one once the browser's clock may speak.

use chrono::{Datelike, Timelike};
use doorward_domain::Timestamp;
use leptos::prelude::*;

use super::browser;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A moment to the minute: `23 Nov 2026, 21:05 UTC`.
#[must_use]
pub fn exact(at: Timestamp) -> String {
    format!("{}, {:02}:{:02} UTC", date(at), at.hour(), at.minute())
}

/// A moment to the second: `23 Nov 2026, 21:05:09 UTC`.
#[must_use]
pub fn to_the_second(at: Timestamp) -> String {
    format!(
        "{}, {:02}:{:02}:{:02} UTC",
        date(at),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// A day: `23 Nov 2026`.
#[must_use]
pub fn date(at: Timestamp) -> String {
    let month = MONTHS.get(at.month0() as usize).copied().unwrap_or_default();
    format!("{} {month} {}", at.day(), at.year())
}

/// How long ago something was, or how far ahead, in the largest unit that fits.
#[must_use]
pub fn relative(at: Timestamp, now_seconds: i64) -> String {
    let seconds = now_seconds - at.timestamp();
    let distance = seconds.unsigned_abs();
    let (amount, unit) = match distance {
        0..45 => return "just now".to_owned(),
        45..5_400 => ((distance + 30) / 60, "minute"),
        5_400..129_600 => ((distance + 1_800) / 3_600, "hour"),
        129_600..2_592_000 => ((distance + 43_200) / 86_400, "day"),
        2_592_000..47_304_000 => ((distance + 1_314_900) / 2_629_800, "month"),
        _ => ((distance + 15_778_800) / 31_557_600, "year"),
    };
    let plural = if amount == 1 { "" } else { "s" };
    if seconds >= 0 {
        format!("{amount} {unit}{plural} ago")
    } else {
        format!("in {amount} {unit}{plural}")
    }
}

/// A moment as `<time>`. The server writes it exactly; in the browser it becomes relative, exact on hover.
#[component]
pub fn When(at: Timestamp) -> impl IntoView {
    let now = RwSignal::new(None);
    Effect::new(move |_| now.set(Some(browser::now_seconds())));
    let text = move || now.get().map_or_else(|| exact(at), |now| relative(at, now));
    view! {
        <time class="nowrap" datetime=at.to_rfc3339() title=to_the_second(at)>
            {text}
        </time>
    }
}

/// A moment that may not have come yet.
#[component]
pub fn WhenOr(at: Option<Timestamp>, never: &'static str) -> impl IntoView {
    match at {
        Some(at) => view! { <When at /> }.into_any(),
        None => view! { <span class="muted">{never}</span> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment() -> Timestamp {
        "2026-11-23T21:05:09Z".parse().expect("a moment")
    }

    #[test]
    fn exact_moments() {
        assert_eq!(exact(moment()), "23 Nov 2026, 21:05 UTC");
        assert_eq!(to_the_second(moment()), "23 Nov 2026, 21:05:09 UTC");
    }

    #[test]
    fn distances() {
        let at = moment();
        for (seconds, want) in [
            (0, "just now"),
            (44, "just now"),
            (60, "1 minute ago"),
            (600, "10 minutes ago"),
            (7_200, "2 hours ago"),
            (172_800, "2 days ago"),
            (5_259_600, "2 months ago"),
            (63_115_200, "2 years ago"),
            (-600, "in 10 minutes"),
        ] {
            assert_eq!(relative(at, at.timestamp() + seconds), want, "{seconds}");
        }
    }
}
