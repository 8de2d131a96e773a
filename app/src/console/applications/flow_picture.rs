//! The flow as it runs, drawn from what the analyser follows; the list beside it says the same in words.

use std::collections::BTreeMap;

use doorward_domain::analysis::{How, Picture, Place};
use doorward_domain::finding::{Finding, Severity};
use leptos::prelude::*;

use super::flow_findings::Live;
use super::flow_outline::Outline;
use super::flow_picture_layout::{HEAD, LINE, Laid, LaidBox, Row, WIDTH, lay};
use crate::ui::icon::{Icon, Shape};
use crate::ui::words;

/// How much a place wants to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Plain,
    Good,
    Warn,
    Broken,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "place",
            Self::Good => "place good",
            Self::Warn => "place warn",
            Self::Broken => "place broken",
        }
    }
}

/// The worst finding of each step, and how many it has.
type Marks = BTreeMap<u32, (Severity, usize)>;

fn marks(findings: &[Finding]) -> Marks {
    let mut marks = Marks::new();
    for finding in findings.iter().filter(|finding| finding.severity > Severity::Info) {
        if let Some(step) = finding.step {
            let (worst, many) = marks.entry(step).or_insert((finding.severity, 0));
            *worst = (*worst).max(finding.severity);
            *many += 1;
        }
    }
    marks
}

/// How a place looks, its sign, and what stands beside its name.
fn dress(place: &Place, marks: &Marks) -> (Look, Option<Shape>, String) {
    let (_, rest) = place.words();
    match place {
        Place::Step { step } => match marks.get(step) {
            Some((worst, many)) => {
                let (look, shape) = if *worst == Severity::Error {
                    (Look::Broken, Shape::Stop)
                } else {
                    (Look::Warn, Shape::Warning)
                };
                (look, Some(shape), words::count(*many as u64, "finding", "findings"))
            }
            None => (Look::Plain, None, rest),
        },
        Place::Question { .. } => (Look::Plain, Some(Shape::Flow), rest),
        Place::SignedIn => (Look::Good, Some(Shape::Verified), rest),
        Place::NeedsAccount { .. }
        | Place::NoAddress { .. }
        | Place::Closed { .. }
        | Place::ScriptFails
        | Place::NobodyKnown => (Look::Broken, Some(Shape::Stop), rest),
        // Somebody has written it so.
        Place::Refused { .. } | Place::ErrorPage { .. } => (Look::Warn, Some(Shape::Stop), rest),
        Place::NotDrawn => (Look::Plain, Some(Shape::More), rest),
    }
}

/// Whether somebody fails or turns back anywhere in it.
fn has_failures(picture: &Picture) -> bool {
    let mut ways = picture.places.iter().flat_map(|drawn| &drawn.ways);
    ways.any(|way| matches!(way.how, How::Failed | How::TurnedBack))
}

/// The card with the drawing and the list.
#[component]
pub fn FlowPicture(live: Live) -> impl IntoView {
    let is_there = move || live.picture.with(|picture| !picture.places.is_empty());
    let marks = Memo::new(move |_| live.findings.with(|findings| marks(findings)));
    let laid = Memo::new(move |_| live.picture.with(lay));
    let drawing = move || laid.with(|laid| view! { <Drawing laid=laid.clone() marks=marks.get() /> });
    let list = move || {
        let outline = live.picture.with(Picture::outline);
        outline.map(|item| view! { <Outline item marks=marked(&marks.get()) /> })
    };
    let cut =
        move || {
            live.picture.with(|picture| picture.cut).then(|| view! {
            <p class="row"><Icon shape=Shape::More /><span>"There are more paths than are drawn here."</span></p>
        })
        };
    let what = move || {
        if live.is_unchecked.get() {
            "Not of the flow on the screen, which is not checked: the one before it."
        } else {
            "Every path through the flow on the screen: what takes people on, and where each way ends."
        }
    };
    let twice = move || {
        live.picture.with(has_failures).then(|| {
            view! {
                <p class="muted">"Who fails or turns back a second time on one path is not drawn."</p>
            }
        })
    };
    view! {
        <section class="card stack flow-picture" aria-labelledby="flow-picture" hidden=move || !is_there()>
            <h2 id="flow-picture">"How it runs"</h2>
            <p class="muted">{what}</p>
            <div class="flow-drawing" role="group" aria-label="Drawing; the list below it says the same" tabindex="0">
                {drawing}
            </div>
            {cut}
            {twice}
            <details>
                <summary>"Show as a list"</summary>
                {list}
            </details>
        </section>
    }
}

/// What the list says beside a step that has findings.
fn marked(marks: &Marks) -> BTreeMap<u32, String> {
    let words =
        |(step, (_, many)): (&u32, &(Severity, usize))| (*step, words::count(*many as u64, "finding", "findings"));
    marks.iter().map(words).collect()
}

#[component]
fn Drawing(laid: Laid, marks: Marks) -> impl IntoView {
    let (width, height) = (laid.width, laid.height);
    let arrow = |(x, y): (u32, u32)| {
        let tip = format!("M{} {}l7 5l-7 5z", x.saturating_sub(7), y.saturating_sub(5));
        view! { <path class="arrow" d=tip /> }
    };
    view! {
        <svg aria-hidden="true" width=width height=height viewBox=format!("0 0 {width} {height}")>
            {laid.lines.into_iter().map(|d| view! { <path class="way" d=d /> }).collect_view()}
            {laid.arrows.into_iter().map(arrow).collect_view()}
            {laid.boxes.into_iter().map(|at| view! { <PlaceBox at marks=marks.clone() /> }).collect_view()}
        </svg>
    }
}

#[component]
fn PlaceBox(at: LaidBox, marks: Marks) -> impl IntoView {
    let (look, sign, rest) = dress(&at.place, &marks);
    let (title, _) = at.place.words();
    let class = if at.place.is_end() {
        format!("{} end", look.class())
    } else {
        look.class().to_owned()
    };
    let (x, y) = (at.x, at.y);
    let text_x = x + if sign.is_some() { 36 } else { 14 };
    let (title_y, rest_y) = if rest.is_empty() { (y + 25, y) } else { (y + 17, y + 32) };
    let sign = sign.map(|shape| {
        let place = format!("translate({} {}) scale(.75)", x + 12, y + 11);
        view! { <g class="sign" transform=place><path d=shape.path() /></g> }
    });
    let rest = (!rest.is_empty()).then(|| view! { <text class="rest" x=text_x y=rest_y>{rest}</text> });
    view! {
        <g class=class>
            <rect x=x y=y width=WIDTH height=at.height rx="10"></rect>
            {sign}
            <text class="name" x=text_x y=title_y>{title}</text>
            {rest}
            {at.rows.into_iter().map(|row| view! { <WayRow row x /> }).collect_view()}
        </g>
    }
}

#[component]
fn WayRow(row: Row, x: u32) -> impl IntoView {
    let first = row.y + 18;
    let line = move |(number, text): (u32, String)| view! { <text x=x + 14 y=first + number * LINE>{text}</text> };
    let rule = format!("M{x} {}h{WIDTH}", row.y);
    view! {
        <path class="rule" d=rule />
        <g>
            <title>{row.words}</title>
            {(0..).zip(row.lines).map(line).collect_view()}
        </g>
    }
}

const _: () = assert!(HEAD >= 2 * LINE, "two lines of words fit into a head");

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_domain::finding::FindingCode;

    #[test]
    fn a_step_shows_its_findings_in_words() {
        let finding = |severity| Finding {
            step: Some(2),
            ..Finding::new(FindingCode::JitOffFactor, severity, vec![])
        };
        let found = marks(&[
            finding(Severity::Warning),
            finding(Severity::Error),
            finding(Severity::Info),
        ]);
        let (look, sign, words) = dress(&Place::Step { step: 2 }, &found);
        assert_eq!(
            (look, sign, words.as_str()),
            (Look::Broken, Some(Shape::Stop), "2 findings")
        );
        let (look, sign, _) = dress(&Place::Step { step: 1 }, &found);
        assert_eq!((look, sign), (Look::Plain, None));
    }

    #[test]
    fn every_end_has_a_sign_and_a_word() {
        for end in [
            Place::SignedIn,
            Place::NeedsAccount { step: 2 },
            Place::NoAddress { step: 2 },
            Place::Closed { step: 2 },
            Place::Refused { line: Some(3) },
            Place::ErrorPage { line: None },
            Place::ScriptFails,
            Place::NobodyKnown,
            Place::NotDrawn,
        ] {
            let (_, sign, _) = dress(&end, &Marks::new());
            assert!(sign.is_some() && !end.words().0.is_empty(), "{end:?}");
        }
    }
}
