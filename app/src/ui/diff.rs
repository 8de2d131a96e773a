//! Two versions of a text, line by line.

use leptos::prelude::*;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Kept,
    Added,
    Removed,
}

/// The lines of both versions in reading order. What lies between the first and the last difference counts as changed:
/// for a page of text that is as readable as the shortest edit, and much less to get wrong.
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
    let kept = |lines: &[&'a str]| -> Vec<(Mark, &'a str)> { lines.iter().map(|line| (Mark::Kept, *line)).collect() };
    let mut all = kept(&old[..start]);
    all.extend(old[start..old.len() - end].iter().map(|line| (Mark::Removed, *line)));
    all.extend(new[start..new.len() - end].iter().map(|line| (Mark::Added, *line)));
    all.extend(kept(&old[old.len() - end..]));
    all
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
    view! { <ol class="diff">{lines(&before, &after).into_iter().map(row).collect_view()}</ol> }
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
        ] {
            assert_eq!(lines(before, after), want, "{before:?} {after:?}");
        }
    }
}
