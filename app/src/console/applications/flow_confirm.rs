//! What somebody confirms before a flow is saved that stops people, or breaks what is expected of it.

use doorward_domain::finding::{Finding, FindingCode, Severity};
use leptos::prelude::*;

use super::flow::Editor;
use super::flow_findings::Live;
use crate::api::error::ConsoleError;
use crate::ui::browser;
use crate::ui::faults::Faults;

/// The stories of those who are stopped, and the words in which that is confirmed.
pub type Confirmed = (Vec<Vec<String>>, &'static str);

/// Whether a save was refused because what it breaks was not confirmed.
pub fn is_unconfirmed(faults: [Faults; 2]) -> bool {
    // Each is asked, so that each is followed.
    let refused = faults.map(|faults| faults.get() == Some(ConsoleError::Unconfirmed));
    refused.contains(&true)
}

/// What has to be confirmed before it is saved; nothing where nothing waits to be.
pub fn to_confirm(
    editor: Editor,
    findings: Signal<Vec<Finding>>,
    waits: Signal<bool>,
    is_refused: Signal<bool>,
) -> Memo<Option<Confirmed>> {
    // A save is held against the settings that are saved, and what is found without one of them is not refused.
    let is_real = editor.without().is_none();
    Memo::new(move |_| {
        let confirmed = |found: &Vec<Finding>| (stories_of_stops(found), all_the_same(found));
        let (waits, refused) = (waits.get(), is_refused.get());
        let shown =
            Some(findings.with(confirmed)).filter(|(stops, _)| is_real && !stops.is_empty() && (waits || refused));
        // What was refused before the browser's code had loaded is not what the findings are about.
        shown.or_else(|| refused.then(|| (vec![], SAVE_UNSEEN)))
    })
}

/// A save that is refused for want of a confirmation knows of somebody whom the page does not: it asks who that is.
pub fn check_again(live: Live, faults: Faults, to_confirm: Memo<Option<Confirmed>>) {
    Effect::new(move |_| {
        if matches!(faults.get(), Some(ConsoleError::Unconfirmed)) {
            live.again.notify();
        }
    });
    // The box that the refusal gave the keyboard to goes then, and another one comes, which says what it does.
    Effect::new(move |before: Option<bool>| {
        let is_known = to_confirm.with(|shown| shown.as_ref().map(|(stops, _)| !stops.is_empty()));
        if before == Some(true) && is_known == Some(true) {
            request_animation_frame(|| {
                let focused = document().active_element();
                if focused.is_none_or(|element| element.tag_name() == "BODY") {
                    browser::focus_first("[name=confirmed]");
                }
            });
        }
        is_known == Some(false)
    });
}

/// How each of those is stopped because of whom saving needs a confirmation.
fn stories_of_stops(findings: &[Finding]) -> Vec<Vec<String>> {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.story.clone()).collect()
}

/// What somebody confirms who has not seen what breaks: without the browser's code nothing is analysed before it is sent.
const SAVE_UNSEEN: &str = "Save all the same: I know that it stops people, or breaks an expectation";

/// What somebody confirms who saves all the same.
fn all_the_same(findings: &[Finding]) -> &'static str {
    let mut errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    if errors.all(|finding| finding.code == FindingCode::ExpectationBroken) {
        "Save all the same: I know that an expectation is broken"
    } else {
        "Save all the same: I know that these people cannot sign in"
    }
}
