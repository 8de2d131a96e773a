//! A line of fourteen days in the space of a word.

use leptos::prelude::*;

use super::words;

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 24.0;
/// Room for the line's own width at top and bottom.
const MARGIN: f64 = 2.0;

/// The points of a line through the values, within the box.
#[must_use]
pub fn points(values: &[u32], width: f64, height: f64) -> Vec<(f64, f64)> {
    let highest = f64::from(values.iter().copied().max().unwrap_or(0).max(1));
    let steps = values.len().saturating_sub(1).max(1);
    let room = height - 2.0 * MARGIN;
    let point = |(index, value): (usize, &u32)| {
        #[expect(clippy::cast_precision_loss, reason = "a few dozen days")]
        let x = width * index as f64 / steps as f64;
        (x, height - MARGIN - room * f64::from(*value) / highest)
    };
    values.iter().enumerate().map(point).collect()
}

fn line(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        path.push_str(if index == 0 { "M" } else { "L" });
        path.push_str(&format!("{x:.1} {y:.1}"));
    }
    path
}

/// Sign-ins per day, oldest first.
#[component]
pub fn Sparkline(values: Vec<u32>, #[prop(into)] what: String) -> impl IntoView {
    let total: u64 = values.iter().copied().map(u64::from).sum();
    let label = format!("{what}: {} in {} days", words::number(total), values.len());
    if total == 0 {
        return view! {
            <svg class="sparkline empty-line" viewBox="0 0 96 24" role="img" aria-label=label>
                <path class="line" d="M0 22L96 22" />
            </svg>
        }
        .into_any();
    }
    let points = points(&values, WIDTH, HEIGHT);
    let line = line(&points);
    let area = format!("{line}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z");
    let (x, y) = points.last().copied().unwrap_or_default();
    view! {
        <svg class="sparkline" viewBox="0 0 96 24" role="img" aria-label=label>
            <path class="area" d=area />
            <path class="line" d=line />
            <circle class="end" cx=format!("{x:.1}") cy=format!("{y:.1}") r="2" />
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_stays_in_its_box() {
        for values in [vec![], vec![5], vec![0, 0], vec![1, 9, 3], vec![u32::MAX, 0]] {
            for (x, y) in points(&values, 96.0, 24.0) {
                assert!((0.0..=96.0).contains(&x) && (2.0..=22.0).contains(&y), "{values:?}");
            }
        }
    }

    #[test]
    fn the_highest_day_is_at_the_top() {
        let points = points(&[1, 9, 3], 96.0, 24.0);
        assert!((points[1].1 - 2.0).abs() < 0.01);
        assert_eq!(line(&points).matches('L').count(), 2);
    }
}
