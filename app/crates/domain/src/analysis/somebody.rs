//! What a script hears of one of the people of *Try it*. What is not known of them is up to the world.

use serde_json::{Value, json};

use super::world::Answer;
use crate::engine::known::{our_name, texts};
use crate::expectation::Persona;
use crate::script::{self, Question};

/// The answers to try, once they are known; `None` where everything may be so.
pub fn answers(persona: &Persona, question: &Question, compared: &[String]) -> Option<Vec<Answer>> {
    // A number is a step they passed; anybody else that the script found or that failed is not them.
    let who = question.args.first();
    let is_them = who.is_some_and(|who| who.is_number() || who.as_str() == Some("known"));
    if !is_them {
        return None;
    }
    let text = |index: usize| question.args.get(index).and_then(Value::as_str).unwrap_or_default();
    let (groups, roles) = persona.groups_and_roles();
    match question.call.as_str() {
        "groups.any" => is_in(&groups, question, "is in the group"),
        "roles.any" => is_in(&roles, question, "has the role"),
        "user" if text(1) == "groups" => lists("groups", &groups, compared),
        "user" if text(1) == "roles" => lists("roles", &roles, compared),
        // What a provider sends may be less than what the account holds.
        "user.claim" if text(1) != "remote" && our_name(text(2)) == "groups" => lists("groups", &groups, compared),
        "user.claim" if text(1) != "remote" && our_name(text(2)) == "roles" => lists("roles", &roles, compared),
        "user.claim" if matches!(our_name(text(2)), "email" | "email_verified") => without_email(persona),
        script::MAIL_QUESTION if *persona == Persona::NewWithoutEmail => {
            Some(vec![Answer::of_world(false.into(), "cannot be sent mail".to_owned())])
        }
        _ => None,
    }
}

/// Whether it is about what a provider sent.
pub fn is_remote(question: &Question) -> bool {
    question.call == "user.claim" && question.args.get(1).and_then(Value::as_str) == Some("remote")
}

/// What they are in is known, and what else is not.
fn is_in(have: &[&str], question: &Question, told: &str) -> Option<Vec<Answer>> {
    let asked = texts(question.args.get(1));
    let one = asked.iter().find(|one| have.contains(&one.as_str()))?;
    Some(vec![Answer::of_world(true.into(), format!("{told} {one}"))])
}

/// What they are in, and that with each one more that the script compares with.
fn lists(name: &str, have: &[&str], compared: &[String]) -> Option<Vec<Answer>> {
    if have.is_empty() {
        return None;
    }
    let told = |list: &[&str]| format!("has as {name} {}", list.join(" and "));
    let more = compared.iter().filter(|text| !have.contains(&text.as_str()));
    let more = more.map(|text| [have, &[text.as_str()]].concat());
    let all = [have.to_vec()].into_iter().chain(more);
    Some(all.map(|list| Answer::of_world(json!(list), told(&list))).collect())
}

fn without_email(persona: &Persona) -> Option<Vec<Answer>> {
    (*persona == Persona::NewWithoutEmail)
        .then(|| vec![Answer::of_world(Value::Null, "has no email address".to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_and_what_is_not() {
        let admin = Persona::Administrator;
        let staff = Persona::Member("staff".to_owned());
        let none = Persona::NewWithoutEmail;
        let compared = ["staff".to_owned()];
        for (persona, call, args, want) in [
            (&admin, "groups.any", json!(["known", ["admin"]]), Some(json!([true]))),
            (
                &admin,
                "roles.any",
                json!([1, ["x", "administrators"]]),
                Some(json!([true])),
            ),
            (&admin, "groups.any", json!(["known", ["staff"]]), None),
            (&admin, "groups.any", json!(["acc_1", ["admin"]]), None),
            (&admin, "groups.any", json!(["failed", ["admin"]]), None),
            (&staff, "groups.any", json!(["known", ["staff"]]), Some(json!([true]))),
            (&staff, "roles.any", json!(["known", ["staff"]]), None),
            (&staff, "user", json!(["known", "groups"]), Some(json!([["staff"]]))),
            (&staff, "user", json!(["known", "roles"]), None),
            (
                &admin,
                "user.claim",
                json!(["known", "local", "groups"]),
                Some(json!([
                    ["admin", "administrators"],
                    ["admin", "administrators", "staff"]
                ])),
            ),
            (&admin, "user.claim", json!([1, "remote", "groups"]), None),
            (
                &none,
                "user.claim",
                json!([1, "any", "http://wso2.org/claims/emailaddress"]),
                Some(json!([null])),
            ),
            (&none, "user.claim", json!([1, "remote", "email"]), Some(json!([null]))),
            (&none, script::MAIL_QUESTION, json!(["known"]), Some(json!([false]))),
            (&admin, "user.claim", json!([1, "any", "email"]), None),
            (&none, "groups.any", json!(["known", ["admin"]]), None),
        ] {
            let question = Question {
                call: call.to_owned(),
                args: args.as_array().cloned().unwrap_or_default(),
            };
            let got = answers(persona, &question, &compared);
            let got = got.map(|all| all.into_iter().map(|answer| answer.value).collect::<Vec<_>>());
            assert_eq!(got.map(Value::from), want, "{persona:?} {call} {args}");
        }
    }
}
