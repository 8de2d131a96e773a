//! What can be said about a sign-in flow before anybody signs in (design.md §4).
//!
//! A pure function of the flow and the connections it names, saved or not. It runs the engine that runs sign-ins, with
//! the world answered by an [`explore::Explorer`]: each option a person may choose, each outcome the script reacts to,
//! each answer to what the script asks. Past a bound it says so.

mod expected;
mod explore;
mod linked;
mod outline;
mod outside;
mod picture;
mod report;
mod seen;
mod sketch;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::connection::Connection;
use crate::expectation::{Checked, Expectation};
use crate::finding::{Finding, FindingCode};
use crate::flow::SignInFlow;
use crate::script::{Event, Run, RunEnd, ScriptEngine};
use crate::script_http::{self, Origins};
use crate::script_secret::SecretName;
use crate::text::Handle;

/// What the analyser knows of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionFacts {
    pub handle: Handle,
    pub display_name: String,
    pub enabled: bool,
    /// Just-in-time provisioning makes an account at the first sign-in.
    pub jit: bool,
    /// Emailed codes may go to an address that only the provider vouches for.
    pub otp_to_asserted_email: bool,
    /// Second factors of people without an account are kept without a profile.
    pub factors_without_account: bool,
    /// It trusts some `acr` or `amr`, with which a provider's own second factor stands for one of ours.
    pub trusts_factors: bool,
}

impl From<&Connection> for ConnectionFacts {
    fn from(connection: &Connection) -> Self {
        Self {
            handle: connection.handle.clone(),
            display_name: connection.display_name.clone(),
            enabled: connection.enabled,
            jit: connection.jit.enabled,
            otp_to_asserted_email: connection.otp_to_asserted_email,
            factors_without_account: connection.factors_without_account,
            trusts_factors: !(connection.trusted_acr.is_empty() && connection.trusted_amr.is_empty()),
        }
    }
}

/// Where scripts may send requests. Only a server knows: what reads addresses is heavy, and the console's code does
/// without it.
pub trait Reach: std::fmt::Debug + Send + Sync {
    /// The host of an address that may be called.
    ///
    /// # Errors
    /// A sentence for the script's author.
    fn host(&self, address: &str) -> Result<String, String>;
}

impl Reach for Origins {
    fn host(&self, address: &str) -> Result<String, String> {
        let url = script_http::address(address, self)?;
        Ok(url.host_str().unwrap_or_default().to_owned())
    }
}

/// What the analyser knows of what a script may use.
#[derive(Debug, Clone, Default)]
pub struct ScriptFacts {
    /// The secrets that exist; `None` where that is not known, and each is taken to exist.
    pub secrets: Option<BTreeSet<SecretName>>,
    /// The origins it may call; `None` where that is not known, and each is taken to be allowed.
    pub origins: Option<Arc<dyn Reach>>,
}

/// Whether a person new to us gets through when they come in this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Verdict {
    Works,
    /// On some paths.
    Depends,
    Breaks,
}

/// The answer of the analyser, and the JSON of `POST /api/v1/analyses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Analysis {
    pub findings: Vec<Finding>,
    /// What is expected, each with whether it is so; a broken one is among the findings too.
    #[serde(default)]
    pub expectations: Vec<Checked>,
    /// By connection handle; `LOCAL` for people who have an account of ours.
    pub verdicts: BTreeMap<String, Verdict>,
    /// Everything that was explored, drawn small.
    pub picture: Picture,
    pub explored_paths: u32,
    /// Whether a bound stopped the exploration; then findings may be missing.
    pub truncated: bool,
}

pub use crate::script::LOCAL;
pub use explore::name as option_name;
pub use linked::{stopped_without_account, with_linked};
pub use outline::Item;
pub use picture::{Drawn, How, Picture, Place, Way};

/// Stands where there is no script to run.
pub struct NoScripts;

impl ScriptEngine for NoScripts {
    fn run(&mut self, _source: &str, _events: &[Event]) -> Run {
        Run {
            end: RunEnd::Broken {
                message: "Scripts run on the server.".to_owned(),
                line: None,
            },
            log: vec![],
            effects: vec![],
        }
    }
}

/// Analyses a flow. `connections` are those that exist, with unsaved changes applied.
#[must_use]
pub fn analyse(flow: &SignInFlow, connections: &[ConnectionFacts], engine: &mut dyn ScriptEngine) -> Analysis {
    analyse_with(flow, connections, &ScriptFacts::default(), engine)
}

/// Analyses a flow whose script may use no more than `facts` say.
#[must_use]
pub fn analyse_with(
    flow: &SignInFlow,
    connections: &[ConnectionFacts],
    facts: &ScriptFacts,
    engine: &mut dyn ScriptEngine,
) -> Analysis {
    analyse_expecting(flow, connections, facts, &[], engine)
}

/// Analyses a flow, and says of each expectation whether it is so.
#[must_use]
pub fn analyse_expecting(
    flow: &SignInFlow,
    connections: &[ConnectionFacts],
    facts: &ScriptFacts,
    expectations: &[Expectation],
    engine: &mut dyn ScriptEngine,
) -> Analysis {
    let explored = explore::Explorer::new(flow, connections, facts, &mut *engine).explore();
    let checked = expected::check(expectations, &explored, (flow, connections, facts), engine);
    let mut analysis = report::report(flow, connections, explored);
    // What an administrator asked for is said first.
    analysis
        .findings
        .splice(0..0, expected::findings(&checked, connections));
    analysis.expectations = checked;
    analysis
}

/// Findings in `after` that were not there `before`: what a change brings. Where everybody was stopped and some still
/// are, it brings nothing.
#[must_use]
pub fn brought<'a>(before: &[Finding], after: &'a [Finding]) -> Vec<&'a Finding> {
    use FindingCode::{JitOffFactor, JitOffFactorSome, NoVerifiedAddress};
    /// Those who lack a verified address are among those who lack an account.
    const FEWER: [(FindingCode, FindingCode); 3] = [
        (JitOffFactor, JitOffFactorSome),
        (JitOffFactor, NoVerifiedAddress),
        (JitOffFactorSome, NoVerifiedAddress),
    ];
    let covers = |old: FindingCode, new: FindingCode| old == new || FEWER.contains(&(old, new));
    let known = |new: &Finding| {
        // Expectations may be many about one step and connection; the story begins with what was expected.
        let expected = |finding: &Finding| {
            let broken = finding.code == FindingCode::ExpectationBroken;
            finding.story.first().filter(|_| broken).cloned()
        };
        let is_there = |old: &Finding| {
            covers(old.code, new.code)
                && (old.step, &old.connection) == (new.step, &new.connection)
                && expected(old) == expected(new)
        };
        before.iter().any(is_there)
    };
    after.iter().filter(|finding| !known(finding)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Repair;
    use crate::flow::Step;

    fn facts(handle: &str, enabled: bool, jit: bool) -> ConnectionFacts {
        ConnectionFacts {
            handle: handle.parse().expect("a handle"),
            display_name: handle.to_uppercase(),
            enabled,
            jit,
            otp_to_asserted_email: handle.starts_with("mail"),
            factors_without_account: handle.starts_with("kept"),
            trusts_factors: handle.starts_with("trusted"),
        }
    }

    fn flow(steps: &[&[&str]]) -> SignInFlow {
        let options = |step: &&[&str]| step.iter().map(|o| o.parse().expect("an option")).collect();
        SignInFlow {
            steps: steps.iter().map(|step| Step { options: options(step) }).collect(),
            script: None,
        }
    }

    #[test]
    fn findings_and_verdicts() {
        use FindingCode::{
            ConnectionDisabled, DeadEnd, JitOffFactor, JitOffFactorSome, NoOptionLeft, NoVerifiedAddress,
        };
        use Verdict::{Breaks, Depends, Works};
        let world = [
            facts("on", true, true),
            facts("off", true, false),
            facts("closed", false, true),
            facts("mail", true, false),
            facts("trusted", true, false),
            facts("kept", true, false),
        ];
        type Want<'a> = (&'a [(FindingCode, u32)], &'a [(&'a str, Verdict)]);
        let cases: [(&str, &[&[&str]], Want<'_>); 24] = [
            ("password alone", &[&["password"]], (&[], &[("LOCAL", Works)])),
            (
                "JIT off alone is fine",
                &[&["connection:off"]],
                (&[], &[("off", Works)]),
            ),
            (
                "JIT off and then a password",
                &[&["password", "connection:off", "connection:on"], &["password"]],
                (
                    &[(JitOffFactor, 2)],
                    &[("LOCAL", Works), ("off", Breaks), ("on", Works)],
                ),
            ),
            (
                "JIT off and then a code",
                &[&["password", "connection:off"], &["totp"]],
                (&[(JitOffFactor, 2)], &[("LOCAL", Works), ("off", Breaks)]),
            ),
            (
                "a passkey first, and a passkey afterwards",
                &[&["passkey", "connection:on"], &["passkey"]],
                (&[], &[("LOCAL", Works), ("on", Works)]),
            ),
            (
                "JIT off and then a passkey",
                &[&["password", "connection:off"], &["passkey"]],
                (&[(JitOffFactor, 2)], &[("LOCAL", Works), ("off", Breaks)]),
            ),
            (
                "who comes in by a passkey is as good as who does by a password",
                &[&["password", "passkey"], &["password"]],
                (&[], &[("LOCAL", Works)]),
            ),
            (
                "a password or a passkey, and no verified address",
                &[&["password", "passkey"], &["email_otp"]],
                (&[(NoVerifiedAddress, 2)], &[("LOCAL", Depends)]),
            ),
            (
                "a code by email needs a verified address",
                &[&["password", "connection:on"], &["email_otp"]],
                (
                    &[(NoVerifiedAddress, 2), (NoVerifiedAddress, 2)],
                    &[("LOCAL", Depends), ("on", Depends)],
                ),
            ),
            (
                "an app beside it helps who has none",
                &[&["password", "connection:on"], &["email_otp", "totp"]],
                (&[], &[("LOCAL", Works), ("on", Works)]),
            ),
            (
                "JIT off and then a code by email",
                &[&["connection:off"], &["email_otp"]],
                (&[(JitOffFactor, 2)], &[("off", Breaks)]),
            ),
            (
                "JIT off and codes to the address the provider vouches for",
                &[&["connection:mail"], &["email_otp"]],
                (&[(JitOffFactorSome, 2)], &[("mail", Depends)]),
            ),
            (
                "JIT off, and second factors are kept without a profile",
                &[&["password", "connection:kept"], &["totp"]],
                (&[], &[("LOCAL", Works), ("kept", Works)]),
            ),
            (
                "a passkey too",
                &[&["connection:kept"], &["passkey"]],
                (&[], &[("kept", Works)]),
            ),
            (
                "and backup codes beside it",
                &[&["connection:kept"], &["totp", "backup_code"]],
                (&[], &[("kept", Works)]),
            ),
            (
                "a code by email needs an address that the provider vouches for",
                &[&["connection:kept"], &["email_otp"]],
                (&[(NoVerifiedAddress, 2)], &[("kept", Depends)]),
            ),
            (
                "but a password is none of them",
                &[&["connection:kept"], &["password"]],
                (&[(JitOffFactor, 2)], &[("kept", Breaks)]),
            ),
            (
                "only the connection that keeps them",
                &[&["connection:kept", "connection:off"], &["totp"]],
                (&[(JitOffFactor, 2)], &[("kept", Works), ("off", Breaks)]),
            ),
            (
                "JIT off and a provider that may say it checked a second factor",
                &[&["connection:trusted"], &["totp"]],
                (&[(JitOffFactorSome, 2)], &[("trusted", Depends)]),
            ),
            (
                "its word counts once",
                &[&["connection:trusted"], &["totp"], &["totp", "email_otp"]],
                (&[(JitOffFactor, 2), (JitOffFactor, 3)], &[("trusted", Breaks)]),
            ),
            (
                "a second connection cannot be the same person",
                &[&["connection:off"], &["connection:on"], &["password"]],
                (&[(DeadEnd, 2)], &[("off", Breaks)]),
            ),
            (
                "one of two is off",
                &[&["password", "connection:closed"]],
                (&[(ConnectionDisabled, 1)], &[("LOCAL", Works), ("closed", Breaks)]),
            ),
            (
                "the only one is off",
                &[&["password"], &["connection:closed"]],
                (&[(NoOptionLeft, 2)], &[("LOCAL", Breaks)]),
            ),
            (
                "the only one is gone",
                &[&["connection:gone"]],
                (&[(NoOptionLeft, 1)], &[("gone", Breaks)]),
            ),
        ];
        for (case, steps, (findings, verdicts)) in cases {
            let analysis = analyse(&flow(steps), &world, &mut NoScripts);
            let got: Vec<_> = analysis
                .findings
                .iter()
                .map(|f| (f.code, f.step.unwrap_or(0)))
                .collect();
            assert_eq!(got, findings, "{case}");
            let want = verdicts.iter().map(|(name, v)| ((*name).to_owned(), *v)).collect();
            assert_eq!(analysis.verdicts, want, "{case}");
        }
    }

    #[test]
    fn keeping_factors_is_offered_where_it_helps() {
        for (case, steps, want) in [
            ("an app", &[&["connection:off"][..], &["totp"]][..], true),
            ("a passkey", &[&["connection:off"], &["passkey", "password"]], true),
            ("a password", &[&["connection:off"], &["password"]], false),
            (
                "a code by email has a repair of its own",
                &[&["connection:off"], &["email_otp"]],
                false,
            ),
            ("they are kept already", &[&["connection:kept"], &["password"]], false),
        ] {
            let world = [facts("off", true, false), facts("kept", true, false)];
            let found = analyse(&flow(steps), &world, &mut NoScripts).findings;
            let offered = found.iter().flat_map(|finding| &finding.repairs).any(
                |repair| matches!(repair, Repair::KeepFactorsWithoutAccount { connection } if connection.as_str() == "off"),
            );
            assert_eq!(offered, want, "{case}: {found:?}");
        }
    }

    #[test]
    fn what_a_change_brings() {
        let steps: &[&[&str]] = &[&["connection:acme"], &["password"]];
        let before = analyse(&flow(steps), &[facts("acme", true, true)], &mut NoScripts).findings;
        let after = analyse(&flow(steps), &[facts("acme", true, false)], &mut NoScripts).findings;
        assert_eq!(brought(&before, &after).len(), 1);
        assert!(brought(&after, &after).is_empty());
    }

    #[test]
    fn fewer_people_stopped_is_nothing_new() {
        let steps: &[&[&str]] = &[&["connection:mail"], &["email_otp"]];
        let codes = facts("mail", true, false);
        let no_codes = ConnectionFacts {
            otp_to_asserted_email: false,
            ..codes.clone()
        };
        let everybody = analyse(&flow(steps), &[no_codes], &mut NoScripts).findings;
        let some = analyse(&flow(steps), &[codes], &mut NoScripts).findings;
        assert_eq!(everybody[0].code, FindingCode::JitOffFactor);
        assert_eq!(some[0].code, FindingCode::JitOffFactorSome);
        assert!(brought(&everybody, &some).is_empty());
        assert!(!brought(&some, &everybody).is_empty());
        let kept = ConnectionFacts {
            factors_without_account: true,
            ..facts("mail", true, false)
        };
        let unverified = analyse(&flow(steps), &[kept], &mut NoScripts).findings;
        assert_eq!(unverified[0].code, FindingCode::NoVerifiedAddress);
        assert!(brought(&everybody, &unverified).is_empty() && brought(&some, &unverified).is_empty());
        assert!(!brought(&unverified, &some).is_empty());
    }
}
