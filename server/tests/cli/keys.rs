//! A key that others know is taken back while two nodes serve, or the one node of SQLite (budgets F34).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::browser::{Browser, ask_for_tokens, authorize, code_in, is_valid, until_the_callback};
use crate::installation::{Installation, Served, until_some};
use crate::nodes::{nodes, stop};
use crate::operation::kids;

crate::on_both!(f34_a_revoked_key_is_gone_from_every_node);

/// What the application gets for somebody who signs in here.
async fn tokens(node: &Served, name: &str) -> Value {
    let (mut browser, back) = until_the_callback(&node.url, name).await.expect("answers");
    let home = browser.get(node, &back).await.location;
    let code = code_in(&home).unwrap_or_else(|| panic!("{name} is signed in: {home}"));
    ask_for_tokens(&node.url, &code).await.expect("answers").1
}

fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    let found = object[member].as_str();
    found.unwrap_or_else(|| panic!("no {member}: {object}"))
}

/// The key that has signed the ID token.
fn signer(tokens: &Value) -> String {
    let part = text(tokens, "id_token").split('.').next().expect("three parts");
    let header = URL_SAFE_NO_PAD.decode(part).expect("base64url");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    text(&header, "kid").to_owned()
}

async fn until_gone(node: &Served, kid: &str) {
    let gone = until_some(async || {
        let kids = kids(node).await;
        kids.iter().all(|known| known != kid).then_some(())
    });
    assert!(gone.await.is_some(), "F34: {} goes on publishing {kid}", node.url);
}

/// Whether the node takes the ID token as a hint, at the end of a session and at the start of one.
async fn hints(node: &Served, id_token: &str) -> [bool; 2] {
    let out = format!("/oauth2/logout?id_token_hint={id_token}");
    let out = Browser::new().get(node, &out).await;
    let silent = format!("{}&prompt=none&id_token_hint={id_token}", authorize());
    let silent = Browser::new().get(node, &silent).await.location;
    [out.status == 303, !silent.contains("error=invalid_request")]
}

async fn f34_a_revoked_key_is_gone_from_every_node(one: Installation) {
    let both = nodes(&one).await;
    let (first, second) = (&both.0, both.1.as_ref().unwrap_or(&both.0));
    let known = tokens(first, "early").await;
    let (kid, access, id_token) = (signer(&known), text(&known, "access_token"), text(&known, "id_token"));
    let listed = one.run(&["list-keys"]).await.fine();
    assert!(listed.contains(&format!("ES256 {kid} signs now")), "{listed}");

    let asked = one.run(&["revoke-key", &kid]).await;
    asked.refused("nothing is revoked yet");
    for consequence in [
        "with tokens signed by ES256",
        "Within 2 seconds every node",
        "lived for up to 600 seconds",
        "may keep them for 300 seconds",
    ] {
        asked.refused(consequence);
    }
    for node in [first, second] {
        assert!(is_valid(node, access).await, "F34: nothing has happened");
        assert_eq!(hints(node, id_token).await, [true, true], "F34: nothing has happened");
    }

    let said = one.run(&["revoke-key", &kid, "--yes"]).await.fine();
    for (node, name) in [(first, "late"), (second, "later")] {
        until_gone(node, &kid).await;
        assert!(!is_valid(node, access).await, "F34: its access tokens are refused");
        assert_eq!(
            hints(node, id_token).await,
            [false, false],
            "F34: its ID tokens are refused"
        );
        let fresh = tokens(node, name).await;
        let signer = signer(&fresh);
        assert_ne!(signer, kid, "F34: another key signs");
        assert!(said.contains(&format!("ES256 signs with key {signer}.")), "F34: {said}");
        for node in [first, second] {
            until_gone(node, &kid).await;
            assert!(kids(node).await.contains(&signer), "F34: which every node publishes");
            assert!(is_valid(node, text(&fresh, "access_token")).await, "F34: and takes");
        }
    }
    one.run(&["revoke-key", &kid, "--yes"])
        .await
        .refused("there is no signing key");
    let events = first.api("audit-events?action=keys.revoked").await;
    assert_eq!(events["items"].as_array().map(Vec::len), Some(1), "F34: {events}");
    assert_eq!(events["items"][0]["detail"]["deleted"][0], kid, "F34: {events}");
    stop(both).await;
}
