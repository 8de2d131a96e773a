//! What a repair does before it is applied: which findings go and which come, on the flow on the screen and in the other
//! applications of a connection. Nothing is saved to find out.

use doorward_domain::analysis::stopped_without_account;
use doorward_domain::finding::{Finding, Severity};
use doorward_domain::flow::SignInFlow;
use doorward_domain::text::Handle;
use leptos::prelude::*;
use serde_json::json;

use super::Change;
use crate::api::application::{AnalysisRequest, analyse_flow};
use crate::api::connection::{ApplicationFindings, ConnectionMend, connection_applications, preview_connection};
use crate::api::error::ConsoleError;
use crate::console::applications::flow::Editor;
use crate::console::applications::flow_findings::flow_of;
use crate::console::applications::flow_without::lay_over;
use crate::ui::words;

/// What becomes of the findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foresight {
    /// Those that are gone then, more than information.
    pub gone: Vec<Finding>,
    /// Those that were not there before.
    pub arise: Vec<Finding>,
    /// What is lost with it.
    pub warning: Option<String>,
    /// What it means for people and for other applications, in sentences.
    pub people: Vec<String>,
}

/// The findings before and after. `removed` is a step that is taken out: those after it move up.
#[must_use]
pub fn compare(before: &[Finding], after: &[Finding], removed: Option<u32>) -> Foresight {
    let moved = |step: Option<u32>| match (step, removed) {
        (Some(step), Some(gone)) if step == gone => None,
        (Some(step), Some(gone)) if step > gone => Some(Some(step - 1)),
        (step, _) => Some(step),
    };
    // Expectations may be many; the story begins with what was expected.
    let about = |finding: &Finding| (finding.code, finding.connection.clone(), finding.story.first().cloned());
    let same = |old: &Finding, new: &Finding| moved(old.step) == Some(new.step) && about(old) == about(new);
    let is_gone = |old: &&Finding| old.severity > Severity::Info && !after.iter().any(|new| same(old, new));
    let is_new = |new: &&Finding| !before.iter().any(|old| same(old, new));
    Foresight {
        gone: before.iter().filter(is_gone).cloned().collect(),
        arise: after.iter().filter(is_new).cloned().collect(),
        warning: None,
        people: vec![],
    }
}

/// Of a step that everybody from a connection is spared: those who could have passed it, by how many of them came in the
/// last 30 days.
#[must_use]
pub fn spared_too(name: &str, linked: u64) -> String {
    let does = match linked {
        0 => {
            return format!(
                "Whoever is linked to an account is no longer asked either; nobody like that came from {name} in the last 30 \
                 days."
            );
        }
        1 => "is",
        _ => "are",
    };
    let who = words::count(linked, "linked person", "linked people");
    format!("{who} from {name}, who came in the last 30 days, {does} no longer asked either.")
}

/// What a change of a connection means for the applications as they are saved.
#[must_use]
pub fn people(
    name: &str,
    handle: &Handle,
    before: &[ApplicationFindings],
    after: &[ApplicationFindings],
) -> Vec<String> {
    let nothing = Vec::new();
    let of = |all: &'_ [ApplicationFindings], application: &str| -> Vec<Finding> {
        let found = all.iter().find(|found| found.application == application);
        found.map_or_else(|| nothing.clone(), |found| found.findings.clone())
    };
    let stops = |finding: &&Finding| finding.severity == Severity::Error && finding.connection.as_ref() == Some(handle);
    let mut sentences = Vec::new();
    let freed: Vec<&ApplicationFindings> = before
        .iter()
        .filter(|was| {
            let effect = compare(&was.findings, &of(after, &was.application), None);
            effect.gone.iter().any(|finding| stops(&finding))
        })
        .collect();
    if !freed.is_empty() {
        let left = |found: &&ApplicationFindings| {
            let affected = found.affected.unwrap_or_default();
            affected.people_30_days.saturating_sub(affected.linked_30_days)
        };
        let came = match freed.iter().map(left).sum::<u64>() {
            0 => "none of them has signed in in the last 30 days".to_owned(),
            some => format!("{} of them came in the last 30 days", words::number(some)),
        };
        let refused = |found: &&ApplicationFindings| found.affected.unwrap_or_default().refused_30_days;
        let refused = match freed.iter().map(refused).sum::<u64>() {
            0 => String::new(),
            1 => ", and 1 person was refused".to_owned(),
            many => format!(", and {} were refused", words::people(many)),
        };
        let many = words::count(freed.len() as u64, "application", "applications");
        sentences.push(format!(
            "In {many} people from {name} are no longer stopped there; {came}{refused}."
        ));
    }
    for becomes in after {
        let effect = compare(&of(before, &becomes.application), &becomes.findings, None);
        let worse = effect.arise.iter().filter(|finding| finding.severity > Severity::Info);
        sentences.extend(worse.map(|finding| format!("{}: {}.", becomes.name, crate::ui::findings::title(finding))));
    }
    sentences
}

/// Asks the server what the change would do to what is on the screen. `spares` is the connection whose people are spared a
/// step by it, with an account or without.
///
/// # Errors
/// Those of the analysis.
pub async fn foresee(
    editor: Editor,
    change: Change,
    name: String,
    spares: Option<Handle>,
) -> Result<Foresight, ConsoleError> {
    let steps = editor.steps.get_untracked();
    let script = editor.script.get_untracked();
    let (Some(now), Some(then)) = (flow_of(&steps, script.clone()), change.flow(&steps, script)) else {
        return Ok(Foresight {
            people: vec![
                "A step is left without a way to pass it. Add one, or remove the step, before you save.".to_owned(),
            ],
            ..Foresight::default()
        });
    };
    let before = analyse_flow(request(editor, now)).await?.findings;
    let mut request = request(editor, then);
    if let Change::Connection(mend) = &change {
        let key = mend.connection.to_string();
        lay_over(request.connections.entry(key).or_default(), mend.repair.patch());
    }
    if let (Change::DropExpectation(dropped), Some(expected)) = (&change, &mut request.expectations) {
        expected.retain(|one| one != dropped);
    }
    let after = analyse_flow(request).await?.findings;
    let mut effect = compare(&before, &after, change.removed_step());
    // Where people without an account are not what is stopped, those with one could not have passed it either.
    if let Some(handle) = spares.filter(|handle| stopped_without_account(&before).contains(handle)) {
        effect.warning = Some(spared_too(&name, linked(editor, handle).await?));
    }
    if let Change::Connection(mend) = change {
        effect.people = elsewhere(editor, &mend, &name).await?;
    }
    Ok(effect)
}

fn request(editor: Editor, flow: SignInFlow) -> AnalysisRequest {
    AnalysisRequest {
        flow,
        connections: editor.overrides(),
        application: Some(editor.application.get_value()),
        expectations: Some(editor.expectations.get_untracked()),
    }
}

/// How many people who are linked to an account came to the application through a connection in the last 30 days.
async fn linked(editor: Editor, connection: Handle) -> Result<u64, ConsoleError> {
    let id = editor.application.get_value();
    let all = connection_applications(connection.to_string()).await?;
    let this = all.iter().find(|known| *known.id.as_str() == *id);
    Ok(this.map_or(0, |known| known.linked_30_days))
}

async fn elsewhere(editor: Editor, mend: &ConnectionMend, name: &str) -> Result<Vec<String>, ConsoleError> {
    let key = mend.connection.to_string();
    let as_it_is = editor.overrides().remove(&key).unwrap_or_else(|| json!({}));
    let mut mended = as_it_is.clone();
    lay_over(&mut mended, mend.repair.patch());
    let now = preview_connection(key.clone(), as_it_is).await?.findings;
    let then = preview_connection(key, mended).await?.findings;
    Ok(people(name, &mend.connection, &now, &then))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::connection::Affected;
    use doorward_domain::finding::FindingCode;

    fn found(code: FindingCode, severity: Severity, step: u32) -> Finding {
        Finding {
            step: Some(step),
            connection: Some("acme".parse().expect("a handle")),
            ..Finding::new(code, severity, vec!["signs in with Acme".to_owned()])
        }
    }

    #[test]
    fn what_goes_and_what_comes() {
        use FindingCode::{FactorSkipped, JitOffFactor, JitOffFactorSome};
        let stopped = |step| found(JitOffFactor, Severity::Error, step);
        let some = found(JitOffFactorSome, Severity::Error, 2);
        let skipped = found(FactorSkipped, Severity::Info, 2);
        for (case, before, after, removed, gone, arise) in [
            ("mended", vec![stopped(2)], vec![], None, 1, 0),
            ("nothing changes", vec![stopped(2)], vec![stopped(2)], None, 0, 0),
            ("fewer people", vec![stopped(2)], vec![some], None, 1, 1),
            ("said instead", vec![stopped(2)], vec![skipped.clone()], None, 1, 1),
            ("information that goes is no loss", vec![skipped], vec![], None, 0, 0),
            ("a step is removed", vec![stopped(2)], vec![], Some(2), 1, 0),
            (
                "the next one moves up",
                vec![stopped(2), stopped(3)],
                vec![stopped(2)],
                Some(2),
                1,
                0,
            ),
            (
                "the one before stays",
                vec![stopped(2)],
                vec![stopped(2)],
                Some(3),
                0,
                0,
            ),
        ] {
            let effect = compare(&before, &after, removed);
            assert_eq!((effect.gone.len(), effect.arise.len()), (gone, arise), "{case}");
        }
    }

    #[test]
    fn who_could_have_passed_a_step_is_told() {
        for (linked, want) in [
            (
                2,
                "2 linked people from Acme, who came in the last 30 days, are no longer asked either.",
            ),
            (
                1,
                "1 linked person from Acme, who came in the last 30 days, is no longer asked either.",
            ),
            (
                0,
                "Whoever is linked to an account is no longer asked either; nobody like that came from Acme in the last 30 days.",
            ),
        ] {
            assert_eq!(spared_too("Acme", linked), want);
        }
    }

    #[test]
    fn people_are_counted_over_applications() {
        let acme: Handle = "acme".parse().expect("a handle");
        let of = |application: &str, people, linked, refused| ApplicationFindings {
            application: application.to_owned(),
            name: application.to_uppercase(),
            findings: vec![found(FindingCode::JitOffFactor, Severity::Error, 2)],
            affected: Some(Affected {
                people_30_days: people,
                linked_30_days: linked,
                refused_30_days: refused,
            }),
        };
        let before = [of("wiki", 9, 2, 0), of("payroll", 5, 0, 0)];
        assert_eq!(
            people("Acme", &acme, &before, &[]),
            ["In 2 applications people from Acme are no longer stopped there; 12 of them came in the last 30 days."]
        );
        assert_eq!(
            people("Acme", &acme, &[of("wiki", 2, 2, 0)], &[]),
            [
                "In 1 application people from Acme are no longer stopped there; none of them has signed in in the last 30 days."
            ]
        );
        assert_eq!(
            people("Acme", &acme, &[of("wiki", 0, 0, 1)], &[]),
            [
                "In 1 application people from Acme are no longer stopped there; none of them has signed in in the last 30 days, and 1 person was refused."
            ]
        );
        assert!(people("Acme", &acme, &before, &before).is_empty());
        assert_eq!(
            people("Acme", &acme, &[], &before[1..]),
            ["PAYROLL: Step 2 needs an account, and people from acme have none."]
        );
    }
}
