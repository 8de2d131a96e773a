//! Attempts in words.

use doorward_domain::attempt::{AttemptOutcome, AttemptTarget};

use crate::api::attempt::{AttemptView, Named};
use crate::ui::words;

/// How it ended, and the class of its chip.
#[must_use]
pub fn outcome(outcome: AttemptOutcome) -> (&'static str, &'static str) {
    match outcome {
        AttemptOutcome::Succeeded => ("Signed in", "chip ok"),
        AttemptOutcome::Refused => ("Refused", "chip danger"),
        AttemptOutcome::FailedClosed => ("Refused", "chip warn"),
    }
}

/// How it ended, as a choice among the others: both kinds of refusals say whose they are.
#[must_use]
pub fn choice(of: AttemptOutcome) -> &'static str {
    match of {
        AttemptOutcome::Succeeded => outcome(of).0,
        AttemptOutcome::Refused => "Refused by somebody or a rule",
        AttemptOutcome::FailedClosed => "Refused: no way left",
    }
}

/// What an application or a connection is called or was before it was deleted; its id where that is not known.
#[must_use]
pub fn name(named: &Named) -> String {
    match (&named.handle, &named.name) {
        (Some(_), Some(name)) => name.clone(),
        (_, name) => format!("{} (deleted)", name.as_ref().unwrap_or(&named.id)),
    }
}

/// What it was for where no application asked.
#[must_use]
pub fn target(attempt: &AttemptView) -> &'static str {
    match attempt.target {
        Some(AttemptTarget::Console | AttemptTarget::ConsoleProof) => "The console",
        Some(AttemptTarget::Account | AttemptTarget::Proof) => "Their own account",
        None => "The console or their own account",
    }
}

/// Which way they came where no connection stands in the line. Lines of earlier releases do not tell of a session which
/// connection it began with; with one, somebody who has no account is known by it alone.
#[must_use]
pub fn without_connection(attempt: &AttemptView) -> &'static str {
    if attempt.single_sign_on && attempt.account.is_none() {
        "Their session"
    } else {
        "An account here"
    }
}

/// Who tried, as far as that is known.
#[must_use]
pub fn who(attempt: &AttemptView) -> String {
    match (&attempt.account, &attempt.sub) {
        (Some(account), _) => account.name.clone().unwrap_or_else(|| "A deleted account".to_owned()),
        (None, Some(_)) => "Somebody without a name here".to_owned(),
        (None, None) => "Not known".to_owned(),
    }
}

/// Why it ended and where: `Step 2. The step needs an account, and the person has none.`
#[must_use]
pub fn why(attempt: &AttemptView) -> String {
    let step = attempt.step.map(|step| format!("Step {step}. ")).unwrap_or_default();
    match attempt.reason {
        Some(reason) if attempt.times > 1 => format!("{step}{} {}", reason.told(), often(attempt.times)),
        Some(reason) => format!("{step}{}", reason.told()),
        None if attempt.single_sign_on => "Was signed in already".to_owned(),
        None if attempt.target.is_some_and(AttemptTarget::is_proof) => "Showed again who they are".to_owned(),
        None => String::new(),
    }
}

/// That the line stands for more than one.
#[must_use]
pub fn often(times: u64) -> String {
    format!("{} such sign-ins in a quarter of an hour.", words::number(times))
}

#[cfg(test)]
mod tests {
    use doorward_domain::Timestamp;
    use doorward_domain::attempt::Reason;
    use doorward_domain::id::AuditEventId;

    use super::*;

    #[test]
    fn an_attempt_is_told_in_few_words() {
        let mut attempt = AttemptView {
            id: AuditEventId::from_random([1; 16]),
            at: Timestamp::UNIX_EPOCH,
            outcome: AttemptOutcome::FailedClosed,
            application: None,
            target: None,
            connection: None,
            account: None,
            sub: Some("opaque".to_owned()),
            single_sign_on: false,
            request: None,
            reason: Some(Reason::NeedsAccount),
            page: Some(1206),
            step: Some(2),
            times: 1,
        };
        let told = "Step 2. The step needs an account, and the person has none.";
        assert_eq!(why(&attempt), told);
        attempt.times = 1_200;
        assert_eq!(
            why(&attempt),
            format!("{told} 1,200 such sign-ins in a quarter of an hour.")
        );
        assert_eq!(who(&attempt), "Somebody without a name here");
        (attempt.reason, attempt.step, attempt.sub) = (None, None, None);
        assert_eq!(why(&attempt), "");
        assert_eq!(who(&attempt), "Not known");
        for (of, is, told) in [
            (None, "The console or their own account", ""),
            (Some(AttemptTarget::Console), "The console", ""),
            (Some(AttemptTarget::Account), "Their own account", ""),
            (
                Some(AttemptTarget::Proof),
                "Their own account",
                "Showed again who they are",
            ),
            (
                Some(AttemptTarget::ConsoleProof),
                "The console",
                "Showed again who they are",
            ),
        ] {
            attempt.target = of;
            assert_eq!((target(&attempt), why(&attempt).as_str()), (is, told));
        }
        assert_eq!(without_connection(&attempt), "An account here");
        attempt.single_sign_on = true;
        assert_eq!(without_connection(&attempt), "Their session", "they have no account");
    }

    #[test]
    fn what_is_deleted_keeps_its_name() {
        for (handle, known, want) in [
            (Some("acme"), Some("Acme"), "Acme"),
            (None, Some("Acme"), "Acme (deleted)"),
            (None, None, "con_1 (deleted)"),
        ] {
            let named = Named {
                id: "con_1".to_owned(),
                handle: handle.map(str::to_owned),
                name: known.map(str::to_owned),
            };
            assert_eq!(name(&named), want);
        }
    }
}
