//! What the world answers to a script: the person, the request, the moment.

use doorward_domain::Claims;
use doorward_domain::engine::known::{AccountFacts, Known};
use doorward_domain::engine::{Person, Progress};
use doorward_domain::id::AccountId;
use doorward_domain::script::{self, Question};
use doorward_domain::{script_http, script_migration, script_secret};
use doorward_storage::account;
use doorward_vault::Purpose;
use serde_json::{Value, json};

use super::effects::{COOKIE, cookie_context};
use super::http;
use super::letters;
use super::migration;
use super::people;
use super::secrets::{self, Secrets};
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
    account: Option<Option<AccountFacts>>,
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

    /// The person is another account's owner now than when it was looked up.
    pub(super) fn forget_account(&mut self) {
        self.account = None;
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
        if let Some(name) = self.failed_name(question) {
            return Ok(json!(name));
        }
        if let Some(answer) = self.of_person(progress, known, question).await? {
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
            "user.find" => people::find(self.hop, who).await?,
            "sessions" => match subject(progress, who) {
                Some(account) => people::list_sessions(self.hop, &account).await?,
                None => json!([]),
            },
            "session.end" => match subject(progress, who) {
                Some(account) => json!(people::end_session(self.hop, self.terms, &account, text(1)).await?),
                None => json!(false),
            },
            script_migration::QUESTION => {
                json!(migration::set_password(self.hop, self.terms, progress, question).await?)
            }
            script::MAIL_QUESTION => match subject(progress, who) {
                Some(account) => {
                    let (hop, terms) = (self.hop, self.terms);
                    json!(letters::send(hop, terms, self.transaction, progress, &account, text(1)).await?)
                }
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

    /// What was typed by whoever failed in this very request.
    fn failed_name(&self, question: &Question) -> Option<&str> {
        let text = |index: usize| question.args.get(index).and_then(Value::as_str);
        let is_name = question.call == "user" && matches!(text(1), Some("username" | "identifier"));
        let typed = self.hop.typed.as_ref().filter(|_| is_name && text(0) == Some("failed"));
        typed.map(|typed| typed.name.as_str())
    }

    /// Parameters of the application's request, as far as they are not secret, and what was typed in this one: a
    /// stand-in for the password.
    fn parameter(&self, name: &str) -> Value {
        match (name, &self.hop.typed) {
            ("username", Some(typed)) => return json!(typed.name),
            (script_migration::PASSWORD, Some(_)) => {
                return json!(script_migration::stand_in(&self.hop.state.random.text::<16>()));
            }
            _ => {}
        }
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

    /// What there is to say of the person and of the steps. The account is looked up once for a hop, where it is needed.
    async fn of_person(
        &mut self,
        progress: &Progress,
        claims: &Claims,
        question: &Question,
    ) -> Result<Option<Value>, SignInFault> {
        let flow = self.terms.demands().flow;
        let known = |account: &Option<Option<AccountFacts>>| {
            let known = Known {
                flow,
                progress,
                claims,
                account: account.as_ref().map(Option::as_ref),
            };
            known.answer(question)
        };
        if let Ok(answer) = known(&self.account) {
            return Ok(answer);
        }
        let found = match progress.person().and_then(Person::account) {
            Some(id) => account::find(self.hop.state.store.read(), id).await?,
            None => None,
        };
        self.account = Some(found.map(|account| AccountFacts {
            claims: account.claims(),
            username: account.username,
        }));
        known(&self.account).map_err(|_| SignInFault::Broken("an account was looked up and is not known"))
    }
}

/// The account a question is about: one that the script has found, else the person's.
fn subject(progress: &Progress, who: Option<&Value>) -> Option<AccountId> {
    people::found_id(progress, who).or_else(|| progress.person().and_then(Person::account).cloned())
}
