//! What a finding means and what can be done about it, for whoever sees one for the first time.

use doorward_domain::finding::FindingCode;

/// What it means, and what to do.
#[must_use]
pub fn help(code: FindingCode) -> (&'static str, &'static str) {
    match code {
        FindingCode::NoOptionLeft => (
            "Every way that this step offers is switched off or gone, so everybody who comes to it is stopped.",
            "Enable one of its connections, or offer another way.",
        ),
        FindingCode::ConnectionDisabled => (
            "The step names a connection that is switched off. People see the other ways, and not this one.",
            "Enable the connection, or take it out of the step.",
        ),
        FindingCode::JitOffFactor | FindingCode::JitOffFactorSome => (
            "Just-in-time provisioning is off for this connection, so whoever is new gets no account here. What the step \
             asks for is kept on an account, so they are stopped on a plain page that says nothing of this.",
            "Give them accounts, keep their second factors without a profile, or do not ask them for the step. People \
             whose accounts are linked already go on.",
        ),
        FindingCode::LinkedOnly => (
            "Their accounts were linked before provisioning was switched off, and hold their second factors.",
            "Nothing needs to be done for them.",
        ),
        FindingCode::NoVerifiedAddress => (
            "A code by email goes to a verified address alone, and not everybody has one.",
            "Offer another factor beside it, such as an authenticator app.",
        ),
        FindingCode::DeadEnd => (
            "On this path nothing leads on: the step offers nothing that these people can use, or the script ends the \
             sign-in for all of them.",
            "See where the path ends, and let another way lead on from there. If the script means to refuse them, leave \
             it as it is.",
        ),
        FindingCode::UnreachableStep => (
            "Whatever people do and whatever the script hears, it never runs this step.",
            "Run it in the script, or remove it.",
        ),
        FindingCode::StepMissing => (
            "A sign-in that comes to this call ends there: nobody is let through when a step cannot be found.",
            "Add the step, or take the call out of the script.",
        ),
        FindingCode::ScriptUnknownConnection => (
            "Scripts call a connection by its handle, which never changes, not by its name. Nobody comes from a \
             connection that does not exist, so a comparison with it is never true.",
            "Write the handle as the list of connections shows it.",
        ),
        FindingCode::ScriptError => (
            "When a script throws, the sign-in is refused rather than let through without what the script was to decide.",
            "Mend the line. Try it, below, shows what the script saw on the way there.",
        ),
        FindingCode::ScriptLimit => (
            "A script has 100 ms of computing time, 32 MiB of memory and 100 questions in a sign-in. One that needs more \
             is stopped, and the sign-in is refused.",
            "Look for a loop without an end, or a text that grows.",
        ),
        FindingCode::FactorSkipped => (
            "The script spares these people a second factor that the flow has. A warning means that they can bring this \
             about themselves, by a header, a cookie or an address that nobody has verified.",
            "If that is what you want, leave it. Else decide by something that is proven: the connection, a group, a role.",
        ),
        FindingCode::FirstFactorMissing => (
            "A sign-in can come to its end on this path without a step that says who somebody is, and is refused there.",
            "Run a step with a password, a passkey or a connection first.",
        ),
        FindingCode::FactorFirst => (
            "A second factor confirms somebody who is known already. In the first step nobody is.",
            "Move it to a later step.",
        ),
        FindingCode::SameProof => (
            "A link or code by email, and a code by email after it, go to the same mailbox; a passkey can be used twice. \
             Whoever has that one thing passes both steps.",
            "Offer something else in the second of them, such as an authenticator app, or remove it.",
        ),
        FindingCode::NotFullyExplored => (
            "Flow and script have more paths than are followed. What is said is so, but something may be missing.",
            "Make the script simpler, or rely on Try it for the people who matter.",
        ),
        FindingCode::ExpectationBroken => (
            "You wrote down what must stay true of this flow, and there is a path on which it is not.",
            "Change the flow back, or take the expectation away under Expectations.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::help;
    use doorward_domain::finding::FindingCode;

    #[test]
    fn limits_are_the_ones_there_are() {
        use doorward_domain::script::{EVENT_LIMIT, TIME_LIMIT_MILLIS};
        let (means, _) = help(FindingCode::ScriptLimit);
        assert!(means.contains(&format!("{TIME_LIMIT_MILLIS} ms")), "{means}");
        assert!(means.contains(&format!("{EVENT_LIMIT} questions")), "{means}");
    }
}
