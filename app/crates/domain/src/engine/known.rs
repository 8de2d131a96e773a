//! What a script is told of the person and of the steps, whoever finds out the rest.

use serde_json::{Value, json};

use super::{Passed, Person, Progress};
use crate::Claims;
use crate::flow::SignInFlow;
use crate::script::{Question, names, options_of};

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
    /// Of the person; the inner `None` where they have none, the outer one where nobody has looked yet.
    pub account: Option<Option<&'a AccountFacts>>,
}

/// The account has to be looked up first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeedsAccount;

impl Known<'_> {
    /// The answer, where the question is about the person or the steps; `None` where it is about the world.
    ///
    /// # Errors
    /// `NeedsAccount` where nobody has looked and the answer depends on it.
    pub fn answer(&self, question: &Question) -> Result<Option<Value>, NeedsAccount> {
        let text = |index: usize| question.args.get(index).and_then(Value::as_str).unwrap_or_default();
        let person = self.progress.person();
        Ok(Some(match question.call.as_str() {
            "user.known" => json!(person.is_some()),
            "user.linked" => json!(person.and_then(Person::account).is_some()),
            "step" => self.step(question),
            "user" => self.user(text(1))?,
            "user.claim" => self.claim(question.args.first(), text(1), text(2))?,
            "groups.any" => is_any_of(&self.claims()?, "groups", question),
            "roles.any" => is_any_of(&self.claims()?, "roles", question),
            _ => return Ok(None),
        }))
    }

    fn account(&self) -> Result<Option<&AccountFacts>, NeedsAccount> {
        match self.progress.person().and_then(Person::account) {
            Some(_) => self.account.ok_or(NeedsAccount),
            None => Ok(None),
        }
    }

    fn step(&self, question: &Question) -> Value {
        let number = question.args.first().and_then(Value::as_u64);
        let what = question.args.get(1).and_then(Value::as_str);
        if what == Some("options") {
            let step = number.and_then(|n| self.flow.steps.get(usize::try_from(n).ok()?.checked_sub(1)?));
            return step.map_or(json!([]), options_of);
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
    fn claims(&self) -> Result<Claims, NeedsAccount> {
        match self.progress.person().and_then(Person::passing_claims) {
            Some(claims) => Ok(claims.clone()),
            None => self.local_claims(),
        }
    }

    /// The account's claims. Those of this very step are not committed before the script has spoken, so what is known
    /// of it counts before what is stored.
    fn local_claims(&self) -> Result<Claims, NeedsAccount> {
        let keeps_profile = matches!(self.progress.person(), Some(Person::Account { fresh: None, .. }));
        if keeps_profile && !self.claims.is_empty() {
            return Ok(self.claims.clone());
        }
        Ok(self
            .account()?
            .map(|account| account.claims.clone())
            .unwrap_or_default())
    }

    fn user(&self, field: &str) -> Result<Value, NeedsAccount> {
        let sub = json!(self.progress.person().map(|person| person.sub().to_owned()));
        Ok(match field {
            "uniqueId" => sub,
            "identifier" | "username" => {
                let username = self.account()?.map(|account| Value::from(account.username.clone()));
                let preferred = self.claims()?.get("preferred_username").cloned();
                username.or(preferred).unwrap_or(sub)
            }
            "groups" | "roles" => json!(texts(self.claims()?.get(field))),
            _ => json!(""),
        })
    }

    fn claim(&self, who: Option<&Value>, kind: &str, name: &str) -> Result<Value, NeedsAccount> {
        let claims = match kind {
            "local" => self.local_claims()?,
            "remote" => {
                let remote = self.passed(who).or(self.progress.passed().last());
                remote.and_then(|passed| passed.remote.clone()).unwrap_or_default()
            }
            _ => self.claims()?,
        };
        Ok(claim(&claims, name))
    }
}

/// A claim by our name or by the reference's.
#[must_use]
pub fn claim(claims: &Claims, name: &str) -> Value {
    let found = claims.get(name).or_else(|| claims.get(our_name(name)));
    found.cloned().unwrap_or_default()
}

/// Whether one of the names that a question lists is in a claim.
#[must_use]
pub fn is_any_of(claims: &Claims, claim: &str, question: &Question) -> Value {
    let have = texts(claims.get(claim));
    json!(texts(question.args.get(1)).iter().any(|one| have.contains(one)))
}

/// The texts in a list, or the only one.
#[must_use]
pub fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(one)) => vec![one.clone()],
        _ => vec![],
    }
}

/// Our name of an attribute that the reference knows by an address.
#[must_use]
pub fn our_name(name: &str) -> &str {
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
