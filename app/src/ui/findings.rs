//! Findings as notices, each with its story as chips.

use doorward_domain::finding::{Finding, FindingCode, Severity};
use leptos::prelude::*;

use super::finding_help::help;
use super::icon::{Icon, Shape};
use super::notice::Tone;
use super::words;

/// The title of a finding.
#[must_use]
pub fn title(finding: &Finding) -> String {
    let step = finding
        .step
        .map_or_else(|| "The flow".to_owned(), |step| format!("Step {step}"));
    match finding.code {
        FindingCode::NoOptionLeft => format!("{step} offers nothing that works"),
        FindingCode::ConnectionDisabled => match finding.connection_label() {
            Some(name) => format!("{step} offers {name}, which is disabled"),
            None => format!("{step} offers a disabled connection"),
        },
        FindingCode::JitOffFactor => match finding.connection_label() {
            Some(name) => format!("{step} needs an account, and people from {name} have none"),
            None => format!("{step} needs an account that some people do not have"),
        },
        FindingCode::JitOffFactorSome => match finding.connection_label() {
            Some(name) => format!("{step} stops some people from {name}: it needs an account"),
            None => format!("{step} stops some people: it needs an account"),
        },
        FindingCode::LinkedOnly => match finding.connection_label() {
            Some(name) => format!("People from {name} whose accounts are linked go on as before"),
            None => "People whose accounts are linked go on as before".to_owned(),
        },
        FindingCode::NoVerifiedAddress => match finding.connection_label() {
            Some(name) => format!("{step} stops people from {name} without a verified address"),
            None => format!("{step} stops people without a verified address"),
        },
        FindingCode::DeadEnd => match finding.connection_label() {
            Some(name) => format!("People from {name} get no further"),
            None => "Some people get no further".to_owned(),
        },
        FindingCode::UnreachableStep => format!("{step} is never asked for"),
        FindingCode::StepMissing => format!("The script runs {}, which is not there", step.to_lowercase()),
        FindingCode::ScriptUnknownConnection => "The script names a connection that does not exist".to_owned(),
        FindingCode::ScriptError => "The script fails, and nobody is let through then".to_owned(),
        FindingCode::ScriptLimit => "The script is stopped, and nobody is let through then".to_owned(),
        FindingCode::FactorSkipped => match finding.connection_label() {
            Some(name) if finding.is_for_all => format!("Nobody from {name} is asked for {}", step.to_lowercase()),
            Some(name) => format!("Some people from {name} are not asked for {}", step.to_lowercase()),
            None => format!("Some people are not asked for {}", step.to_lowercase()),
        },
        FindingCode::FirstFactorMissing => "The flow can end before anybody says who they are".to_owned(),
        FindingCode::FactorFirst => format!("{step} asks for a second factor before anybody is known"),
        FindingCode::SameProof => format!("{step} proves nothing that the step before has not proven"),
        FindingCode::NotFullyExplored => "Not every path could be followed".to_owned(),
        FindingCode::ExpectationBroken => "What you expect of this flow is not so".to_owned(),
    }
}

/// How many findings are more than information: what badges count.
#[must_use]
pub fn worth_a_look(findings: &[Finding]) -> usize {
    findings
        .iter()
        .filter(|finding| finding.severity > Severity::Info)
        .count()
}

/// How many of them are errors: what makes a badge red.
#[must_use]
pub fn errors(findings: &[Finding]) -> usize {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count()
}

/// What a badge says of so many findings, of which so many are errors.
#[must_use]
pub fn counted(count: u32, errors: u32) -> String {
    let warnings = count.saturating_sub(errors);
    let of_errors = (errors > 0).then(|| words::count(errors.into(), "error", "errors"));
    let of_warnings = (warnings > 0).then(|| words::count(warnings.into(), "warning", "warnings"));
    let parts: Vec<String> = of_errors.into_iter().chain(of_warnings).collect();
    parts.join(", ")
}

/// How loudly a finding is said.
#[must_use]
pub fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Info => Tone::Info,
        Severity::Warning => Tone::Warn,
        Severity::Error => Tone::Danger,
    }
}

/// One finding with its story; what repairs it stands inside, and at its end what such a finding means.
#[component]
pub fn FindingNotice(finding: Finding, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let tone = tone(finding.severity);
    let (means, advice) = help(finding.code);
    view! {
        <super::notice::Notice tone title=title(&finding)>
            <Story parts=finding.story fails=finding.severity != Severity::Info />
            {finding.line.map(|line| view! { <p class="muted">"Decided in line " {line} " of the script."</p> })}
            {children.map(|children| children())}
            <details class="finding-help">
                <summary>"Learn more"</summary>
                <p>{means}</p>
                <p>{advice}</p>
            </details>
        </super::notice::Notice>
    }
}

/// A person's path as chips joined by arrows; the last one is where it fails.
#[component]
pub fn Story(parts: Vec<String>, #[prop(optional)] fails: bool) -> impl IntoView {
    let last = parts.len().saturating_sub(1);
    let chips = parts.into_iter().enumerate().map(move |(index, part)| {
        let broken = fails && index == last;
        view! {
            <li>
                <span class="chip" class:broken=broken>
                    {broken.then(|| view! { <Icon shape=Shape::Stop /> })}
                    <span>{part}</span>
                </span>
            </li>
        }
    });
    view! { <ol class="story">{chips.collect_view()}</ol> }
}

/// How many findings something has, as a badge; nothing when there are none.
#[component]
pub fn FindingBadge(
    count: u32,
    /// How many of them are errors.
    errors: u32,
) -> impl IntoView {
    (count > 0).then(|| {
        let (class, shape) = if errors > 0 {
            ("chip danger", Shape::Stop)
        } else {
            ("chip warn", Shape::Warning)
        };
        view! { <span class=class><Icon shape /><span>{counted(count, errors)}</span></span> }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_says_in_words_what_its_colour_says() {
        for (count, errors, want) in [
            (1, 1, "1 error"),
            (2, 0, "2 warnings"),
            (3, 2, "2 errors, 1 warning"),
            (0, 0, ""),
        ] {
            assert_eq!(counted(count, errors), want, "{errors} of {count}");
        }
    }

    #[test]
    fn whoever_is_spared_a_factor_is_told_exactly() {
        for (connection, is_for_all, want) in [
            (Some("acme"), true, "Nobody from acme is asked for step 2"),
            (Some("acme"), false, "Some people from acme are not asked for step 2"),
            (None, false, "Some people are not asked for step 2"),
        ] {
            let finding = Finding {
                step: Some(2),
                connection: connection.map(|handle| handle.parse().expect("a handle")),
                is_for_all,
                ..Finding::new(FindingCode::FactorSkipped, Severity::Info, vec![])
            };
            assert_eq!(title(&finding), want);
        }
    }
}
