//! Random scripts: what they look at, and what they do about it.

use proptest::prelude::*;

use crate::flows::GROUPS;

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
    /// Whether the person is or becomes the owner of an account that the script names.
    Linked,
    /// What was typed into a form, if there was one by then.
    Typed(&'static str),
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
            Self::Linked => "doAssociationWithLocalUser(context.currentKnownSubject, 'clerk', '', '')".to_owned(),
            Self::Typed(value) => format!("(typed && typed.city === '{value}')"),
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
        1 => Just(Condition::Linked),
        1 => Just(Condition::Typed("bern")),
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
    /// Lets people fail a step so many times before something else is done.
    Again(u32, u32, Vec<Statement>),
    /// Asks another server, once in a sign-in.
    Ask(Vec<Statement>, Vec<Statement>),
    /// Shows a form, once in a sign-in; whether it can be left out, too.
    Form(Vec<Statement>, Option<Vec<Statement>>),
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

/// Stands before scripts that show a form.
const FORM: &str = "var typed;
function form(yes, no) {
    if (typed) { return typed.sent ? yes() : no && no(); }
    var sent = function (context) {
        typed = { sent: true, get city() { return context.request.params.city[0]; } };
        yes();
    };
    var left = function () { typed = { sent: false }; no(); };
    prompt('genericForm', { inputs: [{ id: 'city', label: 'City' }] }, no ? { onSuccess: sent, onFail: left } : { onSuccess: sent });
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
            Self::Form(yes, no) => {
                let no = no.as_ref().map(|no| format!(", function () {{ {} }}", block(no)));
                format!("form(function () {{ {} }}{});\n", block(yes), no.unwrap_or_default())
            }
            Self::Again(times, number, at_last) => (0..*times).fold(block(at_last), |inner, _| {
                format!("executeStep({number}, {{ onFail: function (context) {{ {inner} }} }});\n")
            }),
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
            1 => (prop_oneof![9 => 1..4_u32, 1 => Just(4)], 1..4_u32, body()).prop_map(|(times, number, at_last)| Statement::Again(times, number, at_last)),
            1 => (body(), body()).prop_map(|(yes, no)| Statement::Ask(yes, no)),
            1 => (body(), prop::option::of(body())).prop_map(|(yes, no)| Statement::Form(yes, no)),
        ]
    })
}

pub fn script() -> impl Strategy<Value = Option<String>> {
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
        let form = if body.contains("form(") || body.contains("typed") {
            FORM
        } else {
            ""
        };
        format!("{ask}{form}var onLoginRequest = function (context) {{\n{body}}};\n")
    });
    prop::option::weighted(0.85, source)
}
