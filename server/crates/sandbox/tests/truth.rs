//! What the analyser says is true: random flows, scripts, connections and people, run to their end by the engine of
//! sign-ins, and compared. `DOORWARD_TRUTH_CASES` runs more than CI does.

mod walk;

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use doorward_domain::account::{AccountStatus, verified_email};
use doorward_domain::analysis::{Analysis, ConnectionFacts, Place, Verdict, analyse};
use doorward_domain::assurance::KeyUse;
use doorward_domain::connection::{Connection, ConnectionDraft};
use doorward_domain::engine::{
    Choosing, Demands, Denial, Denied, FactorAccepted, Outbound, PasskeyAccepted, PasswordAccepted, Person, Proceeded,
    Progress, Resolution, SignIn,
};
use doorward_domain::finding::FindingCode;
use doorward_domain::flow::{AuthOption, SignInFlow, Step};
use doorward_domain::holder::FactorOwner;
use doorward_domain::id::{AccountId, ConnectionId};
use doorward_domain::jit::Found;
use doorward_domain::script::{Event, MAIL_QUESTION, Question, Run, ScriptEngine, names};
use doorward_domain::script_http::{answered, failed};
use doorward_domain::secret::SecretText;
use doorward_domain::subject::VerifiedAssertion;
use doorward_domain::text::Handle;
use doorward_domain::{Claims, Timestamp};
use doorward_sandbox::Engine;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Connections of every case; each has its own settings.
const HANDLES: [&str; 3] = ["alpha", "beta", "gamma"];
const GROUPS: [&str; 2] = ["staff", "admins"];

/// What a script looks at.
#[derive(Debug, Clone)]
enum Condition {
    Idp {
        step: u32,
        name: String,
        equal: bool,
    },
    Group(usize),
    Header(&'static str),
    /// What the answer of another server said, if there was one by then.
    Risk(&'static str),
    /// Whether a letter could be sent.
    Mailed,
    Not(Box<Condition>),
    Both(Box<Condition>, Box<Condition>),
    Either(Box<Condition>, Box<Condition>),
}

impl Condition {
    fn source(&self) -> String {
        match self {
            Self::Idp { step, name, equal } => {
                let sign = if *equal { "===" } else { "!==" };
                format!("(context.steps[{step}] && context.steps[{step}].idp {sign} '{name}')")
            }
            Self::Group(group) => format!(
                "isMemberOfAnyOfGroups(context.currentKnownSubject, ['{}'])",
                GROUPS[*group]
            ),
            Self::Header(value) => format!("context.request.headers['x-place'] === '{value}'"),
            Self::Risk(value) => format!("(answer && answer.risk === '{value}')"),
            Self::Mailed => "sendEmail(context.currentKnownSubject, 'sign_in')".to_owned(),
            Self::Not(inner) => format!("!({})", inner.source()),
            Self::Both(a, b) => format!("({} && {})", a.source(), b.source()),
            Self::Either(a, b) => format!("({} || {})", a.source(), b.source()),
        }
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let idp = (1..4_u32, 0..4_usize, any::<bool>()).prop_map(|(step, name, equal)| Condition::Idp {
        step,
        name: (*["LOCAL", "alpha", "beta", "gamma"].get(name).unwrap_or(&"LOCAL")).to_owned(),
        equal,
    });
    let leaf = prop_oneof![
        4 => idp,
        2 => (0..GROUPS.len()).prop_map(Condition::Group),
        1 => prop_oneof![Just("office"), Just("home")].prop_map(Condition::Header),
        1 => Just(Condition::Risk("high")),
        1 => Just(Condition::Mailed),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| Condition::Not(Box::new(one))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Condition::Both(Box::new(a), Box::new(b))),
            (inner.clone(), inner).prop_map(|(a, b)| Condition::Either(Box::new(a), Box::new(b))),
        ]
    })
}

#[derive(Debug, Clone)]
enum Statement {
    Step {
        number: u32,
        only: Option<Vec<String>>,
        then: Option<Vec<Statement>>,
        or_else: Option<Vec<Statement>>,
    },
    If(Condition, Vec<Statement>, Vec<Statement>),
    Fail,
    Loop(u32, u32),
    /// Asks another server, once in a sign-in.
    Ask(Vec<Statement>, Vec<Statement>),
}

/// Stands before scripts that ask another server.
const ASK: &str = "var answer, asked;
function ask(yes, no) {
    if (answer) { return answer.ok ? yes() : no(); }
    if (asked) { return no(); }
    asked = true;
    httpGet('https://api.example.com/', {
        onSuccess: function (context, data) { answer = { ok: true, risk: data.risk }; yes(); },
        onFail: function () { answer = { ok: false }; no(); }
    });
}
";

fn block(statements: &[Statement]) -> String {
    statements.iter().map(Statement::source).collect()
}

impl Statement {
    fn source(&self) -> String {
        match self {
            Self::Step {
                number,
                only,
                then,
                or_else,
            } => {
                let only = only.as_ref().map(|names| {
                    let names: Vec<String> = names.iter().map(|name| format!("{{ idp: '{name}' }}")).collect();
                    format!("authenticationOptions: [{}]", names.join(", "))
                });
                let callback = |name: &str, body: &Option<Vec<Self>>| {
                    let body = body.as_ref()?;
                    Some(format!("{name}: function (context) {{ {} }}", block(body)))
                };
                let callbacks: Vec<String> = [callback("onSuccess", then), callback("onFail", or_else)]
                    .into_iter()
                    .flatten()
                    .collect();
                format!(
                    "executeStep({number}, {{ {} }}, {{ {} }});\n",
                    only.unwrap_or_default(),
                    callbacks.join(", ")
                )
            }
            Self::If(condition, yes, no) => {
                format!(
                    "if ({}) {{ {} }} else {{ {} }}\n",
                    condition.source(),
                    block(yes),
                    block(no)
                )
            }
            Self::Fail => "fail();\n".to_owned(),
            Self::Ask(yes, no) => format!(
                "ask(function () {{ {} }}, function () {{ {} }});\n",
                block(yes),
                block(no)
            ),
            Self::Loop(times, number) => {
                format!("for (let turn = 0; turn < {times}; turn++) {{ executeStep({number}); }}\n")
            }
        }
    }
}

fn statement() -> impl Strategy<Value = Statement> {
    let only = || {
        let name = prop_oneof![Just("LOCAL"), Just("alpha"), Just("beta"), Just("gamma")];
        prop::option::weighted(0.25, prop::collection::vec(name.prop_map(str::to_owned), 1..3))
    };
    let leaf = prop_oneof![
        8 => (1..4_u32, only()).prop_map(|(number, only)| Statement::Step { number, only, then: None, or_else: None }),
        1 => Just(Statement::Fail),
        1 => (1..3_u32, 1..4_u32).prop_map(|(times, number)| Statement::Loop(times, number)),
    ];
    leaf.prop_recursive(3, 10, 2, move |inner| {
        let body = || prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            4 => (1..4_u32, only(), body(), prop::option::weighted(0.2, body())).prop_map(
                |(number, only, then, or_else)| Statement::Step { number, only, then: Some(then), or_else }
            ),
            3 => (condition(), body(), body()).prop_map(|(when, yes, no)| Statement::If(when, yes, no)),
            1 => (body(), body()).prop_map(|(yes, no)| Statement::Ask(yes, no)),
        ]
    })
}

fn script() -> impl Strategy<Value = Option<String>> {
    // Most begin as scripts do: with the first step and what follows it.
    let follow = prop::collection::vec(statement(), 0..3);
    let usual = follow.prop_map(|then| {
        vec![Statement::Step {
            number: 1,
            only: None,
            then: Some(then),
            or_else: None,
        }]
    });
    let any = prop::collection::vec(statement(), 0..3);
    let body = prop_oneof![3 => usual, 1 => any];
    let source = body.prop_map(|body| {
        let body = block(&body);
        let ask = if body.contains("ask(") || body.contains("answer") {
            ASK
        } else {
            ""
        };
        format!("{ask}var onLoginRequest = function (context) {{\n{body}}};\n")
    });
    prop::option::weighted(0.85, source)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let first = prop_oneof![
        3 => Just(AuthOption::Password),
        2 => Just(AuthOption::Passkey),
        4 => (0..3_usize).prop_map(|n| AuthOption::Connection(handle(n))),
    ];
    let later = prop_oneof![
        3 => Just(AuthOption::Totp),
        2 => Just(AuthOption::EmailOtp),
        2 => Just(AuthOption::BackupCode),
        2 => Just(AuthOption::Passkey),
        1 => Just(AuthOption::Password),
        2 => (0..3_usize).prop_map(|n| AuthOption::Connection(handle(n))),
    ];
    let step = |options: std::collections::BTreeSet<AuthOption>| Step {
        options: options.into_iter().collect(),
    };
    let one = prop::collection::btree_set(first, 1..4).prop_map(step);
    let others = prop::collection::vec(prop::collection::btree_set(later, 1..4).prop_map(step), 0..3);
    (one, others).prop_map(|(one, others)| std::iter::once(one).chain(others).collect())
}

fn handle(number: usize) -> Handle {
    HANDLES[number].parse().expect("a handle")
}

fn facts() -> impl Strategy<Value = Vec<ConnectionFacts>> {
    let one = (
        prop::bool::weighted(0.9),
        any::<bool>(),
        any::<bool>(),
        prop::bool::weighted(0.4),
        prop::bool::weighted(0.3),
    );
    prop::collection::vec(one, 3).prop_map(|all| {
        type Settings = (bool, bool, bool, bool, bool);
        let fact = |(number, settings): (usize, Settings)| {
            let (enabled, jit, otp_to_asserted_email, factors_without_account, trusts_factors) = settings;
            ConnectionFacts {
                handle: handle(number),
                display_name: HANDLES[number].to_uppercase(),
                enabled,
                jit,
                otp_to_asserted_email,
                factors_without_account,
                trusts_factors,
            }
        };
        all.into_iter().enumerate().map(fact).collect()
    })
}

/// One state of the world: what a script may ask, whether the account is linked to other connections, whether the
/// person has a verified address, and which providers say that they checked a second factor.
#[derive(Debug, Clone)]
struct World {
    groups: [bool; 2],
    place: Option<&'static str>,
    /// What another server says; `None` where it does not answer.
    risk: Option<&'static str>,
    is_linked: bool,
    /// Whether the mail server and the limits let a letter leave.
    mailed: bool,
    mailbox: bool,
    words: [bool; 3],
}

/// Every world that can make a difference to this flow.
fn worlds(flow: &SignInFlow, facts: &[ConnectionFacts]) -> Vec<World> {
    let asks = |what: &str| flow.script.as_ref().is_some_and(|source| source.contains(what));
    let (groups, places) = (asks("isMember"), asks("x-place"));
    let mails = flow.offers(&AuthOption::EmailOtp);
    let risks: &[Option<&'static str>] = if asks("httpGet") {
        &[None, Some("high"), Some("other")]
    } else {
        &[None]
    };
    let mut all = Vec::new();
    for number in 0..48_u8 {
        let (number, mailbox) = (number / 2, number & 1 != 0);
        if (number & 3 != 0 && !groups) || (number >= 8 && !places) || (mailbox && !mails) {
            continue;
        }
        for words in words(flow, facts) {
            let mailed = [false, true].into_iter().filter(|mailed| !mailed || asks("sendEmail"));
            let answers = mailed.flat_map(|mailed| risks.iter().map(move |risk| (mailed, risk)));
            all.extend(answers.map(|(mailed, risk)| World {
                groups: [number & 1 != 0, number & 2 != 0],
                place: [None, Some("office"), Some("home")][usize::from(number / 8)],
                risk: *risk,
                is_linked: number & 4 != 0,
                mailed,
                mailbox,
                words,
            }));
        }
    }
    all
}

/// What the providers can say, where it can make a difference.
fn words(flow: &SignInFlow, facts: &[ConnectionFacts]) -> Vec<[bool; 3]> {
    let matters = |number: usize| {
        let offered = flow.offers(&AuthOption::Connection(facts[number].handle.clone()));
        facts[number].trusts_factors && offered && flow.steps.iter().any(Step::only_confirms)
    };
    let of = |bits: usize| std::array::from_fn(|number| bits & (1 << number) != 0);
    let possible = |said: &[bool; 3]| (0..3).all(|number| !said[number] || matters(number));
    (0..8).map(of).filter(possible).collect()
}

/// How a person fares in one world, whatever they choose.
#[derive(Debug, Default)]
struct Fared {
    comes_in: bool,
    gets_through: bool,
    /// Stopped because a step needs an account they do not have.
    lacks_account: bool,
    /// Stopped because a code goes by email and they have no verified address.
    lacks_address: bool,
    /// The ways they went, and where each ended.
    ways: BTreeSet<(Vec<(u32, AuthOption)>, Place)>,
}

struct Case<'a> {
    flow: &'a SignInFlow,
    facts: &'a [ConnectionFacts],
    world: &'a World,
    entry: &'a AuthOption,
    engine: &'a mut Remembering,
}

/// Runs each script once with the same answers: of the many people of a case most are told apart by few of them.
#[derive(Default)]
struct Remembering {
    engine: Engine,
    runs: BTreeMap<String, Run>,
}

impl ScriptEngine for Remembering {
    fn run(&mut self, source: &str, events: &[Event]) -> Run {
        let key = serde_json::to_string(&(source, events)).expect("events are JSON");
        let run = || self.engine.run(source, events);
        self.runs.entry(key).or_insert_with(run).clone()
    }
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

impl Case<'_> {
    fn demands(&self) -> Demands<'_> {
        Demands {
            flow: self.flow,
            required_claims: &[],
        }
    }

    fn run(&mut self) -> Fared {
        let end = NOW + Duration::minutes(15);
        let begun = match self.flow.script {
            Some(_) => SignIn::begin_with_script(end, String::new()),
            None => SignIn::begin(end),
        };
        let mut fared = Fared::default();
        self.follow(begun, &mut vec![], &mut fared);
        fared
    }

    /// Tries every choice of the person.
    fn follow(&mut self, state: SignIn, taken: &mut Vec<(u32, AuthOption)>, fared: &mut Fared) {
        match state {
            SignIn::AwaitingScript(awaiting) => {
                let source = self.flow.script.clone().expect("a script");
                let mut awaiting = awaiting;
                loop {
                    let run = self.engine.run(&source, awaiting.progress().events());
                    match awaiting.proceed(run.end, &self.demands(), NOW).expect("alive") {
                        Proceeded::Next(next) => return self.follow(*next, taken, fared),
                        Proceeded::Ask(asking, question) => {
                            let answer = self.answer(&question, asking.progress());
                            awaiting = asking.tell(question, answer);
                        }
                    }
                }
            }
            SignIn::Choosing(choosing) => {
                let options: Vec<AuthOption> = choosing.options(self.flow).into_iter().cloned().collect();
                for option in options {
                    if taken.is_empty() && option != *self.entry {
                        continue;
                    }
                    if let Some(next) = self.pass(&choosing, &option) {
                        fared.comes_in = true;
                        taken.push((choosing.step() + 1, option.clone()));
                        self.follow(next, taken, fared);
                        taken.pop();
                    } else if taken.is_empty() {
                        fared.comes_in = true;
                    }
                }
            }
            SignIn::Completed(_) => {
                fared.ways.insert((taken.clone(), Place::SignedIn));
                fared.gets_through = true;
            }
            SignIn::Denied(denied) => {
                // A script that ends before anybody has chosen anything stops everybody.
                fared.comes_in = true;
                fared.ways.extend(end_of(&denied).map(|end| (taken.clone(), end)));
                fared.lacks_account |= denied.reason == Denial::NeedsAccount;
                fared.lacks_address |= denied.reason == Denial::NoVerifiedAddress;
            }
            SignIn::AwaitingFederation(_)
            | SignIn::Noting(_)
            | SignIn::AwaitingProof(_)
            | SignIn::AwaitingAttributes(_) => {
                panic!("not reached in these cases")
            }
        }
    }

    fn answer(&self, question: &Question, progress: &Progress) -> Value {
        let arg = |index: usize| question.args.get(index).cloned().unwrap_or_default();
        match question.call.as_str() {
            "user.known" => json!(progress.person().is_some()),
            "step" => {
                let mut passed = progress.passed().iter().rev();
                let passed = passed.find(|passed| json!(passed.step + 1) == arg(0));
                json!(names(&passed.expect("passed").evidence.option).0)
            }
            "groups.any" => {
                let wanted = arg(1);
                let is_in = GROUPS.iter().zip(self.world.groups).any(|(group, is_in)| {
                    is_in && wanted.as_array().is_some_and(|wanted| wanted.contains(&json!(group)))
                });
                json!(is_in)
            }
            "request.header" => json!(self.world.place),
            MAIL_QUESTION => {
                let has_account = progress.person().and_then(Person::account).is_some();
                json!(self.world.mailed && has_account && !progress.passed().is_empty())
            }
            "http" => match self.world.risk {
                Some(risk) => answered(&json!({"risk": risk})),
                None => failed("nobody answers", &json!({}), false),
            },
            other => panic!("{other} is not asked in these cases"),
        }
    }

    /// What is known of the person.
    fn claims(&self) -> Claims {
        let address = [
            ("email".to_owned(), json!("person@example.com")),
            ("email_verified".to_owned(), json!(true)),
        ];
        address.into_iter().filter(|_| self.world.mailbox).collect()
    }

    fn connection(&self, handle: &Handle) -> Option<(usize, Connection)> {
        let number = HANDLES.iter().position(|known| *known == handle.as_str())?;
        let facts = &self.facts[number];
        let draft: ConnectionDraft = serde_json::from_value(json!({
            "handle": handle, "display_name": "Provider", "enabled": facts.enabled,
            "oidc": {"issuer": "https://idp.example.com", "client_id": "us", "client_secret": "hush"},
            "jit": {"enabled": facts.jit}, "otp_to_asserted_email": facts.otp_to_asserted_email,
            "factors_without_account": facts.factors_without_account,
            "trusted_amr": if facts.trusts_factors { vec!["mfa"] } else { vec![] },
        }))
        .expect("a draft");
        let id = ConnectionId::from_random([u8::try_from(number).expect("small"); 16]);
        Some((number, draft.create(id, NOW).expect("valid")))
    }

    /// The moves of the server, with the database answered by the world. `None` when the person is not let on.
    fn pass(&self, choosing: &Choosing, option: &AuthOption) -> Option<SignIn> {
        let demands = self.demands();
        let person = choosing.progress().person().cloned();
        match option {
            AuthOption::Password => {
                let account = person
                    .as_ref()
                    .map_or(Some(account(9)), |person| person.account().cloned())?;
                let accepted = PasswordAccepted {
                    account,
                    sub: "sub".into(),
                    status: AccountStatus::Active,
                    mailbox: verified_email(&self.claims()).is_some(),
                    claims: self.claims(),
                };
                choosing.clone().accept(accepted, &demands, NOW).ok()
            }
            AuthOption::Passkey => {
                let owner = person
                    .as_ref()
                    .map_or(Some(FactorOwner::Account(account(9))), Person::factor_owner)?;
                let accepted = PasskeyAccepted {
                    owner,
                    sub: "sub".into(),
                    status: AccountStatus::Active,
                    mailbox: verified_email(&self.claims()).is_some(),
                    claims: self.claims(),
                    key: KeyUse {
                        verified: true,
                        synced: false,
                    },
                };
                choosing.clone().accept_passkey(accepted, &demands, NOW).ok()
            }
            AuthOption::Totp | AuthOption::EmailOtp | AuthOption::BackupCode => {
                let accepted = FactorAccepted {
                    option: option.clone(),
                    person: person?,
                    claims: Claims::new(),
                };
                let takes_codes = choosing.check_factor_offered(&AuthOption::BackupCode, self.flow, NOW);
                if option.stands_alone_as_second() && takes_codes.is_ok() {
                    let noting = choosing.clone().note(accepted, self.flow, NOW).ok()?;
                    return noting.go_on(&demands, NOW).ok();
                }
                choosing.clone().confirm(accepted, &demands, NOW).ok()
            }
            AuthOption::Connection(handle) => self.federated(choosing, handle, person.as_ref()),
        }
    }

    fn federated(&self, choosing: &Choosing, handle: &Handle, person: Option<&Person>) -> Option<SignIn> {
        let (number, connection) = self.connection(handle).filter(|(_, connection)| connection.enabled)?;
        let text = || SecretText::new("x");
        let outbound = Outbound {
            connection: connection.id.clone(),
            handle: handle.clone(),
            state: text(),
            nonce: text(),
            code_verifier: text(),
            max_age_seconds: None,
        };
        let away = choosing.clone().leave(outbound, self.flow, NOW).ok()?;
        let assertion = VerifiedAssertion {
            connection: connection.id.clone(),
            issuer: "https://idp.example.com".into(),
            subject: format!("subject-{number}"),
            claims: self.claims(),
            acr: None,
            amr: vec![if self.world.words[number] { "mfa" } else { "pwd" }.to_owned()],
            auth_time: None,
        };
        let federated = away.receive(assertion, NOW).ok()?;
        // A new person is linked to the connection they came in by, once it has made an account; an account may be
        // linked to others.
        let made = account(u8::try_from(number).expect("small"));
        let linked = match person.and_then(Person::account) {
            Some(id) if *id == made || self.world.is_linked => Some(id.clone()),
            Some(_) | None => None,
        };
        let linked = linked.map(|account| Found {
            account,
            status: AccountStatus::Active,
        });
        let key = federated.link_key();
        let next = match federated.resolve(&connection, linked, None) {
            Resolution::SignIn { account, .. } => Person::Account {
                sub: "sub".into(),
                id: account,
                fresh: None,
                mailbox: self.world.mailbox,
            },
            Resolution::Provision => Person::Account {
                sub: "sub".into(),
                id: made,
                fresh: None,
                mailbox: self.world.mailbox,
            },
            Resolution::PassThrough => Person::passing(key, "sub".into(), self.claims(), &connection, || account(8)),
            Resolution::Link(_) | Resolution::AskForProof(_) | Resolution::Deny(_) => return None,
        };
        federated
            .pass(next, &self.claims(), &connection, &self.demands(), NOW)
            .ok()
    }
}

fn account(number: u8) -> AccountId {
    AccountId::from_random([number; 16])
}

/// Where the picture ends such a way; `None` where it tells more than is known here.
fn end_of(denied: &Denied) -> Option<Place> {
    let step = denied.step + 1;
    match denied.reason {
        Denial::NeedsAccount => Some(Place::NeedsAccount { step }),
        Denial::NoVerifiedAddress => Some(Place::NoAddress { step }),
        Denial::NoOptionLeft => Some(Place::Closed { step }),
        Denial::Incomplete => Some(Place::NobodyKnown),
        Denial::ScriptFailed(_) => Some(Place::ScriptFails),
        Denial::ByScript
        | Denial::AccountExists
        | Denial::NotActive(_)
        | Denial::AnotherPerson
        | Denial::PasskeyCopied
        | Denial::EnrolmentRefused => None,
    }
}

/// How people fare in all worlds.
#[derive(Default)]
struct Tally {
    /// Worlds in which they can come in, and those of them in which they get through.
    came: usize,
    through: usize,
    /// Whether they are stopped anywhere for want of an account, of a verified address.
    lacked_account: bool,
    lacked_address: bool,
    ways: BTreeSet<(Vec<(u32, AuthOption)>, Place)>,
}

/// `entries` are the options that people of one origin come in by.
fn simulate(flow: &SignInFlow, facts: &[ConnectionFacts], entries: &[AuthOption]) -> Tally {
    let mut tally = Tally::default();
    let mut engine = Remembering::default();
    let all = worlds(flow, facts);
    for (world, entry) in all
        .iter()
        .flat_map(|world| entries.iter().map(move |entry| (world, entry)))
    {
        let mut case = Case {
            flow,
            facts,
            world,
            entry,
            engine: &mut engine,
        };
        let mut fared = case.run();
        if fared.comes_in {
            tally.came += 1;
            tally.through += usize::from(fared.gets_through);
            tally.lacked_account |= fared.lacks_account && !fared.gets_through;
            tally.lacked_address |= fared.lacks_address && !fared.gets_through;
        }
        tally.ways.append(&mut fared.ways);
    }
    tally
}

fn compare(flow: &SignInFlow, facts: &[ConnectionFacts]) -> Result<(), TestCaseError> {
    let analysis = analyse(flow, facts, &mut Engine::default());
    if analysis.truncated {
        let says_so = analysis
            .findings
            .iter()
            .any(|f| f.code == FindingCode::NotFullyExplored);
        prop_assert!(says_so, "silence would be a promise: {:?}", analysis);
        return Ok(());
    }
    let mut entries: BTreeMap<String, Vec<AuthOption>> = BTreeMap::new();
    for option in flow
        .steps
        .iter()
        .flat_map(|step| &step.options)
        .filter(|option| !option.is_second())
    {
        let of_origin = entries.entry(names(option).0.to_owned()).or_default();
        if !of_origin.contains(option) {
            of_origin.push(option.clone());
        }
    }
    for (name, ways) in &entries {
        let entry = &ways[0];
        let Tally {
            came,
            through,
            lacked_account: lacked,
            lacked_address,
            ways: gone,
        } = simulate(flow, facts, ways);
        let verdict = analysis.verdicts.get(name).copied();
        let want = match (came, through) {
            (0, _) => None,
            (came, through) if came == through => Some(Verdict::Works),
            (_, 0) => Some(Verdict::Breaks),
            (_, _) => Some(Verdict::Depends),
        };
        let told = || {
            format!(
                "{name}: {came} came, {through} got through\n{:#?}\n{}",
                analysis,
                source(flow)
            )
        };
        prop_assert_eq!(verdict, want, "{}", told());
        let stops = want != Some(Verdict::Works);
        let no_address = is_said(&analysis, entry, &[FindingCode::NoVerifiedAddress]);
        prop_assert!(
            !no_address || (lacked_address && stops),
            "no address is missing: {}",
            told()
        );
        let announced = is_said(
            &analysis,
            entry,
            &[FindingCode::JitOffFactor, FindingCode::JitOffFactorSome],
        );
        prop_assert!(
            !announced || (lacked && stops),
            "announced, but nobody is stopped so: {}",
            told()
        );
        for (taken, end) in gone.iter().filter(|_| !analysis.picture.cut) {
            let is_drawn = walk::has(&analysis.picture, facts, taken, end);
            prop_assert!(is_drawn, "not drawn: {:?} to {:?}: {}", taken, end, told());
        }
        prop_assert!(no_address || !lacked_address || !stops, "not announced: {}", told());
        prop_assert!(announced || !lacked || !stops, "not announced: {}", told());
    }
    Ok(())
}

fn is_said(analysis: &Analysis, entry: &AuthOption, codes: &[FindingCode]) -> bool {
    analysis
        .findings
        .iter()
        .any(|finding| codes.contains(&finding.code) && finding.connection.as_ref() == entry.connection())
}

fn source(flow: &SignInFlow) -> String {
    let steps: Vec<String> = flow
        .steps
        .iter()
        .map(|step| {
            step.options
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" | ")
        })
        .collect();
    format!("{steps:?}\n{}", flow.script.as_deref().unwrap_or("no script"))
}

fn cases() -> u32 {
    let more = std::env::var("DOORWARD_TRUTH_CASES").ok();
    more.and_then(|number| number.parse().ok()).unwrap_or(2_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases().div_ceil(2), max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_the_analyser_says_is_what_happens(steps in steps(), script in script(), facts in facts()) {
        compare(&SignInFlow { steps, script }, &facts)?;
    }

    // The other half of the cases, by other chances, on another core.
    #[test]
    fn what_happens_is_what_the_analyser_says(steps in steps(), script in script(), facts in facts()) {
        compare(&SignInFlow { steps, script }, &facts)?;
    }
}
