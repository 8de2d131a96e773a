//! `doAssociationWithLocalUser`: a script links the identity that a provider has vouched for in this very sign-in to an
//! account it names. A script is an administrator's word, so nobody is asked to prove it; but it never reaches an
//! identity that was not verified here, and never takes one away from an account that has it.

use crate::connection::Connection;
use crate::engine::{Person, Progress};
use crate::jit::LinkPolicy;
use crate::script::Question;
use crate::subject::LinkKey;

/// The question that links: whose identity, and the account's username.
pub const QUESTION: &str = "user.associate";

/// The identity that a question wants to link: that of the person who signs in, who came without an account. `None`
/// where there is nothing to link: nobody is known, the person has an account, or the question is about somebody else.
#[must_use]
pub fn wanted<'a>(progress: &'a Progress, question: &Question) -> Option<&'a LinkKey> {
    let Some(Person::PassThrough { key, .. }) = progress.person() else {
        return None;
    };
    is_of_person(progress, question).then_some(key)
}

/// Whether a question is about the person who signs in: named so, or by a step they passed at a provider.
#[must_use]
pub fn is_of_person(progress: &Progress, question: &Question) -> bool {
    let who = question.args.first();
    let number = who.and_then(serde_json::Value::as_u64);
    let is_at_provider = |number: u64| {
        let of_step = |passed: &&crate::engine::Passed| u64::from(passed.step) + 1 == number;
        let passed = progress.passed().iter().rev().find(of_step);
        passed.is_some_and(|passed| passed.evidence.option.connection().is_some())
    };
    who.and_then(serde_json::Value::as_str) == Some("known") || number.is_some_and(is_at_provider)
}

/// Whether a connection's identities may be linked by a script: not where it never links.
#[must_use]
pub fn is_allowed(connection: &Connection) -> bool {
    match connection.jit.linking {
        LinkPolicy::Never => false,
        LinkPolicy::Prove | LinkPolicy::VerifiedEmail => connection.enabled,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::connection::ConnectionDraft;
    use crate::id::ConnectionId;
    use crate::{Claims, Timestamp};

    fn acme(more: Value) -> Connection {
        let mut draft = json!({
            "handle": "acme", "display_name": "Acme",
            "oidc": {"issuer": "https://idp.example.com", "client_id": "us", "client_secret": "hush"},
        });
        let fields = draft.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        let draft: ConnectionDraft = serde_json::from_value(draft).expect("a draft");
        draft
            .create(ConnectionId::from_random([1; 16]), Timestamp::UNIX_EPOCH)
            .expect("valid")
    }

    fn progress(passed: &str, person: &Person) -> Progress {
        serde_json::from_value(json!({
            "x": "2030-01-01T00:00:00Z", "w": person,
            "d": [{"s": 0, "e": {"option": passed, "at": "2029-01-01T00:00:00Z"}}],
        }))
        .expect("a progress")
    }

    #[test]
    fn only_the_identity_of_this_sign_in_is_wanted() {
        let key = LinkKey {
            connection: ConnectionId::from_random([1; 16]),
            issuer: "https://idp.example.com".to_owned(),
            subject: "one".to_owned(),
        };
        let stranger = Person::passing(key.clone(), "sub".into(), Claims::new(), &acme(json!({})), || {
            crate::id::AccountId::from_random([1; 16])
        });
        let known = Person::Account {
            id: crate::id::AccountId::from_random([2; 16]),
            sub: "sub".into(),
            fresh: None,
            mailbox: false,
        };
        for (case, passed, person, who, is_wanted) in [
            ("the person", "connection:acme", &stranger, json!("known"), true),
            ("by their step", "connection:acme", &stranger, json!(1), true),
            ("another step", "connection:acme", &stranger, json!(2), false),
            ("a step of ours", "password", &stranger, json!(1), false),
            (
                "an account the script found",
                "connection:acme",
                &stranger,
                json!("acc_x"),
                false,
            ),
            ("who failed", "connection:acme", &stranger, json!("failed"), false),
            ("has an account", "connection:acme", &known, json!("known"), false),
        ] {
            let question = Question {
                call: QUESTION.to_owned(),
                args: vec![who, json!("clerk")],
            };
            let progress = progress(passed, person);
            let wanted = wanted(&progress, &question);
            assert_eq!(wanted, is_wanted.then_some(&key), "{case}");
        }
    }

    #[test]
    fn a_connection_that_never_links_is_left_alone() {
        for (case, more, allowed) in [
            ("prove", json!({}), true),
            ("at once", json!({"jit": {"linking": "verified_email"}}), true),
            ("never", json!({"jit": {"linking": "never"}}), false),
            ("disabled", json!({"enabled": false}), false),
        ] {
            assert_eq!(is_allowed(&acme(more)), allowed, "{case}");
        }
    }
}
