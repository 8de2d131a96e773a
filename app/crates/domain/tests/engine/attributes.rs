//! Attributes that nobody has told yet.

use doorward_domain::Claims;
use doorward_domain::engine::{Demands, SignIn};
use serde_json::json;

use crate::world::{begin, password, steps};

#[test]
fn s19_nobody_says_of_themselves_what_they_may_do() {
    let flow = steps(&[&["password"]]);
    let required = ["groups".to_owned(), "roles".to_owned()];
    let demands = Demands {
        flow: &flow,
        required_claims: &required,
    };
    let (state, now) = begin();
    let next = state.accept(password(1, Claims::new()), &demands, now).expect("alive");
    assert!(matches!(next, SignIn::Completed(_)), "not asked for: {next:?}");
}

#[test]
fn s15_an_address_that_was_typed_is_not_verified() {
    let flow = steps(&[&["password"]]);
    let required = ["email".to_owned(), "given_name".to_owned()];
    let demands = Demands {
        flow: &flow,
        required_claims: &required,
    };
    let (state, now) = begin();
    let SignIn::AwaitingAttributes(asking) = state.accept(password(1, Claims::new()), &demands, now).expect("alive")
    else {
        panic!("attributes are missing")
    };
    assert!(asking.check(|_| Some(" "), now).is_err());
    let faults = asking
        .check(|name| (name == "email").then_some("nobody"), now)
        .expect_err("not an address");
    assert_eq!(faults.len(), 2);
    let answers = asking
        .check(|name| Some(if name == "email" { "a@example.com" } else { "Anna" }), now)
        .expect("fine");
    assert_eq!(answers["email_verified"], json!(false));
    let SignIn::Completed(done) = asking.answer(answers, &demands, now).expect("alive") else {
        panic!("done")
    };
    assert_eq!(done.to_store["given_name"], json!("Anna"));
}
