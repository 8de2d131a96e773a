//! What can be expected of the flow on the screen, and what a rehearsal suggests.

use doorward_domain::expectation::{Expectation, Persona, Through, What, Who};
use doorward_domain::flow::{AuthOption, SignInFlow};
use doorward_domain::rehearsal::{Choice, Ending, Rehearsal};
use leptos::prelude::*;

use super::flow::Editor;
use super::options::named;
use crate::api::application::StepForm;
use crate::ui::words;

/// What people call an option, within a sentence.
pub fn named_option(editor: Editor, option: &AuthOption) -> String {
    if option.connection().is_none() {
        return option.words().to_owned();
    }
    editor
        .choices
        .with_untracked(|choices| named(choices, &option.to_string()).name)
}

fn steps_of(steps: &[StepForm]) -> Vec<Vec<AuthOption>> {
    let parsed = |step: &StepForm| step.options.iter().filter_map(|text| text.parse().ok()).collect();
    steps.iter().map(parsed).collect()
}

/// Whom the flow on the screen lets one speak of, with the words of the list.
pub fn people(editor: Editor) -> Vec<(Who, String)> {
    let steps = editor.steps.with(|steps| steps_of(steps));
    let mut all = vec![(Who::Local, "A local person".to_owned())];
    for option in steps.into_iter().flatten() {
        let name = named_option(editor, &option);
        if let AuthOption::Connection(handle) = option
            && !all.iter().any(|(who, _)| who.connection() == Some(&handle))
        {
            all.push((Who::From(handle.clone()), format!("A person from {name}")));
            all.push((
                Who::Linked(handle),
                format!("A person from {name} whose account is linked"),
            ));
        }
    }
    all.extend(MADE_UP.into_iter().map(|persona| {
        let words = format!("{}, whichever way they come in", words::sentence(&persona.told()));
        (Who::Persona(persona, None), words)
    }));
    all
}

/// The people of *Try it* of whom one may speak.
const MADE_UP: [Persona; 5] = [
    Persona::New,
    Persona::NewWithoutEmail,
    Persona::Returning,
    Persona::LostPhone,
    Persona::Administrator,
];

/// What may be said of them, with the words of the list.
pub fn things(editor: Editor) -> Vec<(What, String)> {
    let steps = editor.steps.with(|steps| steps_of(steps));
    let asked = asked_for(&steps).into_iter().map(|what| {
        let words = match &what {
            What::AskedFor { step, option } => format!("is asked for {} in step {step}", named_option(editor, option)),
            What::NeverAskedFor { option } => format!("is never asked for {}", named_option(editor, option)),
            What::CanSignIn | What::CannotSignIn => String::new(),
        };
        (what, words)
    });
    let ends = [
        (What::CanSignIn, "can sign in".to_owned()),
        (What::CannotSignIn, "cannot sign in".to_owned()),
    ];
    asked.chain(ends).collect()
}

/// Each option of each step, then each option that may never be asked for.
fn asked_for(steps: &[Vec<AuthOption>]) -> Vec<What> {
    let mut all: Vec<What> = Vec::new();
    for (step, options) in (1..).zip(steps) {
        let asked = options.iter().cloned().map(|option| What::AskedFor { step, option });
        all.extend(asked);
    }
    let mut never: Vec<AuthOption> = AuthOption::LOCAL.to_vec();
    for option in steps.iter().flatten() {
        if !never.contains(option) {
            never.push(option.clone());
        }
    }
    all.extend(never.into_iter().map(|option| What::NeverAskedFor { option }));
    all
}

fn through(entry: &AuthOption) -> Through {
    let by_connection = entry.connection().cloned().map(Through::Connection);
    by_connection.unwrap_or(Through::Local)
}

/// What somebody's way through the flow suggests to expect of everybody like them. Nothing where they are more special
/// than an expectation can say.
#[must_use]
pub fn suggested(persona: &str, rehearsal: &Rehearsal) -> Vec<Expectation> {
    let passed: Vec<(u32, &AuthOption)> = rehearsal
        .stops
        .iter()
        .filter_map(|stop| match &stop.chosen {
            Some(Choice::Pass(option)) => Some((stop.step, option)),
            Some(Choice::Fail | Choice::Abort | Choice::Send(_) | Choice::Skip) | None => None,
        })
        .collect();
    let gave_up = passed.len() < rehearsal.stops.len();
    let Some((ending, (_, entry))) = rehearsal.ending.as_ref().zip(passed.first()).filter(|_| !gave_up) else {
        return vec![];
    };
    let who = match (persona, entry) {
        ("local" | "returning", AuthOption::Password | AuthOption::Passkey) => Who::Local,
        ("new", AuthOption::Connection(handle)) => Who::From(handle.clone()),
        ("returning", AuthOption::Connection(handle)) => Who::Linked(handle.clone()),
        ("new-without-email", AuthOption::Connection(handle)) => {
            Who::Persona(Persona::NewWithoutEmail, Some(Through::Connection(handle.clone())))
        }
        ("lost-phone", entry) => Who::Persona(Persona::LostPhone, Some(through(entry))),
        ("administrator", entry) => Who::Persona(Persona::Administrator, Some(through(entry))),
        _ => return vec![],
    };
    let whats = match ending {
        Ending::Stopped { .. } => vec![What::CannotSignIn],
        Ending::SignedIn { .. } => {
            let later = passed.iter().skip(1).map(|(step, option)| What::AskedFor {
                step: *step,
                option: (*option).clone(),
            });
            [What::CanSignIn].into_iter().chain(later).collect()
        }
    };
    let expected = |what| Expectation { who: who.clone(), what };
    whats.into_iter().map(expected).collect()
}

/// The options of a flow that a way through it did not meet, so that one may expect never to be asked for them.
#[must_use]
pub fn never_met(flow: &SignInFlow, suggested: &[Expectation]) -> Vec<Expectation> {
    let Some(first) = suggested.first().filter(|first| first.what == What::CanSignIn) else {
        return vec![];
    };
    let mut never: Vec<Expectation> = Vec::new();
    for option in flow.steps.iter().skip(1).flat_map(|step| &step.options) {
        let is_asked = suggested.iter().any(|one| one.what.option() == Some(option));
        let new = Expectation {
            who: first.who.clone(),
            what: What::NeverAskedFor { option: option.clone() },
        };
        if !is_asked && suggested.len() == 1 && !never.contains(&new) {
            never.push(new);
        }
    }
    never
}

#[cfg(test)]
mod tests {
    use doorward_domain::rehearsal::Stop;

    use super::*;

    fn way(choices: &[(u32, &str)], ending: &str) -> Rehearsal {
        let stop = |(step, chosen): &(u32, &str)| Stop {
            step: *step,
            offers: vec![],
            form: None,
            may_fail: false,
            may_abort: false,
            chosen: Some(Choice::try_from((*chosen).to_owned()).expect("a choice")),
            script: None,
            followed: vec![],
        };
        let ending = match ending {
            "in" => Some(Ending::SignedIn {
                has_account: true,
                acr: String::new(),
                amr: vec![],
                asked_for: vec![],
            }),
            "out" => Some(Ending::Stopped {
                step: 1,
                reason: String::new(),
                told: String::new(),
            }),
            _ => None,
        };
        Rehearsal {
            stops: choices.iter().map(stop).collect(),
            ending,
            script: None,
            unused_choices: 0,
        }
    }

    #[test]
    fn what_a_way_suggests() {
        for (persona, choices, ending, want) in [
            (
                "new",
                &[(1, "connection:acme")][..],
                "in",
                &["connection:acme can_sign_in"][..],
            ),
            (
                "new",
                &[(1, "connection:acme")],
                "out",
                &["connection:acme cannot_sign_in"],
            ),
            (
                "local",
                &[(1, "password"), (2, "totp")],
                "in",
                &["LOCAL can_sign_in", "LOCAL asked 2 totp"],
            ),
            (
                "returning",
                &[(1, "connection:acme")],
                "in",
                &["linked:acme can_sign_in"],
            ),
            ("returning", &[(1, "password")], "in", &["LOCAL can_sign_in"]),
            ("local", &[(1, "connection:acme")], "in", &[]),
            (
                "administrator",
                &[(1, "password")],
                "in",
                &["administrator:LOCAL can_sign_in"],
            ),
            (
                "lost-phone",
                &[(1, "connection:acme")],
                "out",
                &["lost-phone:acme cannot_sign_in"],
            ),
            (
                "new-without-email",
                &[(1, "connection:acme")],
                "in",
                &["new-without-email:acme can_sign_in"],
            ),
            ("somebody", &[(1, "password")], "in", &[]),
            ("local", &[(1, "password"), (2, "fail")], "in", &[]),
            ("local", &[(1, "password")], "", &[]),
        ] {
            let found = suggested(persona, &way(choices, ending));
            let told = |one: &Expectation| format!("{} {}", one.who, crate::api::application::what_text(&one.what));
            let got: Vec<String> = found.iter().map(told).collect();
            assert_eq!(got, want, "{persona} {choices:?} {ending}");
        }
    }

    #[test]
    fn what_was_not_met_may_be_expected_never_to_come() {
        let flow: SignInFlow = serde_json::from_value(serde_json::json!({"steps": [
            {"options": ["password", "connection:acme"]}, {"options": ["totp", "email_otp"]}, {"options": ["totp"]},
        ]}))
        .expect("a flow");
        let skipped = suggested("new", &way(&[(1, "connection:acme")], "in"));
        assert_eq!(never_met(&flow, &skipped).len(), 2);
        let asked = suggested("local", &way(&[(1, "password"), (2, "totp")], "in"));
        assert_eq!(never_met(&flow, &asked), []);
        assert_eq!(never_met(&flow, &[]), []);
    }

    #[test]
    fn each_option_may_be_expected() {
        let steps = vec![vec![AuthOption::Password], vec![AuthOption::Totp, AuthOption::EmailOtp]];
        let all = asked_for(&steps);
        assert_eq!(all.len(), 3 + AuthOption::LOCAL.len());
    }
}
