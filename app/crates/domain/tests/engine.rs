//! No order of events gets anybody in without every step, with a mixture of people, or after the end of time.

use chrono::Duration;
use doorward_domain::account::{AccountStatus, verified_email};
use doorward_domain::assurance::{Evidence, KeyUse};
use doorward_domain::connection::{Connection, ConnectionDraft};
use doorward_domain::engine::{
    Demands, Denial, FactorAccepted, Federated, Next, Outbound, PasskeyAccepted, PasswordAccepted, Person, Refused,
    Resolution, SignIn, covers, decide,
};
use doorward_domain::flow::{AuthOption, SignInFlow, Step};
use doorward_domain::holder::FactorOwner;
use doorward_domain::id::{AccountId, ConnectionId};
use doorward_domain::jit::{Found, LinkPolicy};
use doorward_domain::secret::SecretText;
use doorward_domain::subject::VerifiedAssertion;
use doorward_domain::text::Handle;
use doorward_domain::{Claims, Timestamp};
use proptest::prelude::*;
use serde_json::json;

/// One thing that happens to a transaction, in any order, whatever state it is in.
#[derive(Debug, Clone)]
enum Event {
    Password {
        account: u8,
        status: AccountStatus,
    },
    Passkey {
        account: u8,
        verified: bool,
    },
    Leave {
        connection: u8,
    },
    /// The provider answers; `linked` and `owner` are what a look-up would find.
    Answer {
        connection: u8,
        subject: u8,
        linked: Option<u8>,
        owner: Option<u8>,
        jit: bool,
        policy: LinkPolicy,
    },
    Prove {
        account: u8,
    },
    Fill {
        name: bool,
    },
    Wait {
        seconds: i64,
    },
    /// The browser goes to another node or comes back later.
    Store,
}

fn event() -> impl Strategy<Value = Event> {
    let status = prop_oneof![4 => Just(AccountStatus::Active), 1 => Just(AccountStatus::Disabled)];
    let policy = prop_oneof![
        Just(LinkPolicy::Never),
        Just(LinkPolicy::Prove),
        Just(LinkPolicy::VerifiedEmail)
    ];
    let who = || prop::option::of(0..3_u8);
    prop_oneof![
        3 => (0..3_u8, status).prop_map(|(account, status)| Event::Password { account, status }),
        3 => (0..3_u8, any::<bool>()).prop_map(|(account, verified)| Event::Passkey { account, verified }),
        3 => (0..3_u8).prop_map(|connection| Event::Leave { connection }),
        4 => (0..3_u8, 0..2_u8, who(), who(), any::<bool>(), policy).prop_map(
            |(connection, subject, linked, owner, jit, policy)| Event::Answer {
                connection, subject, linked, owner, jit, policy
            }
        ),
        2 => (0..3_u8).prop_map(|account| Event::Prove { account }),
        2 => any::<bool>().prop_map(|name| Event::Fill { name }),
        1 => (1..400_i64).prop_map(|seconds| Event::Wait { seconds }),
        2 => Just(Event::Store),
    ]
}

fn flow() -> impl Strategy<Value = SignInFlow> {
    let option = prop_oneof![
        Just(AuthOption::Password),
        Just(AuthOption::Passkey),
        (0..3_u8).prop_map(|number| AuthOption::Connection(handle(number)))
    ];
    let step = prop::collection::btree_set(option, 1..3).prop_map(|options| Step {
        options: options.into_iter().collect(),
    });
    prop::collection::vec(step, 1..4).prop_map(|steps| SignInFlow { steps, script: None })
}

fn handle(number: u8) -> Handle {
    format!("provider-{number}").parse().expect("a handle")
}

fn connection_id(number: u8) -> ConnectionId {
    ConnectionId::from_random([number; 16])
}

fn account(number: u8) -> AccountId {
    AccountId::from_random([number; 16])
}

fn connection(number: u8, jit: bool, policy: LinkPolicy) -> Connection {
    let draft: ConnectionDraft = serde_json::from_value(json!({
        "handle": handle(number), "display_name": "Provider",
        "oidc": {"issuer": "https://idp.example.com", "client_id": "us", "client_secret": "hush"},
        "jit": {"enabled": jit, "linking": policy},
        "attributes": [{"from": "name", "to": "name", "required": true}],
    }))
    .expect("a draft");
    draft
        .create(connection_id(number), Timestamp::UNIX_EPOCH)
        .expect("valid")
}

fn outbound(number: u8) -> Outbound {
    let text = || SecretText::new("x");
    Outbound {
        connection: connection_id(number),
        handle: handle(number),
        state: text(),
        nonce: text(),
        code_verifier: text(),
        max_age_seconds: None,
    }
}

fn assertion(number: u8, subject: u8) -> VerifiedAssertion {
    VerifiedAssertion {
        connection: connection_id(number),
        issuer: "https://idp.example.com".into(),
        subject: format!("subject-{subject}"),
        claims: Claims::new(),
        acr: None,
        amr: vec![],
        auth_time: None,
    }
}

fn found(number: Option<u8>) -> Option<Found> {
    number.map(|number| Found {
        account: account(number),
        status: AccountStatus::Active,
    })
}

fn person(number: u8) -> Person {
    Person::Account {
        id: account(number),
        sub: format!("sub-{number}"),
        fresh: None,
        mailbox: false,
    }
}

/// What the server does with a verified answer, with the database answered by the event.
fn settle(federated: Federated, event: &Event, demands: &Demands<'_>, now: Timestamp) -> SignIn {
    let Event::Answer {
        connection: number,
        subject,
        linked,
        owner,
        jit,
        policy,
    } = event
    else {
        unreachable!("called for answers only");
    };
    let connection = connection(*number, *jit, *policy);
    let back = SignIn::Choosing(federated.clone().turn_back());
    let key = federated.link_key();
    let person = match federated.resolve(&connection, found(*linked), found(*owner)) {
        Resolution::SignIn { account, .. } | Resolution::Link(account) => Person::Account {
            sub: account.to_string(),
            id: account,
            fresh: None,
            mailbox: false,
        },
        Resolution::PassThrough => Person::PassThrough {
            key,
            sub: format!("sub-of-{subject}"),
            claims: Claims::new(),
            mailbox: false,
            holder: None,
        },
        Resolution::Provision => person(100 + subject),
        Resolution::AskForProof(account) => {
            return federated
                .await_proof(account, now)
                .map(SignIn::AwaitingProof)
                .unwrap_or(back);
        }
        Resolution::Deny(_) => return back,
    };
    federated
        .pass(person, &Claims::new(), &connection, demands, now)
        .unwrap_or(back)
}

fn apply(state: SignIn, event: &Event, demands: &Demands<'_>, now: &mut Timestamp) -> SignIn {
    let before = state.clone();
    match (state, event) {
        (state, Event::Wait { seconds }) => {
            *now += Duration::seconds(*seconds);
            state
        }
        (state, Event::Store) => {
            let text = serde_json::to_string(&state).expect("can be stored");
            serde_json::from_str(&text).expect("can be read")
        }
        (SignIn::Choosing(state), Event::Passkey { account, verified }) => {
            let accepted = passkey(*account, *verified);
            state.accept_passkey(accepted, demands, *now).unwrap_or(before)
        }
        (
            SignIn::Choosing(state),
            Event::Password {
                account: number,
                status,
            },
        ) => {
            let accepted = PasswordAccepted {
                account: account(*number),
                sub: format!("sub-{number}"),
                status: *status,
                claims: Claims::new(),
                mailbox: false,
            };
            state.accept(accepted, demands, *now).unwrap_or(before)
        }
        (SignIn::Choosing(state), Event::Leave { connection }) => state
            .leave(outbound(*connection), demands.flow, *now)
            .map(SignIn::AwaitingFederation)
            .unwrap_or(before),
        (
            SignIn::AwaitingFederation(state),
            answer @ Event::Answer {
                connection, subject, ..
            },
        ) => match state.receive(assertion(*connection, *subject), *now) {
            Ok(federated) => settle(federated, answer, demands, *now),
            Err(_) => before,
        },
        (SignIn::AwaitingProof(state), Event::Prove { account: number }) => {
            match state.prove(&account(*number), *now) {
                Ok(proved) => {
                    let number = proved.federated().handle().as_str().bytes().last().unwrap_or(b'0') - b'0';
                    let connection = connection(number, true, LinkPolicy::Prove);
                    proved
                        .pass("sub".into(), &Claims::new(), &connection, demands, *now)
                        .unwrap_or(before)
                }
                Err(_) => before,
            }
        }
        (SignIn::AwaitingAttributes(state), Event::Fill { name }) => {
            let typed = |asked: &str| (*name || asked == "locale").then_some("Anna");
            match state.check(typed) {
                Ok(answers) => state.answer(answers, demands, *now).unwrap_or(before),
                Err(_) => before,
            }
        }
        (state, _) => state,
    }
}

fn evidence_of(state: &SignIn) -> Vec<Evidence> {
    match state {
        SignIn::Completed(completed) => completed.evidence.clone(),
        _ => state
            .progress()
            .map(|p| p.passed().iter().map(|p| p.evidence.clone()).collect())
            .unwrap_or_default(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn s35_no_order_of_events_completes_without_every_step(
        flow in flow(),
        asks_name in any::<bool>(),
        events in prop::collection::vec(event(), 0..40),
    ) {
        let required = if asks_name { vec!["locale".to_owned()] } else { vec![] };
        let demands = Demands { flow: &flow, required_claims: &required };
        let begin = Timestamp::UNIX_EPOCH;
        let end = begin + Duration::minutes(15);
        let mut now = begin;
        let mut state = SignIn::begin(end);
        let mut who: Option<Person> = None;
        for event in &events {
            let before = state.clone();
            state = apply(state, event, &demands, &mut now);
            if now >= end {
                prop_assert_eq!(&state, &before, "an expired transaction goes nowhere");
            }
            let passed = evidence_of(&state);
            prop_assert!(
                passed.len() <= evidence_of(&before).len() + 1,
                "one event passes one step at most"
            );
            let person = match &state {
                SignIn::Completed(completed) => Some(&completed.person),
                other => other.progress().and_then(|progress| progress.person()),
            };
            if let (Some(before), Some(now)) = (&who, person) {
                prop_assert!(before.is_same(now), "all steps are passed by one person");
            }
            who = person.cloned().or(who);
            if let SignIn::Completed(completed) = &state {
                prop_assert!(covers(&flow, &completed.evidence));
                prop_assert_eq!(completed.evidence.len(), flow.steps.len());
                break;
            }
            if matches!(state, SignIn::Denied(_)) {
                break;
            }
        }
    }

    #[test]
    fn the_next_step_is_the_first_that_is_not_passed(flow in flow()) {
        prop_assert_eq!(decide(&flow, &[]), Next::Step(0));
        prop_assert!(!covers(&flow, &[]));
    }
}

fn password(number: u8, claims: Claims) -> PasswordAccepted {
    PasswordAccepted {
        account: account(number),
        sub: "sub".into(),
        status: AccountStatus::Active,
        mailbox: verified_email(&claims).is_some(),
        claims,
    }
}

fn passkey(number: u8, verified: bool) -> PasskeyAccepted {
    PasskeyAccepted {
        owner: FactorOwner::Account(account(number)),
        sub: format!("sub-{number}"),
        status: AccountStatus::Active,
        claims: Claims::new(),
        mailbox: false,
        key: KeyUse {
            verified,
            synced: false,
        },
    }
}

fn steps(options: &[&[&str]]) -> SignInFlow {
    let option = |text: &&str| text.parse().expect("an option");
    let steps = options.iter().map(|options| Step {
        options: options.iter().map(option).collect(),
    });
    SignInFlow {
        steps: steps.collect(),
        script: None,
    }
}

fn begin() -> (SignIn, Timestamp) {
    let now = Timestamp::UNIX_EPOCH;
    (SignIn::begin(now + Duration::minutes(15)), now)
}

#[test]
fn backup_codes_are_usable_only_beside_what_they_stand_in_for() {
    let mail = json!({"email": "a@example.com", "email_verified": true});
    let mail: Claims = serde_json::from_value(mail).expect("claims");
    for (case, options, claims, want) in [
        (
            "an app",
            vec!["totp", "backup_code"],
            Claims::new(),
            vec!["totp", "backup_code"],
        ),
        ("alone", vec!["backup_code"], Claims::new(), vec![]),
        (
            "a first factor",
            vec!["password", "backup_code"],
            Claims::new(),
            vec!["password"],
        ),
        (
            "a mail",
            vec!["email_otp", "backup_code"],
            mail,
            vec!["email_otp", "backup_code"],
        ),
        (
            "a mail that goes nowhere",
            vec!["email_otp", "backup_code"],
            Claims::new(),
            vec![],
        ),
    ] {
        let flow = steps(&[&["password"], &options]);
        let demands = Demands {
            flow: &flow,
            required_claims: &[],
        };
        let (SignIn::Choosing(state), now) = begin() else {
            panic!("chooses first")
        };
        let usable: Vec<String> = match state.accept(password(1, claims), &demands, now).expect("alive") {
            SignIn::Choosing(second) => second.options(&flow).iter().map(ToString::to_string).collect(),
            SignIn::Denied(_) => vec![],
            other => panic!("{case}: {other:?}"),
        };
        assert_eq!(usable, want, "{case}");
    }
}

#[test]
fn s35_a_step_is_not_passed_while_codes_are_noted() {
    let flow = steps(&[&["password"], &["totp", "backup_code"]]);
    let demands = Demands {
        flow: &flow,
        required_claims: &[],
    };
    let (SignIn::Choosing(state), now) = begin() else {
        panic!("chooses first")
    };
    let SignIn::Choosing(second) = state.accept(password(1, Claims::new()), &demands, now).expect("alive") else {
        panic!("chooses again")
    };
    let person = second.progress().person().expect("known").clone();
    let accepted = FactorAccepted {
        option: AuthOption::Totp,
        person,
        claims: Claims::new(),
    };
    let noting = second.note(accepted, &flow, now).expect("offered");
    assert_eq!(noting.progress().passed().len(), 1);
    let stored = serde_json::to_vec(&SignIn::Noting(noting)).expect("prints");
    let SignIn::Noting(noting) = serde_json::from_slice(&stored).expect("reads") else {
        panic!("still noting")
    };
    let late = now + Duration::minutes(15);
    assert!(noting.clone().go_on(&demands, late).is_err(), "the end of time");
    let changed = steps(&[&["password"], &["email_otp"]]);
    let changed = Demands {
        flow: &changed,
        required_claims: &[],
    };
    assert!(
        noting.clone().go_on(&changed, now).is_err(),
        "the flow takes no app any more"
    );
    let SignIn::Completed(done) = noting.go_on(&demands, now).expect("alive") else {
        panic!("done")
    };
    assert!(covers(&flow, &done.evidence));
}

#[test]
fn a_person_without_an_account_is_stopped_before_a_step_that_needs_one() {
    let flow = steps(&[&["connection:provider-0"], &["password"]]);
    let demands = Demands {
        flow: &flow,
        required_claims: &[],
    };
    let (SignIn::Choosing(state), now) = begin() else {
        panic!("chooses first")
    };
    let away = state.leave(outbound(0), &flow, now).expect("offered");
    let federated = away.receive(assertion(0, 1), now).expect("the answer");
    let person = Person::PassThrough {
        key: federated.link_key(),
        sub: "sub".into(),
        claims: Claims::new(),
        mailbox: false,
        holder: None,
    };
    let connection = connection(0, false, LinkPolicy::Prove);
    let known: Claims = [("name".to_owned(), json!("Anna"))].into_iter().collect();
    let state = federated
        .pass(person, &known, &connection, &demands, now)
        .expect("alive");
    let SignIn::Denied(denied) = state else {
        panic!("fails closed, got {state:?}")
    };
    assert_eq!(
        (denied.reason, denied.step),
        (doorward_domain::engine::Denial::NeedsAccount, 1)
    );
}

#[test]
fn s15_an_address_that_was_typed_is_not_verified() {
    let flow = steps(&[&["password"]]);
    let required = ["email".to_owned(), "given_name".to_owned()];
    let demands = Demands {
        flow: &flow,
        required_claims: &required,
    };
    let (SignIn::Choosing(state), now) = begin() else {
        panic!("chooses first")
    };
    let SignIn::AwaitingAttributes(asking) = state.accept(password(1, Claims::new()), &demands, now).expect("alive")
    else {
        panic!("attributes are missing")
    };
    assert!(asking.check(|_| Some(" ")).is_err());
    let faults = asking
        .check(|name| (name == "email").then_some("nobody"))
        .expect_err("not an address");
    assert_eq!(faults.len(), 2);
    let answers = asking
        .check(|name| Some(if name == "email" { "a@example.com" } else { "Anna" }))
        .expect("fine");
    assert_eq!(answers["email_verified"], json!(false));
    let SignIn::Completed(done) = asking.answer(answers, &demands, now).expect("alive") else {
        panic!("done")
    };
    assert_eq!(done.to_store["given_name"], json!("Anna"));
}

#[test]
fn kept_factors_confirm_somebody_without_an_account_and_nobody_else() {
    let flow = steps(&[
        &["connection:provider-0", "passkey"],
        &["passkey", "totp", "email_otp", "password"],
    ]);
    let demands = Demands {
        flow: &flow,
        required_claims: &[],
    };
    let (SignIn::Choosing(first), now) = begin() else {
        panic!("chooses first")
    };
    let held = |number| PasskeyAccepted {
        owner: FactorOwner::Holder(account(number)),
        ..passkey(number, true)
    };
    let alone = first.clone().accept_passkey(held(1), &demands, now);
    assert_eq!(alone, Err(Refused::NotOffered), "it says nobody who somebody is");
    let away = first.leave(outbound(0), &flow, now).expect("offered");
    let federated = away.receive(assertion(0, 1), now).expect("the answer");
    let connection = Connection {
        factors_without_account: true,
        ..connection(0, false, LinkPolicy::Prove)
    };
    let person = |claims| Person::passing(federated.link_key(), "sub".into(), claims, &connection, || account(1));
    let known: Claims = [("name".to_owned(), json!("Anna"))].into_iter().collect();
    let at_second = |claims| {
        let passed = federated
            .clone()
            .pass(person(claims), &known, &connection, &demands, now);
        match passed.expect("alive") {
            SignIn::Choosing(second) => second,
            other => panic!("chooses again: {other:?}"),
        }
    };
    let offered = |claims| -> Vec<String> {
        at_second(claims)
            .options(&flow)
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(offered(Claims::new()), ["passkey", "totp"]);
    let mailbox = json!({"email": "one@example.com", "email_verified": true});
    let mailbox = mailbox.as_object().cloned().expect("an object");
    assert_eq!(offered(mailbox), ["passkey", "totp", "email_otp"], "S39");
    let unverified = json!({"email": "one@example.com", "email_verified": "true"});
    let unverified = unverified.as_object().cloned().expect("an object");
    assert_eq!(offered(unverified), ["passkey", "totp"], "S39");
    let second = at_second(Claims::new());
    for stranger in [held(2), passkey(1, true)] {
        let refused = second.clone().accept_passkey(stranger, &demands, now);
        assert_eq!(refused, Err(Refused::AnotherAccount));
    }
    let done = second.accept_passkey(held(1), &demands, now).expect("alive");
    assert!(matches!(done, SignIn::Completed(_)), "{done:?}");
}

#[test]
fn a_passkey_says_who_somebody_is_and_confirms_nobody_else() {
    let flow = steps(&[&["passkey", "password"], &["passkey", "backup_code"]]);
    let demands = Demands {
        flow: &flow,
        required_claims: &[],
    };
    let (SignIn::Choosing(first), now) = begin() else {
        panic!("chooses first")
    };
    assert_eq!(first.check_passkey_offered(&flow, now), Ok(None), "nobody is known");
    let found = first.clone().accept_passkey(passkey(1, false), &demands, now);
    assert_eq!(found, Err(Refused::NotOffered), "anybody may have found it");
    assert!(first.clone().note_passkey(passkey(1, true), &flow, now).is_err());
    let disabled = PasskeyAccepted {
        status: AccountStatus::Disabled,
        ..passkey(1, true)
    };
    let denied = first.clone().accept_passkey(disabled, &demands, now).expect("alive");
    assert!(matches!(denied, SignIn::Denied(denied) if denied.reason == Denial::NotActive(AccountStatus::Disabled)));
    let SignIn::Choosing(second) = first.accept_passkey(passkey(1, true), &demands, now).expect("alive") else {
        panic!("chooses again")
    };
    let other = second.clone().accept_passkey(passkey(2, true), &demands, now);
    assert_eq!(other, Err(Refused::AnotherAccount));
    let late = now + Duration::minutes(15);
    let late = second.clone().accept_passkey(passkey(1, true), &demands, late);
    assert_eq!(late, Err(Refused::Expired));
    let noting = second
        .clone()
        .note_passkey(passkey(1, false), &flow, now)
        .expect("offered");
    for next in [
        second.accept_passkey(passkey(1, false), &demands, now),
        noting.go_on(&demands, now),
    ] {
        let Ok(SignIn::Completed(done)) = next else {
            panic!("done: {next:?}")
        };
        assert!(covers(&flow, &done.evidence));
        assert_eq!(done.evidence[1].key.map(|key| key.verified), Some(false));
    }
}
