//! What the world may answer to what a script asks.

use serde_json::{Value, json};

use super::{ScriptFacts, outside};
use crate::engine::known::our_name;
use crate::script::{self, Question};
use crate::text::either;
use crate::{script_form, script_http, script_link, script_migration, script_secret};

/// Most texts of a script that are tried as answers.
const TEXTS: usize = 12;
const NUMBERS: usize = 8;

/// The answers worth trying: both truths, every value the script compares with, and one it does not know.
pub struct World<'a> {
    facts: &'a ScriptFacts,
    source: &'a str,
    texts: Vec<String>,
    numbers: Vec<i64>,
    has_script: bool,
    /// Whether the script looks into texts and does not only compare them.
    looks_inside: bool,
    pub cut: bool,
}

/// An answer of the world.
#[derive(Debug, Clone)]
pub struct Answer {
    pub value: Value,
    /// The person as a part of a story, such as `is in the group admins`.
    pub told: String,
    /// Whether the person can bring it about, as by a header or an address nobody verified.
    pub is_chosen: bool,
}

impl Answer {
    /// An answer that the person cannot bring about.
    pub fn of_world(value: Value, told: String) -> Self {
        Self {
            value,
            told,
            is_chosen: false,
        }
    }
}

impl<'a> World<'a> {
    pub fn new(source: Option<&'a str>, facts: &'a ScriptFacts) -> Self {
        let (mut texts, mut numbers) = source.map(script::literals).unwrap_or_default();
        let cut = texts.len() > TEXTS || numbers.len() > NUMBERS;
        texts.truncate(TEXTS);
        numbers.truncate(NUMBERS);
        /// Methods that tell more of a text than whether it is another one.
        const LOOKS: [&str; 9] = [
            "With", "ncludes", "ndexOf", "split", "atch", "test", "slice", "substr", "RegExp",
        ];
        let looks_inside = source.is_some_and(|source| LOOKS.iter().any(|method| source.contains(method)));
        Self {
            facts,
            source: source.unwrap_or_default(),
            texts,
            numbers,
            looks_inside,
            has_script: source.is_some(),
            cut: cut && source.is_some(),
        }
    }

    /// What the script compares with.
    pub fn compared(&self) -> &[String] {
        &self.texts
    }

    /// Every answer to try. What the path itself knows, such as the option of a step, is not asked here.
    pub fn answers(&self, question: &Question) -> Vec<Answer> {
        debug_assert!(self.has_script, "only scripts ask");
        let text = |index: usize| question.args.get(index).and_then(Value::as_str).unwrap_or_default();
        match question.call.as_str() {
            "groups.any" => truths("is in the group", "is not in the group", &question.args, false),
            "roles.any" => truths("has the role", "does not have the role", &question.args, false),
            script_link::QUESTION => truths("is that account’s owner", "is not that account’s owner", &[], false),
            "sessions" => self.counts(),
            script_migration::QUESTION => {
                truths("gets the password that was typed", "keeps their password", &[], false)
            }
            "session.end" => truths("has that session", "does not have that session", &[], false),
            script::MAIL_QUESTION => truths("can be sent mail", "cannot be sent mail", &[], false),
            "user.find" => vec![
                answer(json!("found"), "there is such an account".to_owned(), false),
                answer(Value::Null, "there is no such account".to_owned(), false),
            ],
            "now" => self.times(),
            "random" => [0.0, 0.5, 0.999_999]
                .into_iter()
                .map(|value| answer(json!(value), format!("chance says {value}"), false))
                .collect(),
            "request" if text(0) == "acr" => self.lists(),
            "request" => self.texts("comes from the address", false, false),
            "request.header" => self.texts(&format!("sends the header {}", text(0)), true, true),
            script_form::VALUE_QUESTION => self.typed(question, text(1)),
            "request.param" => self.texts(&format!("comes with the parameter {}", text(0)), true, true),
            "request.cookie" => self.texts(&format!("has the cookie {}", text(0)), true, true),
            // Sealed by us: nobody can make one up.
            "cookie" => self.texts(&format!("has the cookie {}", text(0)), true, false),
            "user" => self.texts(&format!("has as {}", text(1)), false, is_name(text(1))),
            "user.claim" => self.texts(&format!("has as {}", text(2)), true, is_mutable(text(2))),
            script_secret::QUESTION => vec![self.secret(text(0))],
            script_http::QUESTION => outside::request(question, self.source, self.facts.origins.as_deref()),
            script_http::DATA_QUESTION => outside::field(question, self.source, &self.texts, &self.numbers),
            "secret.matches" => truths("knows the secret", "does not know the secret", &[], false),
            _ => vec![answer(Value::Null, format!("{} is not known", question.call), false)],
        }
    }

    /// A secret is there or not, whoever signs in.
    fn secret(&self, name: &str) -> Answer {
        let parsed = name.parse::<script_secret::SecretName>().ok();
        let known = self.facts.secrets.as_ref();
        let there = parsed.filter(|name| known.is_none_or(|known| known.contains(name)));
        let value = there.map(|name| name.stand_in("analysis"));
        answer(json!(value), String::new(), false)
    }

    fn texts(&self, told: &str, may_lack: bool, is_chosen: bool) -> Vec<Answer> {
        let mut all = Vec::new();
        if may_lack {
            all.push(answer(Value::Null, format!("{told}: none"), is_chosen));
        }
        let mut add = |text: String| all.push(answer(json!(text), format!("{told} “{text}”"), is_chosen));
        add("something-else".to_owned());
        for text in &self.texts {
            add(text.clone());
            // What starts or ends with it.
            if self.looks_inside {
                add(format!("x{text}"));
                add(format!("{text}x"));
            }
        }
        for number in &self.numbers {
            for near in [number - 1, *number, number + 1] {
                add(near.to_string());
            }
        }
        all
    }

    /// What can stand in an input of a form.
    fn typed(&self, question: &Question, name: &str) -> Vec<Answer> {
        let flag = |index: usize| question.args.get(index).cloned().unwrap_or_default();
        let mut all = if flag(3) == "checkbox" {
            vec![answer(json!(script_form::TICKED), format!("ticks {name}"), true)]
        } else {
            self.texts(&format!("types for {name}"), false, true)
        };
        if flag(2) != true {
            all.push(answer(json!(""), format!("leaves {name} empty"), true));
        }
        all
    }

    fn lists(&self) -> Vec<Answer> {
        let mut all = vec![answer(json!([]), "the application asks for no level".to_owned(), false)];
        for text in &self.texts {
            all.push(answer(json!([text]), format!("the application asks for {text}"), false));
        }
        all
    }

    fn counts(&self) -> Vec<Answer> {
        let near = self.numbers.iter().flat_map(|number| [number - 1, *number, number + 1]);
        let mut counts: Vec<i64> = [0, 1, 2]
            .into_iter()
            .chain(near)
            .filter(|n| (0..=50).contains(n))
            .collect();
        counts.sort_unstable();
        counts.dedup();
        let sessions = |count: i64| -> Vec<Value> { (0..count).map(|n| json!({"id": n.to_string()})).collect() };
        counts
            .into_iter()
            .map(|count| {
                answer(
                    json!(sessions(count)),
                    format!("is signed in in {count} browsers"),
                    false,
                )
            })
            .collect()
    }

    /// One moment for each hour of a working day and of a day off.
    fn times(&self) -> Vec<Answer> {
        const MONDAY: i64 = 1_767_571_200_000;
        const HOUR: i64 = 3_600_000;
        let hours = (0..24).chain(6 * 24..7 * 24);
        let told = |hour: i64| {
            let day = if hour < 24 { "Monday" } else { "Sunday" };
            format!("comes on a {day} at {}:30 UTC", hour % 24)
        };
        hours
            .map(|hour| answer(json!(MONDAY + hour * HOUR + HOUR / 2), told(hour), true))
            .collect()
    }
}

fn answer(value: Value, told: String, is_chosen: bool) -> Answer {
    Answer { value, told, is_chosen }
}

fn truths(yes: &str, no: &str, args: &[Value], is_chosen: bool) -> Vec<Answer> {
    let named: Vec<&str> = args
        .iter()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let named = either(&named);
    let told = |words: &str| format!("{words} {named}").trim().to_owned();
    vec![
        answer(json!(true), told(yes), is_chosen),
        answer(json!(false), told(no), is_chosen),
    ]
}

/// What `subject.username` and `subject.identifier` say of somebody who comes through a provider is a claim of theirs.
fn is_name(field: &str) -> bool {
    field == "username" || field == "identifier"
}

/// Claims that people can often change themselves at their provider (S41).
fn is_mutable(claim: &str) -> bool {
    let last = our_name(claim).rsplit('/').next().unwrap_or(claim);
    [
        "email",
        "emailaddress",
        "mail",
        "phone_number",
        "unique_name",
        "upn",
        "name",
        "nickname",
        "preferred_username",
        "given_name",
        "givenname",
        "family_name",
        "lastname",
        "username",
    ]
    .contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_there_or_not() {
        let asked = Question {
            call: script_secret::QUESTION.to_owned(),
            args: vec![json!("API_KEY")],
        };
        let named = |name: &str| Some([name.parse().expect("a name")].into());
        for (case, secrets, there) in [
            ("nothing is known", None, true),
            ("it exists", named("API_KEY"), true),
            ("another exists", named("API_KEY_2"), false),
            ("none exists", Some([].into()), false),
        ] {
            let facts = ScriptFacts {
                secrets,
                ..ScriptFacts::default()
            };
            let answers = World::new(Some(""), &facts).answers(&asked);
            assert_eq!(answers.len(), 1, "{case}");
            assert_eq!(answers[0].value.is_string(), there, "{case}");
        }
    }
}
