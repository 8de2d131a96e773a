//! What the world answers to a script: the person, the request, the moment.

use doorward_domain::Claims;
use doorward_domain::account::Account;
use doorward_domain::engine::{Passed, Person, Progress};
use doorward_domain::id::AccountId;
use doorward_domain::script::{Question, names, options_of};
use doorward_domain::{script_http, script_secret};
use doorward_storage::account;
use doorward_vault::Purpose;
use serde_json::{Value, json};

use super::http;
use super::people;
use super::secrets::{self, Secrets};
use super::{COOKIE, cookie_context};
use crate::signin::cookie;
use crate::signin::fault::SignInFault;
use crate::signin::hop::{Hop, Terms};
use crate::signin::transaction::Transaction;

/// Headers that are ours to read and nobody else's.
const HIDDEN_HEADERS: [&str; 3] = ["cookie", "authorization", "proxy-authorization"];

/// What the world answers to a script.
pub(super) struct Facts<'a> {
    hop: &'a Hop,
    terms: &'a Terms,
    transaction: &'a Transaction,
    account: Option<Option<Account>>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(hop: &'a Hop, terms: &'a Terms, transaction: &'a Transaction) -> Self {
        Self {
            hop,
            terms,
            transaction,
            account: None,
        }
    }

    pub(super) async fn answer(
        &mut self,
        progress: &Progress,
        known: &Claims,
        question: &Question,
    ) -> Result<Value, SignInFault> {
        let text = |index: usize| question.args.get(index).and_then(Value::as_str).unwrap_or_default();
        let who = question.args.first();
        if let Some(account) = people::found(self.hop, progress, who).await?
            && let Some(answer) = people::about(&account, question)
        {
            return Ok(answer);
        }
        Ok(match question.call.as_str() {
            "request" if text(0) == "acr" => json!(self.transaction.request().map(|r| r.acr_values.clone())),
            "request" => json!(self.hop.address.map(|address| address.to_string()).unwrap_or_default()),
            "request.header" => self.header(text(0)),
            "request.param" => self.parameter(text(0)),
            "cookie" => self.cookie(text(0)),
            "application" => json!(self.terms.application().map(|application| application.name.clone())),
            "now" => json!(self.hop.now.timestamp_millis()),
            "random" => json!(self.random()),
            "user.known" => json!(progress.person().is_some()),
            "user.linked" => json!(progress.person().and_then(Person::account).is_some()),
            "step" => self.step(progress, question),
            "user" => self.user(progress, known, text(1)).await?,
            "user.claim" => self.claim(progress, known, who, text(1), text(2)).await?,
            "groups.any" => self.is_any_of(progress, known, "groups", question).await?,
            "roles.any" => self.is_any_of(progress, known, "roles", question).await?,
            "user.find" => people::find(self.hop, who).await?,
            "sessions" => match subject(progress, who) {
                Some(account) => people::list_sessions(self.hop, &account).await?,
                None => json!([]),
            },
            "session.end" => match subject(progress, who) {
                Some(account) => json!(people::end_session(self.hop, self.terms, &account, text(1)).await?),
                None => json!(false),
            },
            script_secret::QUESTION => json!(secrets::stand_in(self.hop, self.terms, text(0))),
            script_http::QUESTION => http::answer(self.hop, self.terms, progress, question).await,
            "secret.matches" => json!(Secrets::given(self.hop, self.terms, progress).is(text(0), text(1))),
            _ => Value::Null,
        })
    }

    fn header(&self, name: &str) -> Value {
        if HIDDEN_HEADERS.contains(&name) {
            return Value::Null;
        }
        let value = self.hop.headers.get(name).and_then(|value| value.to_str().ok());
        json!(value.map(|value| value.chars().take(500).collect::<String>()))
    }

    /// Parameters of the application's request, as far as they are not secret.
    fn parameter(&self, name: &str) -> Value {
        let Some(request) = self.transaction.request() else {
            return Value::Null;
        };
        match name {
            "login_hint" => json!(request.login_hint),
            "acr_values" => json!((!request.acr_values.is_empty()).then(|| request.acr_values.join(" "))),
            "ui_locales" => json!((!request.ui_locales.is_empty()).then(|| request.ui_locales.join(" "))),
            "max_age" => json!(request.max_age_seconds.map(|seconds| seconds.to_string())),
            "client_id" => json!(
                self.terms
                    .application()
                    .map(|application| application.client_id.clone())
            ),
            _ => Value::Null,
        }
    }

    fn cookie(&self, name: &str) -> Value {
        let opened = || {
            let value = self.hop.cookies();
            let sealed = cookie::decode(value.read(&self.hop.headers, &format!("{COOKIE}{name}"))?)?;
            let context = cookie_context(self.terms, name);
            let plain = self
                .hop
                .state
                .keyring
                .open(Purpose::Cookie, context.as_bytes(), &sealed)
                .ok()?;
            String::from_utf8(plain).ok()
        };
        json!(opened())
    }

    fn random(&self) -> f64 {
        let bits = u64::from_le_bytes(self.hop.state.random.bytes::<8>()) >> 11;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let part = bits as f64 / (1_u64 << 53) as f64;
        part
    }

    fn step(&self, progress: &Progress, question: &Question) -> Value {
        let number = question.args.first().and_then(Value::as_u64);
        let what = question.args.get(1).and_then(Value::as_str);
        if what == Some("options") {
            let flow = self.terms.demands().flow;
            let step = number.and_then(|n| flow.steps.get(usize::try_from(n).ok()?.checked_sub(1)?));
            return step.map_or(json!([]), options_of);
        }
        let Some(passed) = passed(progress, question.args.first()) else {
            return Value::Null;
        };
        let (idp, authenticator) = names(&passed.evidence.option);
        json!(if what == Some("idp") { idp } else { authenticator })
    }

    /// The account of the person, loaded once for a hop.
    async fn account(&mut self, progress: &Progress) -> Result<Option<&Account>, SignInFault> {
        if self.account.is_none() {
            let found = match progress.person().and_then(Person::account) {
                Some(id) => account::find(self.hop.state.store.read(), id).await?,
                None => None,
            };
            self.account = Some(found);
        }
        Ok(self.account.as_ref().and_then(Option::as_ref))
    }

    /// Everything that may be said of the person now: what goes to the application alone, else the account's.
    async fn claims(&mut self, progress: &Progress, known: &Claims) -> Result<Claims, SignInFault> {
        match progress.person().and_then(Person::passing_claims) {
            Some(claims) => Ok(claims.clone()),
            None => self.local_claims(progress, known).await,
        }
    }

    /// The account's claims. Those of this very step are not committed before the script has spoken, so what is known
    /// of it counts before what is stored.
    async fn local_claims(&mut self, progress: &Progress, known: &Claims) -> Result<Claims, SignInFault> {
        let keeps_profile = matches!(progress.person(), Some(Person::Account { fresh: None, .. }));
        if keeps_profile && !known.is_empty() {
            return Ok(known.clone());
        }
        Ok(self.account(progress).await?.map(Account::claims).unwrap_or_default())
    }

    async fn user(&mut self, progress: &Progress, known: &Claims, field: &str) -> Result<Value, SignInFault> {
        let sub = json!(progress.person().map(|person| person.sub().to_owned()));
        Ok(match field {
            "uniqueId" => sub,
            "identifier" | "username" => {
                let username = self.account(progress).await?.map(|account| account.username.clone());
                let claims = self.claims(progress, known).await?;
                let preferred = claims.get("preferred_username").cloned();
                username.map(Value::from).or(preferred).unwrap_or(sub)
            }
            "groups" | "roles" => json!(list(self.claims(progress, known).await?.get(field))),
            _ => json!(""),
        })
    }

    async fn claim(
        &mut self,
        progress: &Progress,
        known: &Claims,
        who: Option<&Value>,
        kind: &str,
        name: &str,
    ) -> Result<Value, SignInFault> {
        let claims = match kind {
            "local" => self.local_claims(progress, known).await?,
            "remote" => {
                let remote = passed(progress, who).or(progress.passed().last());
                remote.and_then(|passed| passed.remote.clone()).unwrap_or_default()
            }
            _ => self.claims(progress, known).await?,
        };
        Ok(claims
            .get(name)
            .or_else(|| claims.get(our_name(name)))
            .cloned()
            .unwrap_or_default())
    }

    async fn is_any_of(
        &mut self,
        progress: &Progress,
        known: &Claims,
        claim: &str,
        question: &Question,
    ) -> Result<Value, SignInFault> {
        let have = list(self.claims(progress, known).await?.get(claim));
        let wanted = question
            .args
            .get(1)
            .map(|wanted| list(Some(wanted)))
            .unwrap_or_default();
        Ok(json!(wanted.iter().any(|one| have.contains(one))))
    }
}

/// The account a question is about: one that the script has found, else the person's.
fn subject(progress: &Progress, who: Option<&Value>) -> Option<AccountId> {
    people::found_id(progress, who).or_else(|| progress.person().and_then(Person::account).cloned())
}

/// The step of a 1-based number as it was passed last.
fn passed<'p>(progress: &'p Progress, number: Option<&Value>) -> Option<&'p Passed> {
    let number = number?.as_u64()?;
    let of_step = |passed: &&Passed| u64::from(passed.step) + 1 == number;
    progress.passed().iter().rev().find(of_step)
}

pub(super) fn list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(one)) => vec![one.clone()],
        _ => vec![],
    }
}

/// Our name of an attribute that the reference knows by an address.
pub(super) fn our_name(name: &str) -> &str {
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
