//! Sign-ins and refusals per day as bars, with a table behind them for screen readers.

use leptos::prelude::*;

use super::words;

const WIDTH: f64 = 720.0;
const TOP: f64 = 12.0;
const FLOOR: f64 = 150.0;
const HEIGHT: f64 = 180.0;
/// Room for the scale at the left.
const LEFT: f64 = 36.0;

/// How round the upper corners of a bar are.
const ROUND: f64 = 2.0;

/// One day's bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    pub x: f64,
    pub width: f64,
    /// Top of the sign-ins.
    pub y: f64,
    pub height: f64,
    /// Top of the refusals, which stand on the sign-ins.
    pub failed_y: f64,
    pub failed_height: f64,
}

/// The round number at the top of the scale.
#[must_use]
pub fn ceiling(highest: u32) -> u32 {
    let mut unit = 1_u32;
    loop {
        for step in [2, 4, 10] {
            let candidate = unit.saturating_mul(step);
            if candidate >= highest || candidate == u32::MAX {
                return candidate;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// Bars for the days, within the chart's box.
#[must_use]
pub fn bars(good: &[u32], failed: &[u32]) -> (u32, Vec<Bar>) {
    let sum = |index: usize| good[index].saturating_add(failed.get(index).copied().unwrap_or(0));
    let top = ceiling((0..good.len()).map(sum).max().unwrap_or(0));
    let days = good.len().max(1);
    #[expect(clippy::cast_precision_loss, reason = "a few dozen days")]
    let slot = (WIDTH - LEFT) / days as f64;
    let scale = (FLOOR - TOP) / f64::from(top);
    let bar = |index: usize| {
        let height = f64::from(good[index]) * scale;
        let failed_height = f64::from(failed.get(index).copied().unwrap_or(0)) * scale;
        #[expect(clippy::cast_precision_loss, reason = "a few dozen days")]
        let x = LEFT + slot * index as f64 + slot * 0.18;
        Bar {
            x,
            width: slot * 0.64,
            y: FLOOR - height,
            height,
            failed_y: FLOOR - height - failed_height,
            failed_height,
        }
    };
    (top, (0..good.len()).map(bar).collect())
}

/// What a day is called, counted back from today.
#[must_use]
pub fn day_name(index: usize, days: usize) -> String {
    match days.saturating_sub(index + 1) {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        back => format!("{back} days ago"),
    }
}

/// The chart.
#[component]
pub fn SignInChart(good: Vec<u32>, failed: Vec<u32>) -> impl IntoView {
    let (top, bars) = bars(&good, &failed);
    let days = good.len();
    let lines = [(top, TOP), (top / 2, f64::midpoint(TOP, FLOOR)), (0, FLOOR)];
    view! {
        <figure>
            <svg class="chart" viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true">
                {lines.map(|(value, y)| view! {
                    <line class="grid" x1=LEFT x2=WIDTH y1=y y2=y></line>
                    <text x=LEFT - 8.0 y=y text-anchor="end" dominant-baseline="central">{words::number(value.into())}</text>
                }).collect_view()}
                <path class="bar" d=drawn(bars.iter().map(|bar| (bar, bar.y, bar.height)))></path>
                <path class="bar failed" d=drawn(bars.iter().map(|bar| (bar, bar.failed_y, bar.failed_height)))></path>
                <text x=LEFT + 6.0 y=HEIGHT - 4.0>{day_name(0, days)}</text>
                <text x=WIDTH - 6.0 y=HEIGHT - 4.0 text-anchor="end">"today"</text>
            </svg>
            <DayTable good failed />
        </figure>
    }
}

/// The path of a series: for each bar with a height, its top and its height. One path for all is a fifth of the page
/// that one element for each would be.
fn drawn<'a>(series: impl Iterator<Item = (&'a Bar, f64, f64)>) -> String {
    let draw = |(bar, top, height): (&Bar, f64, f64)| {
        let round = height.min(ROUND);
        let (x, low, width) = (bar.x, top + height, bar.width - 2.0 * round);
        format!(
            "M{x:.1} {low:.1}v-{:.1}q0-{round:.1} {round:.1}-{round:.1}h{width:.1}q{round:.1} 0 {round:.1} {round:.1}V{low:.1}z",
            height - round
        )
    };
    series.filter(|(_, _, height)| *height > 0.0).map(draw).collect()
}

#[component]
fn DayTable(good: Vec<u32>, failed: Vec<u32>) -> impl IntoView {
    let days = good.len();
    let rows = good.into_iter().enumerate().map(move |(index, value)| {
        let refused = failed.get(index).copied().unwrap_or(0);
        view! {
            <tr><th scope="row">{day_name(index, days)}</th><td>{value}</td><td>{refused}</td></tr>
        }
    });
    view! {
        // A table would not be as small as it is told to be.
        <div class="quiet"><table>
            <caption>"Sign-ins per day"</caption>
            <thead><tr><th scope="col">"Day"</th><th scope="col">"Signed in"</th><th scope="col">"Refused"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_at_a_round_number() {
        for (highest, want) in [
            (0, 2),
            (2, 2),
            (3, 4),
            (9, 10),
            (11, 20),
            (73, 100),
            (101, 200),
            (399, 400),
        ] {
            assert_eq!(ceiling(highest), want, "{highest}");
        }
        assert_eq!(ceiling(u32::MAX), u32::MAX);
    }

    #[test]
    fn bars_stay_between_floor_and_top() {
        let (_, bars) = bars(&[0, 7, 12], &[3, 0]);
        assert_eq!(bars.len(), 3);
        for bar in bars {
            assert!(bar.failed_y >= TOP - 0.01 && bar.y + bar.height <= FLOOR + 0.01);
        }
    }

    #[test]
    fn only_bars_with_a_height_are_drawn() {
        let (_, bars) = bars(&[0, 2], &[0, 0]);
        let path = drawn(bars.iter().map(|bar| (bar, bar.y, bar.height)));
        assert_eq!(path, "M439.6 150.0v-136.0q0-2.0 2.0-2.0h214.9q2.0 0 2.0 2.0V150.0z");
        assert_eq!(drawn(bars.iter().map(|bar| (bar, bar.failed_y, bar.failed_height))), "");
    }

    #[test]
    fn days_count_back_from_today() {
        assert_eq!(day_name(13, 14), "today");
        assert_eq!(day_name(12, 14), "yesterday");
        assert_eq!(day_name(0, 14), "13 days ago");
    }
}
