//! Which applications a change of a connection breaks, and whom it stops there, in sentences with numbers.

use doorward_domain::analysis::brought;
use doorward_domain::finding::{Finding, FindingCode, Severity};

use crate::api::connection::{Affected, ApplicationFindings};
use crate::ui::words;

/// Whom a change does not stop, of those who came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spared {
    /// Whoever is linked to an account.
    Linked,
    /// A disabled connection signs nobody in.
    Nobody,
}

/// The applications that a change breaks, with what the analyser says of them then and did not say before.
#[must_use]
pub fn breaking(before: &[ApplicationFindings], after: Vec<ApplicationFindings>) -> Vec<ApplicationFindings> {
    let keep = |mut application: ApplicationFindings| {
        let was = before.iter().find(|was| was.application == application.application);
        let was = was.map_or(&[][..], |was| &was.findings);
        let breaks = |finding: &&Finding| finding.severity == Severity::Error;
        application.findings = brought(was, &application.findings)
            .into_iter()
            .filter(breaks)
            .cloned()
            .collect();
        (!application.findings.is_empty()).then_some(application)
    };
    after.into_iter().filter_map(keep).collect()
}

/// The applications that stop people from a connection as it is, with how.
#[must_use]
pub fn stopping(now: Vec<ApplicationFindings>, handle: &str) -> Vec<ApplicationFindings> {
    let keep = |mut application: ApplicationFindings| {
        let of = |finding: &Finding| finding.connection.as_ref().is_some_and(|from| from.as_str() == handle);
        application
            .findings
            .retain(|finding| finding.severity == Severity::Error && of(finding));
        (!application.findings.is_empty()).then_some(application)
    };
    now.into_iter().filter_map(keep).collect()
}

/// Whether people are refused, and not only an expectation broken.
fn refuses(application: &ApplicationFindings) -> bool {
    let mut findings = application.findings.iter();
    findings.any(|finding| finding.code != FindingCode::ExpectationBroken)
}

/// How many applications refuse people.
fn refusing(broken: &[ApplicationFindings]) -> u64 {
    broken.iter().filter(|found| refuses(found)).count() as u64
}

fn applications(many: u64) -> String {
    words::count(many, "application", "applications")
}

/// What a change will break once it is saved, as a title.
#[must_use]
pub fn breaks_title(broken: &[ApplicationFindings], name: &str) -> String {
    if refusing(broken) == 0 {
        return format!("An expectation will break in {}", applications(broken.len() as u64));
    }
    words::sentence(&update_breaks(broken, name))
}

/// What is broken already, as a title.
#[must_use]
pub fn stops_title(stopping: &[ApplicationFindings], name: &str) -> String {
    let refusing = refusing(stopping);
    if refusing == 0 {
        return format!(
            "An expectation is broken in {} now",
            applications(stopping.len() as u64)
        );
    }
    let verb = if refusing == 1 { "refuses" } else { "refuse" };
    format!(
        "{} {verb} people from {name} now",
        words::sentence(&applications(refusing))
    )
}

/// What pressing *Update* breaks, as the end of what the button says.
#[must_use]
pub fn update_breaks(broken: &[ApplicationFindings], name: &str) -> String {
    let refusing = refusing(broken);
    if refusing == 0 {
        return "an expectation will break".to_owned();
    }
    format!("{} will refuse people from {name}", applications(refusing))
}

/// Whether what is told of a change is so already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It comes with the save.
    Before,
    /// It comes with the save, which switches just-in-time provisioning off.
    WithoutJit,
    /// It is so as the connection is saved: the application's sign-in flow shows it, with its repairs.
    Saved,
}

/// Where an administrator goes on from an application that stops people, and in which words. While it is not saved, that
/// is another tab: what is changed on this one stays as it is. The editor has its findings there, and its repairs, as if
/// the switch of the connection of that handle were moved already.
#[must_use]
pub fn way_on(application: &ApplicationFindings, handle: &str, told: Told) -> (String, String) {
    let (flow, name) = (
        format!("/console/applications/{}/flow", application.application),
        &application.name,
    );
    match told {
        Told::Before => (flow, format!("Change the sign-in flow of {name} first, in another tab")),
        Told::WithoutJit => (
            format!("{flow}?without={handle}#findings"),
            format!("Change the sign-in flow of {name} first, in another tab"),
        ),
        Told::Saved => (
            format!("{flow}#findings"),
            format!("Repair it in the sign-in flow of {name}"),
        ),
    }
}

/// Who comes to an application that would refuse people, in a sentence.
#[must_use]
pub fn affected(people: Affected, name: &str, spared: Spared) -> String {
    let Affected {
        people_30_days: all,
        linked_30_days: linked,
        refused_30_days: refused,
    } = people;
    if all == 0 {
        let nobody = format!("Nobody signed in to it through {name} in the last 30 days");
        return match refused {
            0 => format!("{nobody}."),
            1 => format!("{nobody}; 1 person was refused."),
            many => format!("{nobody}; {} were refused.", words::people(many)),
        };
    }
    let came = format!(
        "{} signed in to it through {name} in the last 30 days",
        words::sentence(&words::people(all))
    );
    if spared == Spared::Nobody {
        return format!("{came}; nobody can any more.");
    }
    match (all - linked.min(all), linked) {
        (0, _) => format!("{came}; linked to an account, they go on as before. Whoever is new is refused."),
        (1, 0) => format!("{came}; they are not linked to an account, so they are refused."),
        (_, 0) => format!("{came}; none is linked to an account, so all are refused."),
        (left, linked) => format!(
            "{came}; {} linked to an account and {} on as before, {} refused.",
            words::count(linked, "is", "are"),
            if linked == 1 { "goes" } else { "go" },
            words::count(left, "is", "are"),
        ),
    }
}

/// What an administrator confirms before people are refused, with the numbers.
#[must_use]
pub fn confirmation(broken: &[ApplicationFindings], name: &str, spared: Spared) -> String {
    if !broken.iter().any(refuses) {
        return "Update all the same: I know that an expectation is broken".to_owned();
    }
    let broken = || broken.iter().filter(|found| refuses(found));
    let many = applications(broken().count() as u64);
    let left = |people: Affected| match spared {
        Spared::Linked => people.people_30_days.saturating_sub(people.linked_30_days),
        Spared::Nobody => people.people_30_days,
    };
    let refused: u64 = broken().filter_map(|found| found.affected).map(left).sum();
    let known = match refused {
        0 => String::new(),
        1 => ", among them 1 who came in the last 30 days".to_owned(),
        many => format!(", among them {} who came in the last 30 days", words::number(many)),
    };
    format!("I know that {many} will refuse people from {name}{known}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_refused_is_counted() {
        for (all, linked, want) in [
            (0, 0, "Nobody signed in to it through Acme in the last 30 days."),
            (
                12,
                12,
                "12 people signed in to it through Acme in the last 30 days; linked to an account, they go on as before. Whoever is new is refused.",
            ),
            (
                1,
                0,
                "1 person signed in to it through Acme in the last 30 days; they are not linked to an account, so they are refused.",
            ),
            (
                3,
                0,
                "3 people signed in to it through Acme in the last 30 days; none is linked to an account, so all are refused.",
            ),
            (
                12,
                9,
                "12 people signed in to it through Acme in the last 30 days; 9 are linked to an account and go on as before, 3 are refused.",
            ),
        ] {
            let people = Affected {
                people_30_days: all,
                linked_30_days: linked,
                refused_30_days: 0,
            };
            assert_eq!(affected(people, "Acme", Spared::Linked), want);
            let broken = [found("wiki", FindingCode::JitOffFactor, Some(people))];
            let confirmed = confirmation(&broken, "Acme", Spared::Linked);
            assert!(confirmed.starts_with("I know that 1 application will refuse people from Acme"));
            assert_eq!(confirmed.contains("among them"), all > linked, "{confirmed}");
        }
    }

    #[test]
    fn whoever_was_refused_came_too() {
        for (refused, want) in [(1, "1 person was refused."), (2140, "2,140 people were refused.")] {
            let people = Affected {
                refused_30_days: refused,
                ..Affected::default()
            };
            assert_eq!(
                affected(people, "Acme", Spared::Linked),
                format!("Nobody signed in to it through Acme in the last 30 days; {want}")
            );
        }
    }

    #[test]
    fn a_disabled_connection_stops_who_is_linked_too() {
        let people = Affected {
            people_30_days: 12,
            linked_30_days: 12,
            refused_30_days: 0,
        };
        assert_eq!(
            affected(people, "Acme", Spared::Nobody),
            "12 people signed in to it through Acme in the last 30 days; nobody can any more."
        );
        let broken = [found("wiki", FindingCode::NoOptionLeft, Some(people))];
        assert!(confirmation(&broken, "Acme", Spared::Nobody).ends_with("among them 12 who came in the last 30 days"));
    }

    fn found(application: &str, code: FindingCode, affected: Option<Affected>) -> ApplicationFindings {
        let finding = Finding {
            step: Some(2),
            ..Finding::new(code, Severity::Error, vec!["signs in with Acme".into()])
        };
        ApplicationFindings {
            application: application.into(),
            name: application.into(),
            findings: vec![finding],
            affected,
        }
    }

    #[test]
    fn what_was_broken_before_is_not_broken_by_the_change() {
        let stops = |application| found(application, FindingCode::JitOffFactor, None);
        let broken = breaking(&[stops("wiki")], vec![stops("wiki"), stops("payroll")]);
        assert_eq!(broken, [stops("payroll")]);
        assert_eq!(
            breaks_title(&broken, "Acme"),
            "1 application will refuse people from Acme"
        );
        assert_eq!(
            update_breaks(&broken, "Acme"),
            "1 application will refuse people from Acme"
        );
    }

    #[test]
    fn whom_another_connection_stops_does_not_count() {
        let of = |connection: &str| {
            let mut found = found("wiki", FindingCode::JitOffFactor, None);
            found.findings[0].connection = connection.parse().ok();
            found
        };
        let stopped = stopping(vec![of("acme"), of("other")], "acme");
        assert_eq!(stopped, [of("acme")]);
        assert_eq!(
            stops_title(&stopped, "Acme"),
            "1 application refuses people from Acme now"
        );
        let mut warned = of("acme");
        warned.findings[0].severity = Severity::Warning;
        assert!(stopping(vec![warned], "acme").is_empty());
    }

    #[test]
    fn what_stops_people_is_repaired_among_the_findings_that_say_so() {
        let wiki = found("wiki", FindingCode::JitOffFactor, None);
        let first = "Change the sign-in flow of wiki first, in another tab";
        for (told, href, words) in [
            (Told::Saved, "/flow#findings", "Repair it in the sign-in flow of wiki"),
            (Told::Before, "/flow", first),
            (Told::WithoutJit, "/flow?without=acme#findings", first),
        ] {
            let want = (format!("/console/applications/wiki{href}"), words.to_owned());
            assert_eq!(way_on(&wiki, "acme", told), want, "{told:?}");
        }
    }

    #[test]
    fn a_broken_expectation_refuses_nobody() {
        let expectation = || found("wiki", FindingCode::ExpectationBroken, None);
        assert_eq!(
            breaks_title(&[expectation()], "Acme"),
            "An expectation will break in 1 application"
        );
        assert!(confirmation(&[expectation()], "Acme", Spared::Linked).contains("an expectation is broken"));
        assert_eq!(update_breaks(&[expectation()], "Acme"), "an expectation will break");
        assert_eq!(
            stops_title(&[expectation()], "Acme"),
            "An expectation is broken in 1 application now"
        );
        let both = [expectation(), found("payroll", FindingCode::JitOffFactorSome, None)];
        assert_eq!(
            breaks_title(&both, "Acme"),
            "1 application will refuse people from Acme"
        );
        assert!(confirmation(&both, "Acme", Spared::Linked).starts_with("I know that 1 application will refuse"));
    }
}
