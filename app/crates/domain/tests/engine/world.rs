//! People, providers and flows of these tests.

use chrono::Duration;
use doorward_domain::account::{AccountStatus, verified_email};
use doorward_domain::assurance::KeyUse;
use doorward_domain::connection::{Connection, ConnectionDraft};
use doorward_domain::engine::{
    Choosing, Demands, Federated, Outbound, PasskeyAccepted, PasswordAccepted, Person, SignIn,
};
use doorward_domain::flow::{SignInFlow, Step};
use doorward_domain::holder::FactorOwner;
use doorward_domain::id::{AccountId, ConnectionId};
use doorward_domain::jit::{Found, LinkPolicy, Owner};
use doorward_domain::secret::SecretText;
use doorward_domain::subject::VerifiedAssertion;
use doorward_domain::text::Handle;
use doorward_domain::{Claims, Timestamp};
use serde_json::json;

pub fn handle(number: u8) -> Handle {
    format!("provider-{number}").parse().expect("a handle")
}

fn connection_id(number: u8) -> ConnectionId {
    ConnectionId::from_random([number; 16])
}

pub fn account(number: u8) -> AccountId {
    AccountId::from_random([number; 16])
}

pub fn connection(number: u8, jit: bool, policy: LinkPolicy) -> Connection {
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

pub fn outbound(number: u8) -> Outbound {
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

pub fn assertion(number: u8, subject: u8) -> VerifiedAssertion {
    VerifiedAssertion {
        connection: connection_id(number),
        issuer: "https://idp.example.com".into(),
        subject: format!("subject-{subject}"),
        claims: Claims::new(),
        acr: None,
        amr: vec![],
        auth_time: None,
        session_mark: None,
    }
}

pub fn found(number: Option<u8>) -> Option<Found> {
    number.map(|number| Found {
        account: account(number),
        status: AccountStatus::Active,
    })
}

pub fn owner(number: Option<u8>) -> Option<Owner> {
    number.map(|number| Owner {
        account: account(number),
        status: AccountStatus::Active,
        has_other_subject: false,
    })
}

pub fn person(number: u8) -> Person {
    Person::Account {
        id: account(number),
        sub: format!("sub-{number}"),
        fresh: None,
        mailbox: false,
    }
}

pub fn password(number: u8, claims: Claims) -> PasswordAccepted {
    PasswordAccepted {
        account: account(number),
        sub: "sub".into(),
        status: AccountStatus::Active,
        mailbox: verified_email(&claims).is_some(),
        claims,
    }
}

pub fn passkey(number: u8, verified: bool) -> PasskeyAccepted {
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

pub fn steps(options: &[&[&str]]) -> SignInFlow {
    let option = |text: &&str| text.parse().expect("an option");
    let steps = options.iter().map(|options| Step {
        options: options.iter().map(option).collect(),
    });
    SignInFlow {
        steps: steps.collect(),
        script: None,
    }
}

/// The demands of an application that asks for no attributes.
pub fn demands_of(flow: &SignInFlow) -> Demands<'_> {
    Demands {
        flow,
        required_claims: &[],
    }
}

/// A transaction at its first step.
pub fn begin() -> (Choosing, Timestamp) {
    let now = Timestamp::UNIX_EPOCH;
    match SignIn::begin(now + Duration::minutes(15)) {
        SignIn::Choosing(first) => (first, now),
        other => panic!("chooses first: {other:?}"),
    }
}

/// Somebody goes to a provider and comes back with its word.
pub fn back_from(number: u8, subject: u8, choosing: Choosing, flow: &SignInFlow, now: Timestamp) -> Federated {
    let away = choosing.leave(outbound(number), flow, now).expect("offered");
    away.receive(assertion(number, subject), now).expect("the answer")
}

/// Claims with a verified address.
pub fn mailbox() -> Claims {
    let claims = json!({"email": "a@example.com", "email_verified": true});
    serde_json::from_value(claims).expect("claims")
}
