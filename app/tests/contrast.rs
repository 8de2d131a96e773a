//! Contrast of the design tokens (WCAG 2.2 §1.4.3, §1.4.11), computed from `style/tokens.css` in both themes.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../style/tokens.css");

/// Text stands out by this much.
const TEXT: f64 = 4.5;
/// What outlines a control or carries meaning without being text.
const CONTROL: f64 = 3.0;

/// Every ground on which plain text stands.
const GROUNDS: [&str; 4] = ["surface", "surface-raised", "surface-sunken", "surface-hover"];

/// Foreground, grounds, least contrast.
fn pairs() -> Vec<(&'static str, Vec<&'static str>, f64)> {
    let controls = vec!["surface", "surface-raised", "surface-sunken"];
    vec![
        (
            "ink",
            [&GROUNDS[..], &["accent-soft", "warn-soft", "danger-soft", "ok-soft"]].concat(),
            TEXT,
        ),
        ("ink-muted", GROUNDS.to_vec(), TEXT),
        ("accent", [&GROUNDS[..], &["accent-soft"]].concat(), TEXT),
        ("accent-hover", GROUNDS.to_vec(), TEXT),
        ("warn", [&GROUNDS[..], &["warn-soft"]].concat(), TEXT),
        ("danger", [&GROUNDS[..], &["danger-soft"]].concat(), TEXT),
        ("ok", [&GROUNDS[..], &["ok-soft"]].concat(), TEXT),
        ("accent-ink", vec!["accent", "accent-hover"], TEXT),
        ("danger-ink", vec!["danger", "danger-hover"], TEXT),
        ("line-strong", controls.clone(), CONTROL),
        ("warn-line", [&controls[..], &["warn-soft"]].concat(), CONTROL),
        ("danger-line", [&controls[..], &["danger-soft"]].concat(), CONTROL),
        ("ok-line", [&controls[..], &["ok-soft"]].concat(), CONTROL),
    ]
}

type Theme = BTreeMap<String, String>;

/// The declarations of the block that follows a selector.
fn block(selector: &str) -> Theme {
    let (_, rest) = TOKENS
        .split_once(selector)
        .unwrap_or_else(|| panic!("no block {selector}"));
    let (body, _) = rest
        .split_once('}')
        .unwrap_or_else(|| panic!("the block {selector} does not end"));
    let lines = body
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": "));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn light() -> Theme {
    block("\n:root {")
}

/// The dark block names colours only; the rest is the light one's.
fn dark() -> Theme {
    let mut theme = light();
    theme.extend(block(":root[data-theme=\"dark\"] {"));
    theme
}

/// Linear sRGB of `oklch(L% C H)`, by the matrices of CSS Color 4 §9.
fn linear(value: &str) -> [f64; 3] {
    let inside = value
        .strip_prefix("oklch(")
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or_else(|| panic!("{value}"));
    let number = |part: &str| part.trim_end_matches('%').parse().unwrap_or_else(|_| panic!("{part}"));
    let parts: Vec<f64> = inside.split(' ').map(number).collect();
    let [lightness, chroma, hue] = parts[..] else {
        panic!("{value} has no three parts")
    };
    let (sin, cos) = hue.to_radians().sin_cos();
    let (l, a, b) = (lightness / 100.0, chroma * cos, chroma * sin);
    let long = (l + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let medium = (l - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (l - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
    ]
}

fn luminance(value: &str) -> f64 {
    let [red, green, blue] = linear(value).map(|part| part.clamp(0.0, 1.0));
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_pair_that_meets_stands_out() {
    let mut faults = Vec::new();
    for (theme, tokens) in [("light", light()), ("dark", dark())] {
        for (front, grounds, least) in pairs() {
            for ground in grounds {
                let found = contrast(&tokens[front], &tokens[ground]);
                if found < least {
                    faults.push(format!("{theme}: {front} on {ground} is {found:.2}, below {least}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn both_dark_blocks_are_equal() {
    assert_eq!(
        block(":root:not([data-theme=\"light\"]) {"),
        block(":root[data-theme=\"dark\"] {")
    );
}

/// A browser shows a colour that a screen cannot by changing it; then the contrast above would be of another colour.
#[test]
fn every_colour_can_be_shown() {
    let mut faults = Vec::new();
    for (theme, tokens) in [("light", light()), ("dark", dark())] {
        for (name, value) in tokens
            .iter()
            .filter(|(_, value)| value.starts_with("oklch(") && !value.contains('/'))
        {
            if !linear(value).iter().all(|part| (-0.002..=1.002).contains(part)) {
                faults.push(format!("{theme}: --{name} {value} is {:.3?}", linear(value)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_scale_matches_the_guidelines() {
    assert!((contrast("oklch(100% 0 0)", "oklch(0% 0 0)") - 21.0).abs() < 0.01);
    // #767676, the darkest grey that is just readable on white.
    assert!((contrast("oklch(56.6% 0 0)", "oklch(100% 0 0)") - 4.54).abs() < 0.05);
}
