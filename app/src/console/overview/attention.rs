//! What needs somebody's attention, each line with the way to it.

use doorward_domain::finding::Severity;
use leptos::prelude::*;

use crate::api::overview::Overview;
use crate::ui::icon::{Icon, Shape};
use crate::ui::words;

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub text: String,
    pub action: &'static str,
    pub href: &'static str,
    pub severity: Severity,
}

/// Everything to look at, the worst first.
#[must_use]
pub fn items(numbers: &Overview) -> Vec<Item> {
    let mut items = Vec::new();
    let stop = numbers.applications_that_stop;
    let warn = numbers.applications_with_findings.saturating_sub(stop);
    for (many, what, is_error) in [
        (stop, "in which somebody gets stuck", numbers.stops_by_error),
        (warn, "to look at", numbers.others_have_error),
    ] {
        if many > 0 {
            let action = if many == 1 { "Show it" } else { "Show them" };
            let many = words::count(many.into(), "application has", "applications have");
            let (severity, word) = if is_error {
                (Severity::Error, "Error")
            } else {
                (Severity::Warning, "Warning")
            };
            items.push(Item {
                // The word says what the colour says.
                text: format!("{word}: {many} a sign-in flow {what}."),
                action,
                href: "/console/applications?findings=true",
                severity,
            });
        }
    }
    if numbers.connections_jit_off > 0 {
        let many = words::count(numbers.connections_jit_off.into(), "connection has", "connections have");
        items.push(Item {
            text: format!("{} JIT off: people new to us get no account.", words::sentence(&many)),
            action: "Review",
            href: "/console/connections?jit=off",
            severity: Severity::Info,
        });
    }
    items
}

/// The list; nothing at all when all is well, because calm needs no card.
#[component]
pub fn Attention(items: Vec<Item>) -> impl IntoView {
    (!items.is_empty()).then(|| {
        let row = |item: Item| {
            let (class, shape) = match item.severity {
                Severity::Error => ("attend danger", Shape::Stop),
                Severity::Warning => ("attend warn", Shape::Warning),
                Severity::Info => ("attend", Shape::Info),
            };
            view! {
                <li class=class>
                    <Icon shape />
                    <span>{item.text}</span>
                    <a class="button small" href=item.href>{item.action}</a>
                </li>
            }
        };
        view! {
            <section class="card flush">
                <div class="card-head"><h2>"Needs attention"</h2></div>
                <ul>{items.into_iter().map(row).collect_view()}</ul>
            </section>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first_and_calm_says_nothing() {
        assert!(items(&Overview::default()).is_empty());
        let found = items(&Overview {
            applications_with_findings: 3,
            applications_that_stop: 1,
            stops_by_error: true,
            connections_jit_off: 2,
            ..Overview::default()
        });
        let severities: Vec<Severity> = found.iter().map(|item| item.severity).collect();
        assert_eq!(severities, [Severity::Error, Severity::Warning, Severity::Info]);
        let texts: Vec<&str> = found.iter().map(|item| item.text.as_str()).collect();
        assert_eq!(
            texts[..2],
            [
                "Error: 1 application has a sign-in flow in which somebody gets stuck.",
                "Warning: 2 applications have a sign-in flow to look at.",
            ]
        );
        assert!(texts[2].starts_with("2 connections have"));
        let actions: Vec<&str> = found.iter().map(|item| item.action).collect();
        assert_eq!(actions, ["Show it", "Show them", "Review"]);
    }
}
