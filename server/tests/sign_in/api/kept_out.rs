//! `/connections/{key}/kept-out`, and deleting a user so that they are kept out.

use doorward_domain::audit::{Actor, AuditAction};
use http::StatusCode;
use serde_json::{Value, json};

use super::{call, get};
use crate::provider::{ISSUER, Persona};
use crate::world::World;

crate::on_both!(
    what_is_kept_out_is_counted_and_let_in_again,
    what_keeps_out_is_said_plainly,
);

const PATH: &str = "/connections/acme/kept-out";

/// Somebody who came once, is erased and kept out.
async fn erased(world: &World, name: &str) {
    let email = format!("{name}@example.com");
    let persona = Persona::verified(name, &email);
    world.browser().federated(&persona).await.code();
    let gone = call(world, "DELETE", &format!("/users/{email}?keep_out=true"), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
    world.clock.advance(60);
}

fn of(subject: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("issuer", ISSUER)
        .append_pair("subject", subject)
        .finish();
    format!("{PATH}?{query}")
}

async fn what_is_kept_out_is_counted_and_let_in_again(world: &World) {
    let count = async || get(world, PATH).await.body;
    assert_eq!(count().await, json!({"identities": 0}));
    let none = call(world, "DELETE", PATH, Value::Null).await;
    assert_eq!((none.status, &none.body), (StatusCode::OK, &json!({"let_in": 0})));
    assert_eq!(world.events(AuditAction::LetIn).await, [], "nothing was done");
    for name in ["one", "two", "three"] {
        erased(world, name).await;
    }
    assert_eq!(count().await, json!({"identities": 3}));

    let one = call(world, "DELETE", &of("one"), Value::Null).await;
    assert_eq!((one.status, &one.body), (StatusCode::OK, &json!({"let_in": 1})));
    for gone in ["one", "ONE", "nobody", ""] {
        let answer = call(world, "DELETE", &of(gone), Value::Null).await;
        assert_eq!(answer.problem(), "not-found", "{gone}: {answer:?}");
    }
    for (query, pointer) in [
        ("issuer=i", "?subject"),
        ("subject=one", "?issuer"),
        ("subjekt=one", "?subjekt"),
        ("issuer=i&subject=two&subject=three", "?subject"),
    ] {
        let answer = call(world, "DELETE", &format!("{PATH}?{query}"), Value::Null).await;
        assert_eq!(
            (answer.status.as_u16(), answer.pointers()),
            (422, vec![pointer]),
            "{query}"
        );
    }
    assert_eq!(count().await, json!({"identities": 2}), "half a name lets nobody in");

    world.clock.advance(60);
    let all = call(world, "DELETE", PATH, Value::Null).await;
    assert_eq!((all.status, &all.body), (StatusCode::OK, &json!({"let_in": 2})));
    assert_eq!(count().await, json!({"identities": 0}));
    let told = world.events(AuditAction::LetIn).await;
    let details: Vec<&Value> = told.iter().map(|event| &event.detail).collect();
    assert_eq!(details, [&json!({"identities": 2}), &json!({"identities": 1})]);
    for event in told {
        assert_eq!((&event.actor, &event.sub, &event.account), (&Actor::Api, &None, &None));
        assert!(event.connection.is_some(), "{event:?}");
    }
}

async fn what_keeps_out_is_said_plainly(world: &World) {
    world.person("clerk", None, "a password of the clerk").await;
    for (query, pointer) in [
        ("keep_out=yes", "?keep_out"),
        ("keep_out=1", "?keep_out"),
        ("keep_out", "?keep_out"),
        ("keepout=true", "?keepout"),
        ("keep_out=true&keep_out=false", "?keep_out"),
    ] {
        let answer = call(world, "DELETE", &format!("/users/clerk?{query}"), Value::Null).await;
        assert_eq!(
            (answer.status.as_u16(), answer.pointers()),
            (422, vec![pointer]),
            "{query}"
        );
    }
    assert_eq!(get(world, "/users/clerk").await.status, StatusCode::OK, "still there");
    let gone = call(world, "DELETE", "/users/clerk?keep_out=true", Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
    assert_eq!(
        world.details(AuditAction::AccountDeleted).await,
        [json!({"kept_out": 0})],
        "without an identity there is nothing to keep out"
    );
}
