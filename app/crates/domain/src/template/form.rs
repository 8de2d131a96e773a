//! The answers as somebody types them.

use std::collections::BTreeSet;

use super::{Asked, ENTRY_LIMIT, Kind, LIST_LIMIT, Membership, Network, Template};
use crate::invalid::{Check, Invalid};

/// What stands in the fields; those of other kinds are not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub kind: Kind,
    pub asked: Asked,
    pub membership: Membership,
    /// 1-based.
    pub step: u32,
    /// Handles of connections, or `LOCAL`.
    pub names: BTreeSet<String>,
    /// One per line.
    pub groups: String,
    /// One per line.
    pub networks: String,
    pub days: String,
    pub years: String,
    pub sessions: String,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            kind: Kind::default(),
            asked: Asked::default(),
            membership: Membership::default(),
            step: 2,
            names: BTreeSet::new(),
            groups: String::new(),
            networks: String::new(),
            days: "30".to_owned(),
            years: "18".to_owned(),
            sessions: "3".to_owned(),
        }
    }
}

impl Form {
    /// Whether it decides about a later step, so that there has to be one.
    #[must_use]
    pub fn needs_step(&self) -> bool {
        match self.kind {
            Kind::Age | Kind::EndSessions => false,
            Kind::Group => self.membership != Membership::LetsIn,
            Kind::SignInOption | Kind::Network | Kind::NewDevice | Kind::Sessions => true,
        }
    }

    /// The template, for a flow with so many steps.
    ///
    /// # Errors
    /// What is missing or out of bounds, by field: `/names`, `/groups`, `/networks`, `/days`, `/years`, `/sessions`,
    /// `/step`.
    pub fn read(&self, steps: u32) -> Result<Template, Invalid> {
        let mut check = Check::default();
        if self.needs_step() {
            check.require(
                (2..=steps).contains(&self.step),
                "/step",
                "Choose a step after the first: there is nobody to decide about before it.",
            );
        }
        let step = self.step;
        let template = match self.kind {
            Kind::SignInOption => {
                check.require(!self.names.is_empty(), "/names", "Choose at least one way to sign in.");
                check.require(self.names.len() <= LIST_LIMIT, "/names", "Choose at most 50.");
                Some(Template::SignInOption {
                    names: self.names.iter().cloned().collect(),
                    asked: self.asked,
                    step,
                })
            }
            Kind::Group => {
                let groups = entries(&self.groups, "/groups", "Enter at least one group.", &mut check);
                let membership = self.membership;
                Some(Template::Group {
                    groups,
                    membership,
                    step,
                })
            }
            Kind::Network => {
                let lines = entries(&self.networks, "/networks", "Enter at least one range.", &mut check);
                let parsed: Result<Vec<Network>, _> = lines.iter().map(|line| line.parse()).collect();
                let networks = check.take("/networks", parsed);
                networks.map(|networks| Template::Network { networks, step })
            }
            Kind::NewDevice => {
                let days = number(&self.days, 1, 730, "/days", &mut check);
                days.map(|days| Template::NewDevice { days, step })
            }
            Kind::Age => number(&self.years, 1, 120, "/years", &mut check).map(|years| Template::Age { years }),
            Kind::Sessions => {
                let most = number(&self.sessions, 1, 50, "/sessions", &mut check);
                most.map(|most| Template::Sessions { most, step })
            }
            Kind::EndSessions => {
                let most = number(&self.sessions, 1, 50, "/sessions", &mut check);
                most.map(|most| Template::EndSessions { most })
            }
        };
        check.finish()?;
        template.ok_or(Invalid(vec![]))
    }
}

fn entries(text: &str, pointer: &str, none: &str, check: &mut Check) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !all.iter().any(|known| known == line) {
            all.push(line.to_owned());
        }
    }
    check.require(!all.is_empty(), pointer, none);
    check.require(all.len() <= LIST_LIMIT, pointer, "Enter at most 50.");
    check.require(
        all.iter().all(|entry| entry.len() <= ENTRY_LIMIT),
        pointer,
        "Use at most 100 bytes in a line.",
    );
    all
}

fn number(text: &str, least: u32, most: u32, pointer: &str, check: &mut Check) -> Option<u32> {
    let parsed = text
        .trim()
        .parse()
        .ok()
        .filter(|number| (least..=most).contains(number));
    check.take(
        pointer,
        parsed.ok_or_else(|| format!("Enter a whole number from {least} to {most}.")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(form: &Form, steps: u32) -> Vec<String> {
        let Err(Invalid(faults)) = form.read(steps) else {
            return vec![];
        };
        faults.into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn what_is_missing_is_named() {
        let form = |kind: Kind, change: fn(&mut Form)| {
            let mut form = Form {
                kind,
                ..Form::default()
            };
            change(&mut form);
            form
        };
        for (case, form, steps, want) in [
            ("nothing chosen", form(Kind::SignInOption, |_| {}), 2, vec!["/names"]),
            (
                "no second step",
                form(Kind::SignInOption, |f| {
                    f.names.insert("LOCAL".into());
                }),
                1,
                vec!["/step"],
            ),
            (
                "no group",
                form(Kind::Group, |f| f.groups = " \n".into()),
                2,
                vec!["/groups"],
            ),
            (
                "members only needs no second step",
                form(Kind::Group, |f| {
                    f.groups = "staff".into();
                    f.membership = Membership::LetsIn;
                }),
                1,
                vec![],
            ),
            (
                "a long name",
                form(Kind::Group, |f| f.groups = "x".repeat(101)),
                2,
                vec!["/groups"],
            ),
            (
                "no range",
                form(Kind::Network, |f| f.networks = "10.0.0.0/8\noffice".into()),
                2,
                vec!["/networks"],
            ),
            (
                "the first step",
                form(Kind::NewDevice, |f| f.step = 1),
                2,
                vec!["/step"],
            ),
            (
                "no number",
                form(Kind::NewDevice, |f| f.days = "a week".into()),
                2,
                vec!["/days"],
            ),
            (
                "too old",
                form(Kind::Age, |f| f.years = "121".into()),
                1,
                vec!["/years"],
            ),
            ("fine", form(Kind::Age, |_| {}), 1, vec![]),
            (
                "no session",
                form(Kind::Sessions, |f| f.sessions = "0".into()),
                2,
                vec!["/sessions"],
            ),
        ] {
            assert_eq!(faults(&form, steps), want, "{case}");
        }
    }

    #[test]
    fn lines_are_read_once() {
        let form = Form {
            kind: Kind::Group,
            groups: " staff \r\n\nowners\nstaff".into(),
            ..Form::default()
        };
        let Ok(Template::Group { groups, .. }) = form.read(2) else {
            panic!("a template");
        };
        assert_eq!(groups, ["staff", "owners"]);
    }
}
