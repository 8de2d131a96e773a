//! What a script is told of the person and of the steps, whoever finds out the rest.

use serde_json::{Value, json};

use crate::Claims;
use crate::engine::{Passed, Person, Progress};
use crate::flow::SignInFlow;
use crate::script::{Question, names};

/// The account of the person, as far as a script may know it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AccountFacts {
    pub username: String,
    pub claims: Claims,
}

/// What is known when a script asks.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub flow: &'a SignInFlow,
    pub progress: &'a Progress,
    /// What is known of the person from the step just passed, which may not be stored yet.
    pub claims: &'a Claims,
    pub account: Option<&'a AccountFacts>,
}

impl Known<'_> {
    /// The answer, where the question is about the person or the steps; `None` where it is about the world.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Option<Value> {
        let text = |index: usize| question.args.get(index).and_then(Value::as_str).unwrap_or_default();
        let person = self.progress.person();
        Some(match question.call.as_str() {
            "user.known" => json!(person.is_some()),
            "user.linked" => json!(person.and_then(Person::account).is_some()),
            "step" => self.step(question),
            "user" => self.user(text(1)),
            "user.claim" => self.claim(question.args.first(), text(1), text(2)),
            "groups.any" => self.is_any_of("groups", question),
            "roles.any" => self.is_any_of("roles", question),
            _ => return None,
        })
    }

    fn step(&self, question: &Question) -> Value {
        let number = question.args.first().and_then(Value::as_u64);
        let what = question.args.get(1).and_then(Value::as_str);
        if what == Some("options") {
            let step = number.and_then(|n| self.flow.steps.get(usize::try_from(n).ok()?.checked_sub(1)?));
            let option = |option| {
                let (idp, authenticator) = names(option);
                json!({"idp": idp, "authenticator": authenticator})
            };
            return step.map_or(json!([]), |step| step.options.iter().map(option).collect());
        }
        let Some(passed) = self.passed(question.args.first()) else {
            return Value::Null;
        };
        let (idp, authenticator) = names(&passed.evidence.option);
        json!(if what == Some("idp") { idp } else { authenticator })
    }

    /// The step of a 1-based number as it was passed last.
    fn passed(&self, number: Option<&Value>) -> Option<&Passed> {
        let number = number?.as_u64()?;
        let of_step = |passed: &&Passed| u64::from(passed.step) + 1 == number;
        self.progress.passed().iter().rev().find(of_step)
    }

    /// Everything that may be said of the person now: what goes to the application alone, else the account's.
    fn claims(&self) -> Claims {
        match self.progress.person().and_then(Person::passing_claims) {
            Some(claims) => claims.clone(),
            None => self.local_claims(),
        }
    }

    /// The account's claims. Those of this very step are not committed before the script has spoken, so what is known
    /// of it counts before what is stored.
    fn local_claims(&self) -> Claims {
        let keeps_profile = matches!(self.progress.person(), Some(Person::Account { fresh: None, .. }));
        if keeps_profile && !self.claims.is_empty() {
            return self.claims.clone();
        }
        self.account.map(|account| account.claims.clone()).unwrap_or_default()
    }

    fn user(&self, field: &str) -> Value {
        let sub = json!(self.progress.person().map(|person| person.sub().to_owned()));
        match field {
            "uniqueId" => sub,
            "identifier" | "username" => {
                let username = self.account.map(|account| Value::from(account.username.clone()));
                let preferred = || self.claims().get("preferred_username").cloned();
                username.or_else(preferred).unwrap_or(sub)
            }
            "groups" | "roles" => json!(list(self.claims().get(field))),
            _ => json!(""),
        }
    }

    fn claim(&self, who: Option<&Value>, kind: &str, name: &str) -> Value {
        let claims = match kind {
            "local" => self.local_claims(),
            "remote" => {
                let remote = self.passed(who).or(self.progress.passed().last());
                remote.and_then(|passed| passed.remote.clone()).unwrap_or_default()
            }
            _ => self.claims(),
        };
        let found = claims.get(name).or_else(|| claims.get(our_name(name)));
        found.cloned().unwrap_or_default()
    }

    fn is_any_of(&self, claim: &str, question: &Question) -> Value {
        let have = list(self.claims().get(claim));
        let wanted = list(question.args.get(1));
        json!(wanted.iter().any(|one| have.contains(one)))
    }
}

fn list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(one)) => vec![one.clone()],
        _ => vec![],
    }
}

/// Our name of an attribute that the reference knows by an address.
fn our_name(name: &str) -> &str {
    let last = name.strip_prefix("http://wso2.org/claims/").unwrap_or(name);
    match last {
        "emailaddress" => "email",
        "givenname" => "given_name",
        "lastname" => "family_name",
        "fullname" => "name",
        "mobile" | "telephone" => "phone_number",
        "dob" => "birthdate",
        "username" => "preferred_username",
        other => other,
    }
}
