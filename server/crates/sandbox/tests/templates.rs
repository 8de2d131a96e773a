//! The scripts of templates mean what their forms say, in the engine that runs sign-ins and for the analyser.

use doorward_domain::analysis::{ConnectionFacts, analyse};
use doorward_domain::finding::{FindingCode, Severity};
use doorward_domain::flow::SignInFlow;
use doorward_domain::script::{Effect, Event, Question, RunEnd, ScriptEngine, StepOutcome};
use doorward_domain::script_form;
use doorward_domain::template::{Asked, Form, Kind, Membership};
use doorward_sandbox::Engine;
use serde_json::{Value, json};

/// What the world answers: the call with its last argument in front, such as `request ip`.
type World<'a> = &'a [(&'a str, Value)];

/// The steps a sign-in takes when every one is passed, and how it ends.
fn take(source: &str, world: World<'_>) -> (Vec<u32>, RunEnd, Vec<Effect>) {
    let mut engine = Engine::default();
    let (mut events, mut steps) = (vec![], vec![]);
    loop {
        let run = engine.run(source, &events);
        match run.end {
            RunEnd::Step(request) => {
                steps.push(request.step);
                events.push(Event::Stepped(request.step, StepOutcome::Success));
            }
            RunEnd::Ask { question, .. } => {
                let answer = answer(&question, world);
                events.push(Event::Told(question, answer));
            }
            end => return (steps, end, run.effects),
        }
        assert!(events.len() < 50, "{source}");
    }
}

fn answer(question: &Question, world: World<'_>) -> Value {
    let last = question.args.iter().rev().find_map(Value::as_str).unwrap_or_default();
    let name = format!("{} {last}", question.call);
    let known = world
        .iter()
        .find(|(call, _)| *call == name.trim() || *call == question.call);
    match known {
        Some((_, answer)) => answer.clone(),
        None if question.call == "user.known" => json!(true),
        None => panic!("nobody said what {name} is"),
    }
}

fn form(kind: Kind, change: impl FnOnce(&mut Form)) -> Form {
    let mut form = Form {
        kind,
        ..Form::default()
    };
    change(&mut form);
    form
}

fn source(form: &Form, steps: u32) -> String {
    form.read(steps).expect("filled in").source(steps)
}

fn steps(form: &Form, world: World<'_>) -> Vec<u32> {
    let (steps, end, _) = take(&source(form, 3), world);
    assert_eq!(end, RunEnd::Done, "{world:?}");
    steps
}

fn is_refused(form: &Form, world: World<'_>) -> bool {
    let (steps, end, _) = take(&source(form, 3), world);
    let refused = matches!(end, RunEnd::Fail { .. });
    assert_eq!(steps.len(), if refused { 1 } else { 3 }, "{world:?}: {end:?}");
    refused
}

#[test]
fn a_sign_in_option_decides() {
    let of = |asked: Asked| {
        form(Kind::SignInOption, |form| {
            form.names = ["LOCAL", "acme"].map(str::to_owned).into();
            form.asked = asked;
        })
    };
    for (idp, named) in [("LOCAL", true), ("acme", true), ("other", false), ("acm", false)] {
        let world = [("step idp", json!(idp))];
        let (with, without) = (vec![1, 2, 3], vec![1, 3]);
        let (only_named, only_others) = if named { (&with, &without) } else { (&without, &with) };
        assert_eq!(&steps(&of(Asked::Named), &world), only_named, "{idp}");
        assert_eq!(&steps(&of(Asked::Others), &world), only_others, "{idp}");
    }
}

#[test]
fn groups_decide() {
    let of = |membership: Membership| {
        form(Kind::Group, |form| {
            form.groups = "staff\nowners".into();
            form.membership = membership;
            form.step = 3;
        })
    };
    for member in [true, false] {
        let world = [("groups.any", json!(member))];
        let (with, without) = (vec![1, 2, 3], vec![1, 2]);
        let (asked, spared) = if member { (&with, &without) } else { (&without, &with) };
        assert_eq!(&steps(&of(Membership::Asks(Asked::Named)), &world), asked, "{member}");
        assert_eq!(&steps(&of(Membership::Asks(Asked::Others)), &world), spared, "{member}");
        assert_eq!(is_refused(&of(Membership::LetsIn), &world), !member);
    }
    let mut engine = Engine::default();
    let asked = engine.run(
        &source(&of(Membership::LetsIn), 1),
        &[
            Event::Stepped(1, StepOutcome::Success),
            Event::Told(
                Question {
                    call: "user.known".into(),
                    args: vec![],
                },
                json!(true),
            ),
        ],
    );
    let RunEnd::Ask { question, .. } = asked.end else {
        panic!("{asked:?}");
    };
    assert_eq!(question.args[1], json!(["staff", "owners"]));
}

#[test]
fn a_network_decides() {
    let form = form(Kind::Network, |form| {
        form.networks = "203.0.113.0/24\n198.51.100.7\n2001:db8:0:5::/64\n2001:db8:1::9\n10.0.0.0/7".into();
    });
    for (address, inside) in [
        ("203.0.113.0", true),
        ("203.0.113.9", true),
        ("203.0.113.255", true),
        ("203.0.114.0", false),
        ("203.0.112.255", false),
        ("203.0.11.30", false),
        ("20.30.113.9", false),
        ("198.51.100.7", true),
        ("198.51.100.70", false),
        ("11.255.255.255", true),
        ("12.0.0.0", false),
        ("9.255.255.255", false),
        ("::ffff:203.0.113.9", true),
        ("::ffff:203.0.114.9", false),
        ("2001:db8:0:5::", true),
        ("2001:db8:0:5:ffff:1::9", true),
        ("2001:db8:0:5:ffff:ffff:ffff:ffff", true),
        ("2001:db8:0:6::1", false),
        ("2001:db8:1::9", true),
        ("2001:db8:1::9:0", false),
        ("::1", false),
        ("::", false),
        ("", false),
        ("something-else", false),
    ] {
        let want = if inside { vec![1, 3] } else { vec![1, 2, 3] };
        assert_eq!(steps(&form, &[("request ip", json!(address))]), want, "{address}");
    }
}

#[test]
fn a_device_is_remembered() {
    let form = form(Kind::NewDevice, |form| form.days = "7".into());
    let who = ("user uniqueId", json!("person-1"));
    for (cookie, asked) in [
        (json!(null), true),
        (json!("person-2"), true),
        (json!("person-1"), false),
    ] {
        let (steps, end, effects) = take(&source(&form, 2), &[who.clone(), ("cookie device", cookie.clone())]);
        assert_eq!(end, RunEnd::Done);
        assert_eq!(steps, if asked { vec![1, 2] } else { vec![1] }, "{cookie}");
        let kept = Effect::SetCookie {
            name: "device".into(),
            value: "person-1".into(),
            max_age_seconds: Some(7 * 24 * 60 * 60),
        };
        let want = if asked { vec![kept] } else { vec![] };
        assert_eq!(effects, want, "only who passed the step is remembered");
    }
}

#[test]
fn age_decides() {
    let form = form(Kind::Age, |_| {});
    // 25 November 2026, noon.
    let now = ("now", json!(1_795_608_000_000_i64));
    for (born, refused) in [
        (json!("2008-11-25"), false),
        (json!("2008-11-26"), true),
        (json!("2008-11-24"), false),
        (json!("1950-01-01"), false),
        (json!("2027-01-01"), true),
        (json!(null), true),
        (json!(""), true),
        (json!("1990"), true),
        (json!("0000-05-01"), true),
        (json!("01.05.1990"), true),
        (json!("1990-05-01T00:00:00Z"), true),
        (json!(["1990-05-01"]), false),
        (json!({"year": 1990}), true),
        (json!(19_900_501), true),
    ] {
        let world = [now.clone(), ("user.claim birthdate", born.clone())];
        assert_eq!(is_refused(&form, &world), refused, "{born}");
    }
}

#[test]
fn sessions_decide() {
    let form = form(Kind::Sessions, |form| form.sessions = "2".into());
    for (count, asked) in [(0, false), (1, false), (2, true), (3, true)] {
        let sessions: Vec<Value> = (0..count).map(|_| json!({"userAgent": "a browser"})).collect();
        let want = if asked { vec![1, 2, 3] } else { vec![1, 3] };
        assert_eq!(steps(&form, &[("sessions", json!(sessions))]), want, "{count}");
    }
}

#[test]
fn who_is_signed_in_too_often_says_where_to_leave() {
    let form = form(Kind::EndSessions, |form| form.sessions = "2".into());
    let source = source(&form, 2);
    let known = |call: &str, args: Value, answer: Value| {
        let args = args.as_array().expect("a list").clone();
        let call = call.to_owned();
        Event::Told(Question { call, args }, answer)
    };
    let after = |count: usize, more: Vec<Event>| {
        let session = |n: usize| json!({"id": format!("ses_{n}"), "userAgent": "a browser", "loginTime": 1000});
        let sessions: Vec<Value> = (0..count).map(session).collect();
        let passed = [1, 2].map(|step| Event::Stepped(step, StepOutcome::Success));
        let told = known("sessions", json!(["known"]), json!(sessions));
        let events: Vec<Event> = passed.into_iter().chain([told]).chain(more).collect();
        Engine::default().run(&source, &events).end
    };
    for count in [0, 1] {
        assert_eq!(after(count, vec![]), RunEnd::Done, "{count}");
    }
    let asked = |count: usize| match after(count, vec![]) {
        RunEnd::Ask { question, .. } => question,
        other => panic!("{count} and this one are too many: {other:?}"),
    };
    let shown = |count: usize| {
        let page = script_form::Form::of(&asked(count)).expect("a form");
        (page.inputs.len(), page.sessions.map(|too_many| too_many.least_ended))
    };
    assert_eq!(shown(3), (3, Some(2)));
    assert_eq!(shown(25), (20, Some(19)), "those without a place go as well");
    let chosen = json!({"ok": true, "params": {"ses_0": "on", "ses_1": "", "ses_2": "on"}});
    let sent = || Event::Told(asked(3), chosen.clone());
    let end = |id: &str| known("session.end", json!(["known", id]), json!(true));
    assert_eq!(after(3, vec![sent(), end("ses_0"), end("ses_2")]), RunEnd::Done);
    let RunEnd::Ask { question, .. } = after(3, vec![sent()]) else {
        panic!("they are ended");
    };
    assert_eq!(
        (question.call.as_str(), &question.args[1]),
        ("session.end", &json!("ses_0"))
    );
}

fn filled() -> Vec<Form> {
    let fill = |kind: Kind| {
        form(kind, |form| {
            form.names.insert("LOCAL".into());
            form.groups = "staff".into();
            form.networks = "203.0.113.0/24\n2001:db8::/32".into();
            if kind == Kind::EndSessions {
                // More browsers than the page has places for.
                form.sessions = "40".into();
            }
        })
    };
    Kind::ALL.into_iter().map(fill).collect()
}

#[test]
fn every_template_lets_somebody_through() {
    let world = [
        ("step idp", json!("LOCAL")),
        ("groups.any", json!(true)),
        ("request ip", json!("192.0.2.1")),
        ("user uniqueId", json!("person-1")),
        ("cookie device", json!(null)),
        // 25 November 2026, noon.
        ("now", json!(1_795_608_000_000_i64)),
        ("user.claim birthdate", json!("1990-05-01")),
        ("sessions", json!([])),
    ];
    for form in filled() {
        let (steps, end, _) = take(&source(&form, 2), &world);
        assert_eq!((steps.first(), end), (Some(&1), RunEnd::Done), "{:?}", form.kind);
    }
}

#[test]
fn the_analyser_follows_every_template_to_its_end() {
    let connections = [ConnectionFacts {
        handle: "acme".parse().expect("a handle"),
        display_name: "Acme".into(),
        enabled: true,
        jit: true,
        otp_to_asserted_email: false,
        factors_without_account: false,
        trusts_factors: false,
        may_link: true,
    }];
    for form in filled() {
        let flow = json!({"steps": [{"options": ["password", "connection:acme"]}, {"options": ["totp"]}],
            "script": source(&form, 2)});
        let flow: SignInFlow = serde_json::from_value(flow).expect("a flow");
        let analysis = analyse(&flow, &connections, &mut Engine::default());
        let kind = form.kind;
        assert!(!analysis.truncated, "{kind:?}: {:?}", analysis.findings);
        for finding in &analysis.findings {
            assert!(finding.severity < Severity::Error, "{kind:?}: {finding:?}");
            assert!(
                !matches!(
                    finding.code,
                    FindingCode::UnreachableStep | FindingCode::ScriptError | FindingCode::DeadEnd
                ),
                "{kind:?}: {finding:?}"
            );
        }
    }
}

#[test]
fn s40_what_is_typed_stays_a_value() {
    let hostile = [
        "'",
        "\"",
        "\\",
        "\\'",
        "'); executeStep(9); ('",
        "']; throw 1; //",
        "*/ throw 1; /*",
        "${executeStep(9)}",
        "`",
        "</script><script>alert(1)</script>",
        "<!--",
        "\u{2028}executeStep(9)",
        "\u{85}executeStep(9)",
        "a\u{0}b",
        "\u{202e}gnp.exe",
        "// nothing",
        "Bücher 🗝",
    ];
    for text in hostile {
        let groups = form(Kind::Group, |form| {
            form.groups = text.into();
            form.membership = Membership::LetsIn;
        });
        let script = source(&groups, 1);
        assert!(!script.contains("</") && !script.contains("<!"), "{script}");
        assert_eq!(script.lines().count(), source(&plain(), 1).lines().count(), "{script}");
        assert_eq!(asked_for(&script), json!([text.trim()]), "{script}");
        let options = form(Kind::SignInOption, |form| {
            form.names.insert(text.to_owned());
        });
        assert_eq!(steps(&options, &[("step idp", json!(text))]), [1, 2, 3], "{text}");
        assert_eq!(steps(&options, &[("step idp", json!("LOCAL"))]), [1, 3], "{text}");
        let network = form(Kind::Network, |form| form.networks = text.into());
        assert!(network.read(2).is_err(), "{text}");
    }
    let lines = form(Kind::Group, |form| {
        form.groups = "one\r\ntwo'\nthree\\".into();
        form.membership = Membership::LetsIn;
    });
    assert_eq!(asked_for(&source(&lines, 1)), json!(["one", "two'", "three\\"]));
}

fn plain() -> Form {
    form(Kind::Group, |form| {
        form.groups = "plain".into();
        form.membership = Membership::LetsIn;
    })
}

/// The groups a script asks for in the end.
fn asked_for(source: &str) -> Value {
    let mut events = vec![Event::Stepped(1, StepOutcome::Success)];
    loop {
        match Engine::default().run(source, &events).end {
            RunEnd::Ask { question, .. } if question.call == "groups.any" => return question.args[1].clone(),
            RunEnd::Ask { question, .. } => events.push(Event::Told(question, json!(true))),
            other => panic!("{other:?}: {source}"),
        }
    }
}
