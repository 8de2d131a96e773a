//! Who goes on although just-in-time provisioning is off: people whose accounts are linked already. How many they are is
//! in the database and changes with every sign-in, so it is added to an analysis and no part of it.

use std::collections::BTreeSet;

use crate::finding::{Finding, FindingCode, Severity};
use crate::text::Handle;

/// The connections whose people are stopped because they have no account.
#[must_use]
pub fn stopped_without_account(findings: &[Finding]) -> BTreeSet<Handle> {
    let stopped = findings.iter().filter(|finding| stops(finding));
    stopped.filter_map(|finding| finding.connection.clone()).collect()
}

fn stops(finding: &Finding) -> bool {
    matches!(finding.code, FindingCode::JitOffFactor | FindingCode::JitOffFactorSome)
}

/// Adds a `linked-only` behind each finding about people without an account, where `linked` counts accounts that are
/// linked to the connection.
#[must_use]
pub fn with_linked(findings: Vec<Finding>, linked: impl Fn(&Handle) -> u64) -> Vec<Finding> {
    let mut told = Vec::with_capacity(findings.len());
    for finding in findings {
        let count = finding
            .connection
            .as_ref()
            .filter(|_| stops(&finding))
            .map_or(0, &linked);
        let also = (count > 0).then(|| linked_only(&finding, count));
        told.push(finding);
        told.extend(also);
    }
    told
}

fn linked_only(stopped: &Finding, count: u64) -> Finding {
    let who = match count {
        1 => "1 person is linked to an account".to_owned(),
        many => format!("{many} people are linked to an account"),
    };
    let step = stopped.step.map(|step| format!("step {step} can ask for it"));
    Finding {
        code: FindingCode::LinkedOnly,
        severity: Severity::Info,
        story: [who].into_iter().chain(step).collect(),
        line: None,
        repairs: vec![],
        ..stopped.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: FindingCode, handle: &str) -> Finding {
        Finding {
            step: Some(2),
            connection: handle.parse().ok(),
            line: Some(3),
            ..Finding::new(code, Severity::Error, vec![])
        }
    }

    #[test]
    fn only_where_people_are_stopped_and_somebody_is_linked() {
        let linked = |handle: &Handle| if handle.as_str() == "acme" { 214 } else { 0 };
        for (case, code, handle, want) in [
            ("linked", FindingCode::JitOffFactor, "acme", true),
            ("on some paths", FindingCode::JitOffFactorSome, "acme", true),
            ("nobody is linked", FindingCode::JitOffFactor, "other", false),
            ("stopped for another reason", FindingCode::DeadEnd, "acme", false),
        ] {
            let told = with_linked(vec![finding(code, handle)], linked);
            assert_eq!(told.len() == 2, want, "{case}");
            assert_eq!(told[0].code, code, "{case}");
            if let Some(also) = told.get(1) {
                assert_eq!((also.code, also.severity), (FindingCode::LinkedOnly, Severity::Info));
                assert_eq!(
                    also.story,
                    ["214 people are linked to an account", "step 2 can ask for it"]
                );
            }
        }
        let found = [
            finding(FindingCode::JitOffFactor, "acme"),
            finding(FindingCode::DeadEnd, "other"),
        ];
        assert_eq!(stopped_without_account(&found).len(), 1);
    }
}
