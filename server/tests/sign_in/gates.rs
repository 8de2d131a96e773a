//! One gate before every way in: what may not sign anybody in does so nowhere, and nothing is written (S8, S9).

use doorward_domain::audit::Actor;
use serde_json::json;

use crate::account;
use crate::erased::rows;
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    s8_s9_no_way_in_leads_through_what_is_closed,
    s8_s9_what_is_decided_at_the_provider_counts,
);

const PASSWORD: &str = "a good password";
const OWNER: &str = "clerk@example.com";

/// Where a connection lets people in.
#[derive(Debug, Clone, Copy)]
enum WayIn {
    /// The application asks for it and nothing else.
    Request,
    /// A button of the sign-in page.
    Button,
    /// The provider's answer.
    Answer,
    /// It proves that an account is somebody's, before another one is linked to it.
    Proof,
    ProofAnswer,
    /// A person links it on their account page.
    Link,
    LinkAnswer,
}

const WAYS_IN: [WayIn; 7] = [
    WayIn::Request,
    WayIn::Button,
    WayIn::Answer,
    WayIn::Proof,
    WayIn::ProofAnswer,
    WayIn::Link,
    WayIn::LinkAnswer,
];

/// What closes the connection `acme` there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closed {
    Disabled,
    NotOffered,
}

impl WayIn {
    /// Whether an application decides there what is offered.
    fn is_of_application(self) -> bool {
        matches!(self, Self::Request | Self::Button | Self::Answer)
    }

    fn is_answer(self) -> bool {
        matches!(self, Self::Answer | Self::ProofAnswer | Self::LinkAnswer)
    }
}

/// A browser in front of the way in.
struct Ready<'w> {
    browser: Browser<'w>,
    page: Seen,
    /// Where its form posts to.
    action: String,
}

async fn ready(world: &World, way: WayIn) -> Ready<'_> {
    let browser = world.browser();
    let (page, action) = match way {
        WayIn::Request | WayIn::Answer => (browser.authorize("portal", "").await, String::new()),
        WayIn::Button => {
            let page = browser.authorize("payroll", "").await;
            let action = page.address.clone();
            (page, action)
        }
        WayIn::Proof | WayIn::ProofAnswer => {
            let page = browser
                .federated_to("counter", &Persona::verified("clerk-at-beta", OWNER))
                .await;
            assert!(page.body.contains("<h1>Is this your account?</h1>"), "{page:?}");
            let action = format!("{}/proof", page.address);
            (page, action)
        }
        WayIn::Link | WayIn::LinkAnswer => {
            let page = account::open(&browser, "/account").await;
            let page = browser.password(&page, "clerk", PASSWORD).await;
            (page, "/account/links".to_owned())
        }
    };
    Ready { browser, page, action }
}

impl Ready<'_> {
    async fn press(&self) -> Seen {
        self.browser
            .send(&self.page, &self.action, &[("option", "connection:acme")])
            .await
    }

    /// Back from the provider, as the person the way in is for.
    async fn answered(&self, way: WayIn) -> String {
        let away = match way {
            WayIn::Answer => self.page.clone(),
            _ => self.press().await,
        };
        let provider = &self.browser.world.provider;
        let subject = if way.is_of_application() {
            "stranger"
        } else {
            "clerk-at-acme"
        };
        provider.sign_in(
            away.sent_to(),
            &Persona::verified(subject, &format!("{subject}@example.com")),
        )
    }
}

async fn set(world: &World, closed: Closed, is_open: bool) {
    match closed {
        Closed::Disabled => world.change("acme", |acme| acme.enabled = is_open).await,
        Closed::NotOffered => {
            let offered = if is_open {
                json!([["password", "connection:acme"]])
            } else {
                json!([["password"]])
            };
            world.change_flow("payroll", offered).await;
            let offered = if is_open {
                json!([["connection:acme"]])
            } else {
                json!([["password"]])
            };
            world.change_flow("portal", offered).await;
        }
    }
}

async fn s8_s9_no_way_in_leads_through_what_is_closed(world: &World) {
    world.connection("beta", json!({"display_name": "Beta"})).await;
    world.application("counter", json!([["connection:beta"]])).await;
    world.person("clerk", Some((OWNER, true)), PASSWORD).await;
    // The clerk is linked to acme, so that it can prove who they are.
    let Ready { browser, page, .. } = ready(world, WayIn::Link).await;
    let away = browser
        .send(&page, "/account/links", &[("option", "connection:acme")])
        .await;
    let linked = browser
        .back(&away, &Persona::verified("clerk-at-acme", "clerk-at-acme@example.com"))
        .await;
    assert!(linked.body.contains("The sign-in is linked."), "{linked:?}");
    for closed in [Closed::Disabled, Closed::NotOffered] {
        for way in WAYS_IN {
            if closed == Closed::NotOffered && !way.is_of_application() {
                continue;
            }
            let case = format!("S8: {way:?}, {closed:?}");
            let ready = ready(world, way).await;
            let back = match way.is_answer() {
                true => Some(ready.answered(way).await),
                false => None,
            };
            set(world, closed, false).await;
            let before = (rows(world).await, world.state.store.counters().commits);
            let seen = match (way, &back) {
                (_, Some(back)) => {
                    let seen = ready.browser.get(back).await;
                    ready.browser.follow(seen).await
                }
                (WayIn::Request, None) => world.browser().authorize("portal", "").await,
                (_, None) => ready.press().await,
            };
            assert!(seen.location.is_none(), "{case}: nobody is sent on: {seen:?}");
            let leads_in = seen.body.contains("connection:acme") || seen.body.contains("<h1>Your account</h1>");
            assert!(!leads_in, "{case}: {seen:?}");
            if closed == Closed::Disabled && matches!(way, WayIn::Button | WayIn::Answer | WayIn::ProofAnswer) {
                assert!(seen.body.contains("<h1>Acme is not available</h1>"), "{case}: {seen:?}");
            }
            let after = (rows(world).await, world.state.store.counters().commits);
            assert_eq!(after, before, "{case}: nothing is written: {seen:?}");
            set(world, closed, true).await;
        }
    }
}

async fn s8_s9_what_is_decided_at_the_provider_counts(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    for case in [
        "not offered any more",
        "the application is disabled",
        "the connection is deleted",
    ] {
        let browser = world.browser();
        let away = browser.authorize("portal", "").await;
        let away = away.sent_to();
        let back = world.provider.sign_in(away, &persona);
        match case {
            "not offered any more" => world.change_flow("portal", json!([["password"]])).await,
            "the application is disabled" => world.patch("portal", json!({"enabled": false})).await,
            _ => {
                for application in ["portal", "payroll"] {
                    world.change_flow(application, json!([["password"]])).await;
                }
                let deleted = world.services.connections.delete(&Actor::Api, "acme", None).await;
                deleted.expect("deleted");
            }
        }
        let seen = browser.get(&back).await;
        let seen = browser.follow(seen).await;
        assert!(seen.parameter("code").is_none(), "S8, S9: {case}: {seen:?}");
        assert!(seen.status.is_client_error(), "S8, S9: {case}: {seen:?}");
        if case == "the application is disabled" {
            let asked = world.browser().authorize("portal", "").await;
            assert_eq!((seen.number(), asked.number()), ("1011", "1011"), "{seen:?}, {asked:?}");
        }
        assert_eq!(world.accounts().await, 0, "S8: {case}: nothing is written");
        world.patch("portal", json!({"enabled": true})).await;
        if case != "the connection is deleted" {
            world.change_flow("portal", json!([["connection:acme"]])).await;
        }
    }
}
