//! What somebody confirms before a flow is saved that stops people, or breaks what is expected of it.

use doorward_domain::finding::{Finding, FindingCode, Severity};
use doorward_domain::flow::SignInFlow;
use doorward_domain::invalid::{Check, Invalid};
use doorward_domain::text::Handle;
use leptos::prelude::*;

use super::flow::Editor;
use super::flow_findings::Live;
use crate::api::connection::ConnectionName;
use crate::api::error::ConsoleError;
use crate::ui::browser;
use crate::ui::faults::Faults;
use crate::ui::notice::{Notice, Tone};
use crate::ui::words;

/// The stories of those who are stopped, and the words in which that is confirmed.
pub type Confirmed = (Vec<Vec<String>>, String);

/// Whether a save was refused because what it breaks was not confirmed.
pub fn is_unconfirmed(faults: [Faults; 2]) -> bool {
    // Each is asked, so that each is followed.
    let refused = faults.map(|faults| faults.get() == Some(ConsoleError::Unconfirmed));
    refused.contains(&true)
}

/// What a flow is refused for whatever is confirmed, each with the way out of it.
fn faults_of(flow: &SignInFlow, known: impl Fn(&Handle) -> bool) -> Vec<String> {
    let mut check = Check::default();
    flow.check(known, &mut check);
    flow.check_order(&mut check);
    let faults = check.finish().err().map_or_else(Vec::new, |Invalid(faults)| faults);
    faults.into_iter().map(|fault| fault.detail).collect()
}

/// Why what waits to be saved cannot be.
pub fn unfit(editor: Editor, waits: Signal<bool>) -> Memo<Vec<String>> {
    Memo::new(move |_| {
        let flow = editor.flow().filter(|_| waits.get());
        let is_known = |handle: &Handle| {
            let is_it = |known: &ConnectionName| known.handle == *handle;
            editor.connections.with(|all| all.iter().any(is_it))
        };
        flow.map_or_else(Vec::new, |flow| faults_of(&flow, is_known))
    })
}

/// In the place of a box to tick, where ticking it would not help: what has to change.
#[component]
pub fn Unfit(faults: Memo<Vec<String>>) -> impl IntoView {
    let item = |text: String| view! { <li>{text}</li> };
    move || {
        let faults = faults.get();
        (!faults.is_empty()).then(|| {
            view! {
                <Notice tone=Tone::Danger title="The flow cannot be saved like this">
                    <ul class="stack tight">{faults.into_iter().map(item).collect_view()}</ul>
                </Notice>
            }
        })
    }
}

/// What has to be confirmed before it is saved; nothing where nothing waits to be, or where it cannot be.
pub fn to_confirm(
    editor: Editor,
    findings: Signal<Vec<Finding>>,
    waits: Signal<bool>,
    is_refused: Signal<bool>,
    unfit: Memo<Vec<String>>,
) -> Memo<Option<Confirmed>> {
    // A save is held against the settings that are saved, and what is found without one of them is not refused.
    let is_real = editor.without().is_none();
    Memo::new(move |_| {
        if unfit.with(|faults| !faults.is_empty()) {
            return None;
        }
        let confirmed = |found: &Vec<Finding>| (stories_of_stops(found), all_the_same(found));
        let (waits, refused) = (waits.get(), is_refused.get());
        let shown =
            Some(findings.with(confirmed)).filter(|(stops, _)| is_real && !stops.is_empty() && (waits || refused));
        // What was refused may not be what the findings are about.
        shown.or_else(|| refused.then(|| (vec![], SAVE_UNSEEN.to_owned())))
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

/// What somebody confirms who has not seen what breaks: what was refused did not come back, or could not be analysed.
const SAVE_UNSEEN: &str = "Save all the same: I know that it stops people, or breaks an expectation";

/// What somebody confirms who saves all the same, with whom it stops.
fn all_the_same(findings: &[Finding]) -> String {
    let stops: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && finding.code != FindingCode::ExpectationBroken)
        .collect();
    if stops.is_empty() {
        return "Save all the same: I know that an expectation is broken".to_owned();
    }
    let mut from: Vec<String> = Vec::new();
    for name in stops.iter().filter_map(|finding| finding.connection_label()) {
        if !from.iter().any(|known| known == name) {
            from.push(name.to_owned());
        }
    }
    let who = if from.is_empty() {
        "these people".to_owned()
    } else {
        if stops.iter().any(|finding| finding.connection.is_none()) {
            from.push("elsewhere".to_owned());
        }
        format!("people from {}", words::join(&from))
    };
    format!("Save all the same: I know that {who} cannot sign in")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::applications::flow_edit::tests::steps;
    use crate::console::applications::flow_findings::flow_of;

    #[test]
    fn what_no_tick_would_save_says_what_to_change() {
        for (ways, want) in [
            ("password|totp", vec![]),
            ("password connection:acme", vec![]),
            (
                "password totp",
                vec!["An authenticator app confirms somebody who is known by then. Move it to a later step."],
            ),
            (
                "password|backup_code",
                vec![
                    "Backup codes stand in for another second factor. Add one to this step, such as an authenticator app.",
                ],
            ),
            ("connection:gone", vec!["There is no connection with the handle gone."]),
        ] {
            let flow = flow_of(&steps(ways), String::new()).expect("a flow");
            assert_eq!(faults_of(&flow, |known| known.as_str() == "acme"), want, "{ways}");
        }
    }

    #[test]
    fn whoever_confirms_reads_whom_it_stops() {
        let found = |code, from: Option<&str>| Finding {
            connection: from.map(|handle| handle.parse().expect("a handle")),
            connection_name: from.map(str::to_uppercase),
            ..Finding::new(code, Severity::Error, vec![])
        };
        let stops = |from| found(FindingCode::JitOffFactor, from);
        for (findings, want) in [
            (vec![stops(Some("acme"))], "people from ACME cannot sign in"),
            (
                vec![stops(Some("acme")), stops(Some("wiki")), stops(Some("acme"))],
                "people from ACME and WIKI cannot sign in",
            ),
            (
                vec![stops(None), stops(Some("acme"))],
                "people from ACME and elsewhere cannot sign in",
            ),
            (vec![stops(None)], "these people cannot sign in"),
            (
                vec![found(FindingCode::ExpectationBroken, Some("acme"))],
                "an expectation is broken",
            ),
        ] {
            assert_eq!(
                all_the_same(&findings),
                format!("Save all the same: I know that {want}")
            );
        }
    }
}
