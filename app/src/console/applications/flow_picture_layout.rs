//! Where the boxes and lines of a flow's picture are: columns from left to right, each way leaving its box where it is
//! named, so that no words lie on lines.

use std::collections::BTreeMap;

use doorward_domain::analysis::{Drawn, Picture, Place, Way};

use crate::ui::words;

/// Width of a box, and of the gap to the next column.
pub const WIDTH: u32 = 232;
const GAP: u32 = 56;
/// Height of a box's head, of one line of words in a row, and of what is around them.
pub const HEAD: u32 = 40;
pub const LINE: u32 = 18;
const ROW_AIR: u32 = 10;
/// Between boxes of a column, and around everything.
const BETWEEN: u32 = 20;
const MARGIN: u32 = 8;
/// Room of a line that passes a column.
const PASSING: u32 = 6;
/// Room of a line, in halves of a small letter, and lines of a row.
const HALVES: usize = 65;
const LINES: usize = 2;

/// The picture with everything at its place, in pixels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Laid {
    pub width: u32,
    pub height: u32,
    pub boxes: Vec<LaidBox>,
    /// Paths of the lines, from left to right.
    pub lines: Vec<String>,
    /// Where lines arrive at boxes.
    pub arrows: Vec<(u32, u32)>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaidBox {
    pub place: Place,
    pub x: u32,
    pub y: u32,
    pub height: u32,
    pub rows: Vec<Row>,
}

/// A way on, as it stands in its box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// All its words; `lines` may show fewer.
    pub words: String,
    pub lines: Vec<String>,
    /// Its top.
    pub y: u32,
    pub height: u32,
}

/// What stands in a column: a place, or a line on its way to a later column.
struct Slot {
    /// Number of the place the line goes to, or of the place itself.
    place: usize,
    is_passing: bool,
    y: u32,
    height: u32,
}

/// Lays a picture out.
#[must_use]
pub fn lay(picture: &Picture) -> Laid {
    let columns = columns(&picture.places);
    let mut laid = Laid::default();
    if picture.places.is_empty() {
        return laid;
    }
    let mut column = vec![Slot::of(&picture.places, 0, MARGIN)];
    let mut number = 0;
    while !column.is_empty() {
        let x = MARGIN + number * (WIDTH + GAP);
        let mut next: Vec<Slot> = Vec::new();
        for slot in &column {
            if slot.is_passing {
                let y = slot.y + slot.height / 2;
                laid.lines.push(format!("M{x} {y}H{}", x + WIDTH));
                laid.join(&mut next, picture, &columns, number, slot.place, (x + WIDTH, y));
                continue;
            }
            let Some(drawn) = picture.places.get(slot.place) else {
                continue;
            };
            let rows = rows(&drawn.ways, slot.y + HEAD);
            for (way, row) in drawn.ways.iter().zip(&rows) {
                let from = (x + WIDTH, row.y + row.height / 2);
                laid.join(&mut next, picture, &columns, number, way.to as usize, from);
            }
            laid.boxes.push(LaidBox {
                place: drawn.place.clone(),
                x,
                y: slot.y,
                height: slot.height,
                rows,
            });
        }
        let bottom = column.iter().map(|slot| slot.y + slot.height).max().unwrap_or(0);
        laid.height = laid.height.max(bottom + MARGIN);
        laid.width = x + WIDTH + MARGIN;
        column = next;
        number += 1;
    }
    laid
}

impl Laid {
    /// Draws a line from where it leaves column `number` into the next one.
    fn join(
        &mut self,
        next: &mut Vec<Slot>,
        picture: &Picture,
        columns: &BTreeMap<usize, u32>,
        number: u32,
        to: usize,
        (x, y): (u32, u32),
    ) {
        let is_end = picture.places.get(to).is_some_and(|drawn| drawn.place.is_end());
        let is_next = is_end || columns.get(&to).is_none_or(|column| *column <= number + 1);
        let known = next
            .iter()
            .position(|slot| slot.place == to && !slot.is_passing && is_next && !is_end);
        let at = known.unwrap_or_else(|| {
            let below = next.last().map_or(MARGIN, |slot| slot.y + slot.height + BETWEEN);
            let slot = if is_next {
                Slot::of(&picture.places, to, below.max(y.saturating_sub(HEAD / 2)))
            } else {
                Slot {
                    place: to,
                    is_passing: true,
                    y: below.max(y.saturating_sub(PASSING / 2)),
                    height: PASSING,
                }
            };
            next.push(slot);
            next.len() - 1
        });
        let Some(slot) = next.get(at) else { return };
        let arrives = x + GAP;
        let middle = x + GAP / 2;
        let y2 = slot.y + if slot.is_passing { PASSING } else { HEAD } / 2;
        self.lines
            .push(format!("M{x} {y}C{middle} {y} {middle} {y2} {arrives} {y2}"));
        if is_next {
            self.arrows.push((arrives, y2));
        }
    }
}

impl Slot {
    fn of(places: &[Drawn], place: usize, y: u32) -> Self {
        let ways = places.get(place).map_or(&[][..], |drawn| &drawn.ways);
        let rows = rows(ways, 0).iter().map(|row| row.height).sum::<u32>();
        Self {
            place,
            is_passing: false,
            y,
            height: HEAD + rows,
        }
    }
}

/// The column of each place that ways go on from: one further than the last place that leads there.
fn columns(places: &[Drawn]) -> BTreeMap<usize, u32> {
    let mut columns = BTreeMap::from([(0, 0)]);
    // No way leads back, so that this comes to rest.
    for _ in places {
        for (number, drawn) in places.iter().enumerate() {
            let Some(column) = columns.get(&number).copied() else {
                continue;
            };
            for way in &drawn.ways {
                let to = columns.entry(way.to as usize).or_insert(column + 1);
                *to = (*to).max(column + 1);
            }
        }
    }
    columns
}

fn rows(ways: &[Way], top: u32) -> Vec<Row> {
    let mut y = top;
    let row = |way: &Way| {
        let words = words::sentence(&way.words());
        let lines = wrap(&words);
        let height = u32::try_from(lines.len()).unwrap_or(1) * LINE + ROW_AIR;
        let row = Row {
            words,
            lines,
            y,
            height,
        };
        y += height;
        row
    };
    ways.iter().map(row).collect()
}

/// How wide a text is about, in halves of a small letter: a drawing breaks no lines by itself, and no font is known here.
fn halves(text: &str) -> usize {
    text.chars().map(halves_of).sum()
}

fn halves_of(letter: char) -> usize {
    match letter {
        // The last are Chinese, Japanese and Korean letters, and pictures.
        'W' | 'M' | '@' | '\u{2e80}'.. => 4,
        'm' | 'w' => 3,
        _ if letter.is_uppercase() => 3,
        _ => 2,
    }
}

/// As much of the line as there is room for, with a mark where there is more.
fn cut(line: &str) -> String {
    let mut width = 0;
    let fits = |letter: &char| {
        width += halves_of(*letter);
        width <= HALVES
    };
    line.chars().take_while(fits).chain(['…']).collect()
}

/// The words on as many lines as a row has, with a mark where there are more.
fn wrap(words: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split(' ') {
        let full = lines.len() >= LINES;
        let Some(line) = lines.last_mut() else { break };
        let room = HALVES.saturating_sub(halves(line) + halves_of(' '));
        if line.is_empty() || halves(word) <= room {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        } else if full {
            line.push_str(" …");
            break;
        } else {
            lines.push(word.to_owned());
        }
    }
    for line in &mut lines {
        if halves(line) > HALVES + halves(" …") {
            *line = cut(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_domain::analysis::{NoScripts, analyse};
    use doorward_domain::flow::SignInFlow;

    fn picture(steps: serde_json::Value) -> Picture {
        let flow: SignInFlow = serde_json::from_value(serde_json::json!({ "steps": steps })).expect("a flow");
        analyse(&flow, &[], &mut NoScripts).picture
    }

    fn overlap(one: &LaidBox, two: &LaidBox) -> bool {
        one.x == two.x && one.y < two.y + two.height && two.y < one.y + one.height
    }

    #[test]
    fn nothing_lies_on_anything_else() {
        for steps in [
            serde_json::json!([{"options": ["password"]}]),
            serde_json::json!([{"options": ["password", "passkey"]}, {"options": ["totp", "email_otp"]}]),
            serde_json::json!([
                {"options": ["password", "passkey"]}, {"options": ["email_otp"]}, {"options": ["totp"]},
            ]),
        ] {
            let laid = lay(&picture(steps.clone()));
            for (place, one) in laid.boxes.iter().enumerate() {
                assert!(
                    one.x + WIDTH < laid.width && one.y + one.height < laid.height,
                    "{steps}"
                );
                let mut others = laid.boxes.iter().skip(place + 1);
                assert!(!others.any(|two| overlap(one, two)), "{steps}: {laid:#?}");
            }
            let rows: usize = laid.boxes.iter().map(|one| one.rows.len()).sum();
            assert_eq!(laid.arrows.len(), rows, "{steps}");
        }
    }

    #[test]
    fn a_way_that_passes_a_column_goes_round_its_boxes() {
        let way = |to| Way {
            how: doorward_domain::analysis::How::Passed,
            told: vec!["x".to_owned()],
            more: 0,
            to,
        };
        let drawn = |place, ways: &[u32]| Drawn {
            place,
            ways: ways.iter().map(|to| way(*to)).collect(),
        };
        let picture = Picture {
            places: vec![
                drawn(Place::Step { step: 1 }, &[1, 2]),
                drawn(Place::Step { step: 2 }, &[2]),
                drawn(Place::Step { step: 3 }, &[3]),
                drawn(Place::SignedIn, &[]),
            ],
            cut: false,
        };
        let laid = lay(&picture);
        assert_eq!(laid.boxes.len(), 4);
        assert_eq!(
            laid.lines.len(),
            6,
            "one of them in two parts, and one through the column"
        );
        assert_eq!(laid.arrows.len(), 4);
        let column = |number: u32| MARGIN + number * (WIDTH + GAP);
        let found: Vec<u32> = laid.boxes.iter().map(|one| one.x).collect();
        assert_eq!(found, [0, 1, 2, 3].map(column));
    }

    #[test]
    fn long_words_are_cut_at_the_second_line() {
        let cases: [(&str, &[&str]); 3] = [
            ("A password", &["A password"]),
            (
                "Has no account that is linked to it",
                &["Has no account that is linked to", "it"],
            ),
            (
                "The provider confirms no second factor that is trusted by anybody at all here",
                &["The provider confirms no second", "factor that is trusted by …"],
            ),
        ];
        for (words, want) in cases {
            let got = wrap(words);
            assert!(got.len() <= LINES && got[0] == want[0], "{got:?}");
            assert_eq!(got.len(), want.len(), "{got:?}");
        }
        for (letter, most) in [("x", 32), ("A", 21), ("W", 16), ("漢", 16)] {
            let want = letter.repeat(most) + "…";
            assert_eq!(wrap(&letter.repeat(120)), [want], "{letter}");
        }
    }
}
