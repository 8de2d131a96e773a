//! Events in any order, whatever state a transaction is in.

use chrono::Duration;
use doorward_domain::account::AccountStatus;
use doorward_domain::assurance::Evidence;
use doorward_domain::engine::{
    Demands, Federated, Next, PasswordAccepted, Person, Proved, Resolution, SignIn, covers, decide,
};
use doorward_domain::flow::{AuthOption, SignInFlow, Step};
use doorward_domain::jit::LinkPolicy;
use doorward_domain::{Claims, Timestamp};
use proptest::prelude::*;

use crate::world::{account, assertion, connection, found, handle, outbound, passkey, person};

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
    let person = match federated.resolve(&connection, found(*linked), crate::world::owner(*owner), false) {
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
        (SignIn::AwaitingProof(state), Event::Leave { connection }) => state
            .leave(outbound(*connection), *now)
            .map(SignIn::AwaitingProof)
            .unwrap_or(before),
        (
            SignIn::AwaitingProof(state),
            Event::Answer {
                connection,
                subject,
                linked,
                ..
            },
        ) => {
            let linked = found(*linked).map(|found| found.account);
            let proved = state.receive(&assertion(*connection, *subject), linked.as_ref(), *now);
            proved.map_or(before.clone(), |proved| pass_proved(proved, before, demands, *now))
        }
        (SignIn::AwaitingProof(state), Event::Prove { account: number }) => {
            let proved = state.prove(&account(*number), *now);
            proved.map_or(before.clone(), |proved| pass_proved(proved, before, demands, *now))
        }
        (SignIn::AwaitingAttributes(state), Event::Fill { name }) => {
            let typed = |asked: &str| (*name || asked == "locale").then_some("Anna");
            match state.check(typed, *now) {
                Ok(answers) => state.answer(answers, demands, *now).unwrap_or(before),
                Err(_) => before,
            }
        }
        (state, _) => state,
    }
}

fn pass_proved(proved: Proved, before: SignIn, demands: &Demands<'_>, now: Timestamp) -> SignIn {
    let number = proved.federated().handle().as_str().bytes().last().unwrap_or(b'0') - b'0';
    let connection = connection(number, true, LinkPolicy::Prove);
    proved
        .pass("sub".into(), &Claims::new(), &connection, demands, now)
        .unwrap_or(before)
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
