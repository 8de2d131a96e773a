//! People who come back from their providers at the same moment: one account, and never a silent link.

use doorward_domain::jit::LinkPolicy;
use doorward_storage::account;
use futures::StreamExt;
use serde_json::json;

use crate::jit::links_told;
use crate::provider::Persona;
use crate::world::{Seen, World};

crate::on_both!(
    s42_f18_many_first_sign_ins_make_one_account,
    f37_a_storm_of_new_people_meets_no_error,
    f19_s3_one_address_through_two_connections_at_once,
    f19_two_connections_at_once_follow_their_policy,
);

/// Sign-ins of a storm that are under way at any moment. Of 100,000 in ten minutes 167 begin in a second, and one that
/// takes 100 ms leaves 17 of them under way.
const AT_ONCE: usize = 16;

/// How many new people come; `DOORWARD_STORM` asks for more than CI does.
fn storm() -> usize {
    let more = std::env::var("DOORWARD_STORM").ok();
    more.and_then(|number| number.parse().ok()).unwrap_or(200)
}

/// Two people with one address who come back from two providers at once.
async fn both_at_once(world: &World, here: &Persona, there: &Persona) -> Vec<Seen> {
    let (one, other) = (world.browser(), world.browser());
    let mut ready = vec![];
    for (browser, application, persona) in [(&one, "portal", here), (&other, "counter", there)] {
        let away = browser.authorize(application, "").await;
        let back = world.provider.sign_in(away.sent_to(), persona);
        ready.push((browser, back));
    }
    let back = ready.iter().map(|(browser, back)| async move {
        let seen = browser.get(back).await;
        browser.follow(seen).await
    });
    futures::future::join_all(back).await
}

fn codes(seen: &[Seen]) -> usize {
    seen.iter().filter(|seen| seen.parameter("code").is_some()).count()
}

/// A loaded machine, which runs other tests as well, may say that it is busy (F12): whoever is told so signs in again.
async fn again_if_busy(world: &World, persona: &Persona, seen: Seen) -> Seen {
    if seen.status == 503 {
        return world.browser().federated(persona).await;
    }
    seen
}

async fn s42_f18_many_first_sign_ins_make_one_account(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    let mut ready = vec![];
    for _ in 0..100 {
        let browser = world.browser();
        let away = browser.authorize("portal", "").await;
        let back = world.provider.sign_in(away.sent_to(), &persona);
        ready.push((browser, back));
    }
    let all = ready.iter().map(|(browser, back)| async {
        let seen = browser.get(back).await;
        again_if_busy(world, &persona, seen).await
    });
    for seen in futures::future::join_all(all).await {
        assert_eq!(seen.status, 303, "S42: {seen:?}");
        assert!(seen.parameter("code").is_some());
    }
    assert_eq!(world.accounts().await, 1, "S42, F18: one account");
    assert_eq!(links_told(world).await, 1, "S42, S46: one link, told once");
}

async fn f37_a_storm_of_new_people_meets_no_error(world: &World) {
    let people = storm();
    let world = &world.with_accounts_per_hour(2 * people).await;
    let sign_in = |number: usize| async move {
        let persona = Persona::verified(&format!("new-{number}"), &format!("new-{number}@example.com"));
        let seen = world.browser().federated(&persona).await;
        let seen = again_if_busy(world, &persona, seen).await;
        assert!(seen.parameter("code").is_some(), "F37: {number}: {seen:?}");
    };
    let storm = futures::stream::iter((0..people).map(sign_in)).buffer_unordered(AT_ONCE);
    assert_eq!(storm.count().await, people, "F37: everybody is in");
    let accounts = || account::count(world.state.store.read());
    let made = usize::try_from(accounts().await.expect("counted")).expect("some");
    assert_eq!(made, people, "F37: one account each");
    for number in (0..people).step_by(50) {
        sign_in(number).await;
    }
    let known = usize::try_from(accounts().await.expect("counted")).expect("some");
    assert_eq!(known, people, "F37: whoever comes again has theirs");
}

async fn f19_s3_one_address_through_two_connections_at_once(world: &World) {
    world.connection("beta", json!({})).await;
    world.application("counter", json!([["connection:beta"]])).await;
    for round in 0..10 {
        let email = format!("round-{round}@example.com");
        let (here, there) = (
            Persona::verified(&format!("here-{round}"), &email),
            Persona::verified(&format!("there-{round}"), &email),
        );
        let seen = both_at_once(world, &here, &there).await;
        assert_eq!(
            codes(&seen),
            1,
            "F19: one is in, the other is asked for proof: {seen:?}"
        );
        let asked = seen
            .iter()
            .find(|seen| seen.parameter("code").is_none())
            .expect("the other");
        assert!(asked.body.contains("/proof"), "F19: {asked:?}");
        assert_eq!(
            world.accounts().await,
            round + 1,
            "F19, S3: neither two accounts nor a silent link"
        );
    }
}

async fn f19_two_connections_at_once_follow_their_policy(world: &World) {
    world.connection("beta", json!({})).await;
    world.application("counter", json!([["connection:beta"]])).await;
    for (round, (policy, verified, in_at_once, accounts, links)) in [
        (LinkPolicy::Never, true, 1, 1, 1),
        (LinkPolicy::VerifiedEmail, true, 2, 1, 2),
        (LinkPolicy::VerifiedEmail, false, 2, 2, 2),
    ]
    .into_iter()
    .enumerate()
    {
        for handle in ["acme", "beta"] {
            world.change(handle, |connection| connection.jit.linking = policy).await;
        }
        let (known, linked) = (world.accounts().await, links_told(world).await);
        let of = |name: &str| {
            let (subject, email) = (format!("{name}-{round}"), format!("round-{round}@example.com"));
            match verified {
                true => Persona::verified(&subject, &email),
                false => Persona::unverified(&subject, &email),
            }
        };
        let seen = both_at_once(world, &of("here"), &of("there")).await;
        let case = format!("F19: {policy:?}, verified {verified}");
        assert_eq!(codes(&seen), in_at_once, "{case}: {seen:?}");
        assert!(
            seen.iter().all(|seen| !seen.status.is_server_error()),
            "{case}: {seen:?}"
        );
        assert_eq!(world.accounts().await - known, accounts, "{case}");
        assert_eq!(links_told(world).await - linked, links, "{case}");
    }
}
