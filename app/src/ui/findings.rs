//! Findings as notices, each with its story as chips.

use doorward_domain::finding::{Finding, FindingCode, Severity};
use leptos::prelude::*;

use super::icon::{Icon, Shape};
use super::notice::Tone;

/// The title of a finding.
#[must_use]
pub fn title(finding: &Finding) -> String {
    let step = finding
        .step
        .map_or_else(|| "The flow".to_owned(), |step| format!("Step {step}"));
    match finding.code {
        FindingCode::NoOptionLeft => format!("{step} offers nothing that works"),
        FindingCode::ConnectionDisabled => match &finding.connection {
            Some(handle) => format!("{step} offers {handle}, which is disabled"),
            None => format!("{step} offers a disabled connection"),
        },
        FindingCode::JitOffFactor => format!("{step} needs an account that some people do not have"),
    }
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

/// One finding with its story; what repairs it stands inside.
#[component]
pub fn FindingNotice(finding: Finding, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let tone = tone(finding.severity);
    view! {
        <super::notice::Notice tone title=title(&finding)>
            <Story parts=finding.story fails=finding.severity != Severity::Info />
            {children.map(|children| children())}
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
pub fn FindingBadge(count: u32) -> impl IntoView {
    (count > 0).then(|| {
        let word = if count == 1 { " finding" } else { " findings" };
        view! { <span class="chip warn"><Icon shape=Shape::Warning /><span>{count} {word}</span></span> }
    })
}
