//! What switching just-in-time provisioning, or the connection itself, would change, in sentences with numbers.

use doorward_domain::analysis::brought;
use doorward_domain::finding::{Finding, FindingCode, Severity};

use crate::api::connection::{Affected, ApplicationFindings, ConnectedApplication, ConnectionUsage};
use crate::ui::words;

/// One thing that changes or stays: whom it concerns, then what happens to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub who: &'static str,
    pub what: String,
}

/// Whom a change does not stop, of those who came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spared {
    /// Whoever is linked to an account.
    Linked,
    /// A disabled connection signs nobody in.
    Nobody,
}

/// What happens when the connection is enabled, or disabled.
#[must_use]
pub fn state_lines(on: bool, name: &str, usage: &ConnectionUsage, applications: &[ConnectedApplication]) -> Vec<Line> {
    let applications = Line {
        who: "Applications",
        what: connected(applications, usage.signed_in_30_days),
    };
    if on {
        let what = format!("People sign in through {name} wherever an application offers it.");
        return vec![Line { who: "Sign-ins", what }, applications];
    }
    let refused =
        format!("Nobody signs in through {name} any more, from any application, linked to an account or not.");
    let linked = match usage.people {
        0 => "Nobody is linked.".to_owned(),
        1 => "1 person is linked. Their account stays, and signs in another way if it has one.".to_owned(),
        many => format!(
            "{} people are linked. Their accounts stay, and sign in another way if they have one.",
            words::number(many)
        ),
    };
    vec![
        Line {
            who: "Sign-ins",
            what: refused,
        },
        Line {
            who: "Linked people",
            what: linked,
        },
        applications,
        Line {
            who: "Sessions",
            what: format!("Every session that was opened through {name} ends at once."),
        },
    ]
}

/// What happens when the switch of just-in-time provisioning goes to `on`.
#[must_use]
pub fn lines(on: bool, name: &str, usage: &ConnectionUsage, applications: &[ConnectedApplication]) -> Vec<Line> {
    let new = if on {
        format!(
            "Whoever comes through {name} for the first time gets an account, before the next step of the sign-in asks for anything."
        )
    } else {
        format!(
            "Whoever comes through {name} for the first time gets no account and no profile here. Their claims go straight to the application."
        )
    };
    let seen = if on {
        "Whoever came while it was off gets an account at their next sign-in. Applications see the same person: sub does not change."
    } else {
        "Applications keep seeing the same people: sub does not change, whatever you choose here."
    };
    vec![
        Line {
            who: "New people",
            what: new,
        },
        Line {
            who: "Linked people",
            what: linked(on, usage.people),
        },
        Line {
            who: "Applications",
            what: connected(applications, usage.signed_in_30_days),
        },
        Line {
            who: "Identity",
            what: seen.to_owned(),
        },
    ]
}

fn linked(on: bool, people: u64) -> String {
    let keeps = match (people, on) {
        (0, _) => return "Nobody is linked yet.".to_owned(),
        (1, true) => "1 person who is linked already signs in as before; their attributes are synchronised again.",
        (1, false) => "1 person who is linked already signs in as before; their attributes are no longer written.",
        (_, true) => "who are linked already sign in as before; their attributes are synchronised again.",
        (_, false) => "who are linked already sign in as before; their attributes are no longer written.",
    };
    if people == 1 {
        keeps.to_owned()
    } else {
        format!("{} people {keeps}", words::number(people))
    }
}

fn connected(applications: &[ConnectedApplication], signed_in: u64) -> String {
    if applications.is_empty() {
        return "No application offers this connection.".to_owned();
    }
    let names: Vec<String> = applications
        .iter()
        .take(3)
        .map(|application| application.name.clone())
        .collect();
    let listed = match applications.len() - names.len() {
        0 => words::join(&names),
        more => format!(
            "{} and {}",
            names.join(", "),
            words::count(more as u64, "other", "others")
        ),
    };
    let verb = if applications.len() == 1 { "offers" } else { "offer" };
    let people = words::people(signed_in);
    format!("{listed} {verb} it; {people} signed in through it in the last 30 days.")
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

/// What a change breaks, as a title.
#[must_use]
pub fn breaks_title(broken: &[ApplicationFindings], name: &str) -> String {
    let refusing = broken.iter().filter(|found| refuses(found)).count() as u64;
    if refusing == 0 {
        let many = words::count(broken.len() as u64, "application", "applications");
        return format!("An expectation breaks in {many}");
    }
    let verb = if refusing == 1 { "refuses" } else { "refuse" };
    let many = words::count(refusing, "application", "applications");
    format!("{} {verb} people from {name}", words::sentence(&many))
}

/// What is broken already, as a title.
#[must_use]
pub fn stops_title(stopping: &[ApplicationFindings], name: &str) -> String {
    format!("{} now", breaks_title(stopping, name))
}

/// What pressing *Update* breaks, as the end of what the button says.
#[must_use]
pub fn update_breaks(broken: &[ApplicationFindings], name: &str) -> String {
    let refusing = broken.iter().filter(|found| refuses(found)).count() as u64;
    if refusing == 0 {
        return "an expectation breaks".to_owned();
    }
    let many = words::count(refusing, "application", "applications");
    format!("{many} will refuse people from {name}")
}

/// Who comes to an application that would refuse people, in a sentence.
#[must_use]
pub fn affected(people: Affected, name: &str, spared: Spared) -> String {
    let Affected {
        people_30_days: all,
        linked_30_days: linked,
    } = people;
    if all == 0 {
        return format!("Nobody signed in to it through {name} in the last 30 days.");
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
    let many = words::count(broken().count() as u64, "application", "applications");
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
    fn numbers_are_in_the_sentences() {
        let usage = ConnectionUsage {
            people: 214,
            signed_in_30_days: 1037,
            ..ConnectionUsage::default()
        };
        let lines = lines(false, "Acme", &usage, &[]);
        assert!(lines[0].what.contains("no account"));
        assert!(
            lines[1]
                .what
                .starts_with("214 people who are linked already sign in as before")
        );
        assert_eq!(lines[2].what, "No application offers this connection.");
    }

    #[test]
    fn one_person_is_singular_and_nobody_is_said() {
        assert!(linked(true, 1).starts_with("1 person who is linked"));
        assert_eq!(linked(false, 0), "Nobody is linked yet.");
    }

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
            };
            assert_eq!(affected(people, "Acme", Spared::Linked), want);
            let broken = [found("wiki", FindingCode::JitOffFactor, Some(people))];
            let confirmed = confirmation(&broken, "Acme", Spared::Linked);
            assert!(confirmed.starts_with("I know that 1 application will refuse people from Acme"));
            assert_eq!(confirmed.contains("among them"), all > linked, "{confirmed}");
        }
    }

    #[test]
    fn a_disabled_connection_stops_who_is_linked_too() {
        let people = Affected {
            people_30_days: 12,
            linked_30_days: 12,
        };
        assert_eq!(
            affected(people, "Acme", Spared::Nobody),
            "12 people signed in to it through Acme in the last 30 days; nobody can any more."
        );
        let broken = [found("wiki", FindingCode::NoOptionLeft, Some(people))];
        assert!(confirmation(&broken, "Acme", Spared::Nobody).ends_with("among them 12 who came in the last 30 days"));
        let usage = ConnectionUsage {
            people: 1,
            ..ConnectionUsage::default()
        };
        let off = state_lines(false, "Acme", &usage, &[]);
        assert!(off[0].what.starts_with("Nobody signs in through Acme any more"));
        assert!(off[1].what.starts_with("1 person is linked"));
        assert_eq!(state_lines(true, "Acme", &usage, &[]).len(), 2);
    }

    fn found(application: &str, code: FindingCode, affected: Option<Affected>) -> ApplicationFindings {
        let finding = Finding {
            code,
            severity: Severity::Error,
            step: Some(2),
            connection: None,
            connection_name: None,
            is_for_all: false,
            line: None,
            story: vec!["signs in with Acme".into()],
            repairs: vec![],
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
        assert_eq!(breaks_title(&broken, "Acme"), "1 application refuses people from Acme");
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
    fn a_broken_expectation_refuses_nobody() {
        let expectation = || found("wiki", FindingCode::ExpectationBroken, None);
        assert_eq!(
            breaks_title(&[expectation()], "Acme"),
            "An expectation breaks in 1 application"
        );
        assert!(confirmation(&[expectation()], "Acme", Spared::Linked).contains("an expectation is broken"));
        assert_eq!(update_breaks(&[expectation()], "Acme"), "an expectation breaks");
        let both = [expectation(), found("payroll", FindingCode::JitOffFactorSome, None)];
        assert_eq!(breaks_title(&both, "Acme"), "1 application refuses people from Acme");
        assert!(confirmation(&both, "Acme", Spared::Linked).starts_with("I know that 1 application will refuse"));
    }

    #[test]
    fn long_lists_are_cut() {
        let application = |name: &str| ConnectedApplication {
            id: doorward_domain::id::ApplicationId::from_random([1; 16]),
            handle: name.to_lowercase(),
            name: name.to_owned(),
            steps: vec![1],
            people_30_days: 0,
            findings: 0,
        };
        let one = connected(&[application("Wiki")], 1);
        assert_eq!(
            one,
            "Wiki offers it; 1 person signed in through it in the last 30 days."
        );
        let many: Vec<_> = ["A", "B", "C", "D", "E"].map(application).to_vec();
        assert!(connected(&many, 0).starts_with("A, B, C and 2 others offer it; no people"));
    }
}
