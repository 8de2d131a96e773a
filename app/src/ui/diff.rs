//! Two versions of a text, line by line.

use leptos::prelude::*;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Kept,
    Added,
    Removed,
}

/// Most pairs of lines that are compared; where more lie between the first and the last difference, all of them count
/// as changed.
const PAIRS: usize = 250_000;

/// The lines of both versions in reading order, as few of them changed as can be.
#[must_use]
pub fn lines<'a>(before: &'a str, after: &'a str) -> Vec<(Mark, &'a str)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let start = old.iter().zip(&new).take_while(same).count();
    let end = old[start..]
        .iter()
        .rev()
        .zip(new[start..].iter().rev())
        .take_while(same)
        .count();
    let kept = |line: &&'a str| (Mark::Kept, *line);
    let mut all: Vec<_> = old[..start].iter().map(kept).collect();
    all.extend(middle(&old[start..old.len() - end], &new[start..new.len() - end]));
    all.extend(old[old.len() - end..].iter().map(kept));
    all
}

/// What lies between the first and the last difference.
fn middle<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Mark, &'a str)> {
    let common = if old.len() * new.len() <= PAIRS {
        common(old, new)
    } else {
        vec![]
    };
    let (mut i, mut j) = (0, 0);
    let mut all = Vec::new();
    for (next_old, next_new) in common.into_iter().chain([(old.len(), new.len())]) {
        all.extend(old[i..next_old].iter().map(|line| (Mark::Removed, *line)));
        all.extend(new[j..next_new].iter().map(|line| (Mark::Added, *line)));
        all.extend(old.get(next_old).map(|line| (Mark::Kept, *line)));
        (i, j) = (next_old + 1, next_new + 1);
    }
    all
}

/// The longest run of lines that stand in both, in their order: where each stands in the one and in the other.
fn common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    // How many lines the rests from here on have in common.
    let mut rest = vec![0_u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            rest[i * width + j] = if old[i] == new[j] {
                rest[(i + 1) * width + j + 1].saturating_add(1)
            } else {
                rest[(i + 1) * width + j].max(rest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut found = Vec::new();
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            found.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if rest[(i + 1) * width + j] >= rest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

/// The lines with a sign in front of each, so that no colour is needed to read them.
#[component]
pub fn Diff(before: String, after: String) -> impl IntoView {
    let row = |(mark, line): (Mark, &str)| {
        // The style sheet puts the sign; a screen reader gets the word.
        let (class, word) = match mark {
            Mark::Kept => ("same", None),
            Mark::Added => ("new", Some("added: ")),
            Mark::Removed => ("gone", Some("removed: ")),
        };
        view! { <li class=class><code>{word.map(|word| view! { <span class="quiet">{word}</span> })}{line.to_owned()}</code></li> }
    };
    // Long lines scroll, which the keyboard must reach.
    view! { <ol class="diff" aria-label="What changes, line by line" tabindex="0">{lines(&before, &after).into_iter().map(row).collect_view()}</ol> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_stands_between_what_stayed() {
        use Mark::{Added, Kept, Removed};
        for (before, after, want) in [
            ("", "a\nb", vec![(Added, "a"), (Added, "b")]),
            ("a\nb", "a\nb", vec![(Kept, "a"), (Kept, "b")]),
            (
                "a\nb\nc",
                "a\nx\nc",
                vec![(Kept, "a"), (Removed, "b"), (Added, "x"), (Kept, "c")],
            ),
            ("a\na", "a", vec![(Kept, "a"), (Removed, "a")]),
            ("a", "", vec![(Removed, "a")]),
            (
                "a\nb\nc\nd",
                "x\nb\nc\ny\nz",
                vec![
                    (Removed, "a"),
                    (Added, "x"),
                    (Kept, "b"),
                    (Kept, "c"),
                    (Removed, "d"),
                    (Added, "y"),
                    (Added, "z"),
                ],
            ),
        ] {
            assert_eq!(lines(before, after), want, "{before:?} {after:?}");
        }
    }

    #[test]
    fn both_versions_can_be_read_off_it() {
        let texts = ["", "a", "a\nb\na\nb", "b\na\nb", "c\na\nc\nb\nc", "b\nb\nb"];
        for before in texts {
            for after in texts {
                let without = |gone: Mark| -> Vec<&str> {
                    let shown = lines(before, after).into_iter().filter(|(mark, _)| *mark != gone);
                    shown.map(|(_, line)| line).collect()
                };
                assert_eq!(without(Mark::Added), before.lines().collect::<Vec<_>>());
                assert_eq!(without(Mark::Removed), after.lines().collect::<Vec<_>>());
            }
        }
        let (long, other) = ("a\n".repeat(600), "b\n".repeat(600));
        assert_eq!(lines(&long, &other).len(), 1_200, "too many to compare");
    }
}
