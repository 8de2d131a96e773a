//! Random steps and connections.

use std::collections::BTreeSet;

use doorward_domain::analysis::ConnectionFacts;
use doorward_domain::flow::{AuthOption, SignInFlow, Step};
use doorward_domain::text::Handle;
use proptest::prelude::*;

/// Connections of every case; each has its own settings.
pub const HANDLES: [&str; 3] = ["alpha", "beta", "gamma"];
pub const GROUPS: [&str; 2] = ["staff", "admins"];

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let first = prop_oneof![
        3 => Just(AuthOption::Password),
        2 => Just(AuthOption::Passkey),
        1 => Just(AuthOption::EmailLink),
        1 => Just(AuthOption::EmailOtp),
        4 => (0..3_usize).prop_map(|n| AuthOption::Connection(handle(n))),
    ];
    let later = prop_oneof![
        3 => Just(AuthOption::Totp),
        2 => Just(AuthOption::EmailOtp),
        2 => Just(AuthOption::BackupCode),
        2 => Just(AuthOption::Passkey),
        1 => Just(AuthOption::Password),
        1 => Just(AuthOption::EmailLink),
        2 => (0..3_usize).prop_map(|n| AuthOption::Connection(handle(n))),
    ];
    let step = |options: BTreeSet<AuthOption>| Step {
        options: options.into_iter().collect(),
    };
    let one = prop::collection::btree_set(first, 1..4).prop_map(step);
    let others = prop::collection::vec(prop::collection::btree_set(later, 1..4).prop_map(step), 0..3);
    (one, others).prop_map(|(one, others)| std::iter::once(one).chain(others).collect())
}

fn handle(number: usize) -> Handle {
    HANDLES[number].parse().expect("a handle")
}

pub fn facts() -> impl Strategy<Value = Vec<ConnectionFacts>> {
    let one = (
        prop::bool::weighted(0.9),
        any::<bool>(),
        any::<bool>(),
        prop::bool::weighted(0.4),
        prop::bool::weighted(0.3),
        any::<bool>(),
    );
    prop::collection::vec(one, 3).prop_map(|all| {
        type Settings = (bool, bool, bool, bool, bool, bool);
        let fact = |(number, settings): (usize, Settings)| {
            let (enabled, jit, otp_to_asserted_email, factors_without_account, trusts_factors, links) = settings;
            ConnectionFacts {
                handle: handle(number),
                display_name: HANDLES[number].to_uppercase(),
                enabled,
                jit,
                otp_to_asserted_email,
                factors_without_account,
                trusts_factors,
                may_link: enabled && links,
            }
        };
        all.into_iter().enumerate().map(fact).collect()
    })
}

/// A flow as people read it.
pub fn source(flow: &SignInFlow) -> String {
    let steps: Vec<String> = flow
        .steps
        .iter()
        .map(|step| {
            step.options
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" | ")
        })
        .collect();
    format!("{steps:?}\n{}", flow.script.as_deref().unwrap_or("no script"))
}
