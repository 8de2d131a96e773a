//! Runs the script of a sign-in: finds out what it asks, until it says what comes next (design.md §5).

use doorward_domain::Claims;
use doorward_domain::account::Account;
use doorward_domain::engine::{AwaitingScript, Denial, Passed, Person, Proceeded, Progress, SignIn};
use doorward_domain::script::{EVENT_LIMIT, Effect, Limit, Question, Run, RunEnd, names};
use doorward_storage::{account, session as sessions};
use doorward_vault::Purpose;
use http::HeaderValue;
use serde_json::{Value, json};

use super::cookie;
use super::fault::SignInFault;
use super::hop::{Hop, Terms};
use super::refusal;
use super::transaction::Transaction;

/// Cookies of scripts begin with this.
const COOKIE: &str = "dw_s_";
/// Longest name and value of a script's cookie, in bytes.
const COOKIE_NAME_LIMIT: usize = 40;
const COOKIE_VALUE_LIMIT: usize = 1_000;
/// Headers that are ours to read and nobody else's.
const HIDDEN_HEADERS: [&str; 3] = ["cookie", "authorization", "proxy-authorization"];

/// Runs the script until it says what comes next; a state that waits for something else stays as it is. Also the
/// cookies it sets. A refusal by the script is on record then.
///
/// # Errors
/// `EndedByScript` for `fail()`, `DeniedByScript`, those of the database.
pub async fn resolve(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    state: SignIn,
) -> Result<(SignIn, Vec<HeaderValue>), SignInFault> {
    let SignIn::AwaitingScript(awaiting) = &state else {
        return Ok((state, vec![]));
    };
    let before = awaiting.progress().clone();
    let (next, last) = run(hop, terms, transaction, state).await?;
    if let SignIn::Denied(denied) = &next
        && matches!(
            denied.reason,
            Denial::ByScript | Denial::ScriptFailed(_) | Denial::NoOptionLeft | Denial::Incomplete
        )
    {
        let told = last.as_ref().map_or(Value::Null, told);
        refusal::record_script(hop, terms, denied.reason, &before, told).await;
        let ends = last.as_ref().is_some_and(|run| matches!(run.end, RunEnd::Fail { .. }));
        return Err(if ends {
            SignInFault::EndedByScript
        } else {
            SignInFault::DeniedByScript(denied.reason)
        });
    }
    let effects = last.map(|run| run.effects).unwrap_or_default();
    let cookies = effects.iter().filter_map(|effect| set_cookie(hop, terms, effect));
    Ok((next, cookies.collect()))
}

/// What the log keeps of a run that let nobody through: where and why, and what the author wrote.
fn told(run: &Run) -> Value {
    let log: Vec<String> = run
        .log
        .iter()
        .map(|line| format!("{}: {}", line.level, line.text))
        .collect();
    match &run.end {
        RunEnd::Broken { message, line } => json!({"message": message, "line": line, "log": log}),
        RunEnd::Limit { limit } => json!({"limit": limit.as_str(), "log": log}),
        RunEnd::Fail { code, message, line } => json!({"code": code, "message": message, "line": line, "log": log}),
        RunEnd::SendError { line } => json!({"line": line, "log": log}),
        RunEnd::Step(request) => json!({"step": request.step, "line": request.line, "log": log}),
        RunEnd::Ask { .. } | RunEnd::Done => json!({"log": log}),
    }
}

/// Runs the script of a state that waits for it, without setting or recording anything; the last run beside what it
/// led to.
///
/// # Errors
/// Those of the database; `Broken` when there is no process to run it in.
pub async fn run(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    mut state: SignIn,
) -> Result<(SignIn, Option<Run>), SignInFault> {
    let mut last = None;
    let mut source = None;
    let mut facts = Facts::new(hop, terms, transaction);
    while let SignIn::AwaitingScript(awaiting) = state {
        let text = match source.take() {
            Some(text) => text,
            None => find_source(hop, terms, awaiting.progress()).await?,
        };
        let (mut run, next) = once(hop, terms, &mut facts, awaiting, text.as_deref()).await?;
        if let Some(before) = last.take() {
            let Run { effects, .. } = before;
            // Each run repeats what was done before it; what it does is what counts.
            if run.effects.is_empty() {
                run.effects = effects;
            }
        }
        last = Some(run);
        source = Some(text);
        state = next;
    }
    Ok((state, last))
}

async fn once(
    hop: &Hop,
    terms: &Terms,
    facts: &mut Facts<'_>,
    awaiting: AwaitingScript,
    source: Option<&str>,
) -> Result<(Run, SignIn), SignInFault> {
    let run = match source {
        Some(source) if awaiting.progress().events().len() <= EVENT_LIMIT => {
            let ran = hop.state.sandbox.run(source, awaiting.progress().events()).await;
            ran.map_err(|error| {
                tracing::error!(error = &error as &dyn std::error::Error, "a script could not be run");
                SignInFault::Broken("a script could not be run")
            })?
        }
        Some(_) => ended(RunEnd::Limit { limit: Limit::Calls }),
        None => ended(RunEnd::Broken {
            message: "The version of the script that this sign-in began with is gone.".to_owned(),
            line: None,
        }),
    };
    let next = match awaiting.proceed(run.end.clone(), &terms.demands(), hop.now)? {
        Proceeded::Next(next) => *next,
        Proceeded::Ask(awaiting, question) => {
            let answer = facts.answer(awaiting.progress(), awaiting.known(), &question).await?;
            SignIn::AwaitingScript(awaiting.tell(question, answer))
        }
    };
    Ok((run, next))
}

fn ended(end: RunEnd) -> Run {
    Run {
        end,
        log: vec![],
        effects: vec![],
    }
}

/// The source a sign-in began with, whatever the application's script is now.
async fn find_source(hop: &Hop, terms: &Terms, progress: &Progress) -> Result<Option<String>, SignInFault> {
    let (Some(version), Some(application)) = (progress.script_version(), terms.application()) else {
        return Ok(None);
    };
    if let Some(source) = &application.flow.script
        && doorward_storage::script::version(source) == version
    {
        return Ok(Some(source.clone()));
    }
    Ok(doorward_storage::script::find(hop.state.store.read(), &application.id, version).await?)
}

/// What the world answers to a script.
struct Facts<'a> {
    hop: &'a Hop,
    terms: &'a Terms,
    transaction: &'a Transaction,
    account: Option<Option<Account>>,
}

impl<'a> Facts<'a> {
    fn new(hop: &'a Hop, terms: &'a Terms, transaction: &'a Transaction) -> Self {
        Self {
            hop,
            terms,
            transaction,
            account: None,
        }
    }

    async fn answer(&mut self, progress: &Progress, known: &Claims, question: &Question) -> Result<Value, SignInFault> {
        let text = |index: usize| question.args.get(index).and_then(Value::as_str).unwrap_or_default();
        let who = question.args.first();
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
            "sessions" => self.sessions(progress).await?,
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
            let option = |option| {
                let (idp, authenticator) = names(option);
                json!({"idp": idp, "authenticator": authenticator})
            };
            return step.map_or(json!([]), |step| step.options.iter().map(option).collect());
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

    async fn sessions(&self, progress: &Progress) -> Result<Value, SignInFault> {
        let Some(id) = progress.person().and_then(Person::account) else {
            return Ok(json!([]));
        };
        let found = sessions::list_of_account(self.hop.state.store.read(), id, self.hop.now).await?;
        let view = |session: &sessions::Session| {
            json!({
                "userAgent": session.user_agent,
                "loginTime": session.created_at.timestamp_millis(),
            })
        };
        Ok(found.iter().map(view).collect())
    }
}

/// The step of a 1-based number as it was passed last.
fn passed<'p>(progress: &'p Progress, number: Option<&Value>) -> Option<&'p Passed> {
    let number = number?.as_u64()?;
    let of_step = |passed: &&Passed| u64::from(passed.step) + 1 == number;
    progress.passed().iter().rev().find(of_step)
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

fn cookie_context(terms: &Terms, name: &str) -> String {
    let application = terms.application().map(|application| application.id.to_string());
    format!("script {} {name}", application.unwrap_or_default())
}

/// A cookie of a script: sealed for one application, so that no browser and no other application can make it up.
fn set_cookie(hop: &Hop, terms: &Terms, effect: &Effect) -> Option<HeaderValue> {
    let Effect::SetCookie {
        name,
        value,
        max_age_seconds,
    } = effect
    else {
        return None;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.is_empty() || name.len() > COOKIE_NAME_LIMIT || value.len() > COOKIE_VALUE_LIMIT || !name.chars().all(plain)
    {
        tracing::warn!(
            request = hop.request_id,
            "a script's cookie is not set: its name or value does not do"
        );
        return None;
    }
    let context = cookie_context(terms, name);
    let sealed = hop
        .state
        .keyring
        .seal(Purpose::Cookie, context.as_bytes(), value.as_bytes());
    hop.cookies()
        .set(&format!("{COOKIE}{name}"), &cookie::encode(&sealed), *max_age_seconds)
}
