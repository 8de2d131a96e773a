//! What switching just-in-time provisioning, or the connection itself, would change, in sentences with numbers.

use crate::api::connection::{ConnectedApplication, ConnectionUsage};
use crate::ui::words;

/// One thing that changes or stays: whom it concerns, then what happens to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub who: &'static str,
    pub what: String,
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
            "Whoever comes through {name} for the first time gets no account and no profile here. Their claims go straight to the application, where its sign-in flow needs no account."
        )
    };
    let seen = if on {
        // Not at any next sign-in: as long as their session here lives on, the provider is not asked.
        "Whoever came while it was off gets an account when they next come through it. Applications see the same person: sub does not change."
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
    fn a_switch_is_told_in_both_directions() {
        let usage = ConnectionUsage {
            people: 1,
            ..ConnectionUsage::default()
        };
        let off = state_lines(false, "Acme", &usage, &[]);
        assert!(off[0].what.starts_with("Nobody signs in through Acme any more"));
        assert!(off[1].what.starts_with("1 person is linked"));
        assert_eq!(state_lines(true, "Acme", &usage, &[]).len(), 2);
    }

    #[test]
    fn long_lists_are_cut() {
        let application = |name: &str| ConnectedApplication {
            id: doorward_domain::id::ApplicationId::from_random([1; 16]),
            handle: name.to_lowercase(),
            name: name.to_owned(),
            steps: vec![1],
            people_30_days: 0,
            linked_30_days: 0,
            findings: 0,
            errors: 0,
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
