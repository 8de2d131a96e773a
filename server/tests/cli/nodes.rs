//! Two nodes over one PostgreSQL database.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use crate::installation::{API_TOKEN, Installation, PATIENCE, Served};
use crate::operation::{Browser, CALLBACK, VERIFIER, kids_if_ready, redeem};

/// How many people sign in for the first time, each on both nodes at once.
const PEOPLE: usize = 50;

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

async fn until_ready(server: &Served) {
    for _ in 0..PATIENCE {
        if !kids_if_ready(server).await.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not ready in time");
}

/// An application whose sign-in leads straight to the Test IdP, known to both nodes.
async fn add_application(one: &Installation, nodes: &[&Served]) {
    let shop = json!({"format": 1, "applications": [{
        "handle": "shop", "name": "Shop", "client_id": "shop", "client_type": "public",
        "token_endpoint_auth_method": "none", "redirect_uris": [CALLBACK],
        "flow": {"steps": [{"options": ["connection:test-idp"]}]},
    }]});
    one.import(&shop, &[]).await.fine();
    for node in nodes {
        for round in 0..=PATIENCE {
            assert!(round < PATIENCE, "the node does not notice the new application");
            if !Browser::new().get(node, &authorize()).await.location.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn authorize() -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", "shop")
        .append_pair("redirect_uri", CALLBACK)
        .append_pair("response_type", "code")
        .append_pair("scope", "openid email")
        .append_pair("code_challenge", &doorward_oidc::token::pkce::challenge(VERIFIER))
        .append_pair("code_challenge_method", "S256")
        .finish();
    format!("/oauth2/authorize?{query}")
}

/// What comes after the host.
fn path(address: &str) -> String {
    let url = url::Url::parse(address).expect("an address");
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

/// From the application to the provider: a browser and the answer it carries back.
async fn until_the_callback(node: &Served, name: &str) -> (Browser, String) {
    let mut browser = Browser::new();
    let away = browser.get(node, &authorize()).await.location;
    let page = browser.get(node, &path(&away)).await.body;
    let (_, rest) = page.split_once("name=\"request\" value=\"").expect("a form");
    let request = rest.split('"').next().expect("a value");
    let form = [("request", request), ("name", name)];
    let back = browser.post(node, "/test-idp/authorize", &form).await.location;
    (browser, path(&back))
}

async fn code(browser: &mut Browser, node: &Served, callback: &str) -> Option<String> {
    let home = browser.get(node, callback).await.location;
    let home = url::Url::parse(&home).ok()?;
    let code = home.query_pairs().find(|(name, _)| name == "code");
    code.map(|(_, code)| code.into_owned())
}

async fn api(node: &Served, path: &str) -> Value {
    let http = reqwest::Client::builder().build().expect("a client");
    let request = http.get(format!("{}/api/v1/{path}", node.url)).bearer_auth(API_TOKEN);
    let answer = request.send().await.expect("answers");
    serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f18_two_nodes_make_one_account_of_one_person() {
    let one = Installation::postgres().await;
    let (here, there) = (free_port(), free_port());
    let first = one.serve_node(here, here).await;
    until_ready(&first).await;
    let second = one.serve_node(there, here).await;
    until_ready(&second).await;
    add_application(&one, &[&first, &second]).await;
    for number in 0..PEOPLE {
        let name = format!("racer-{number}");
        let (mut left, left_back) = until_the_callback(&first, &name).await;
        let (mut right, right_back) = until_the_callback(&second, &name).await;
        let codes = tokio::join!(
            code(&mut left, &first, &left_back),
            code(&mut right, &second, &right_back)
        );
        let (Some(left), Some(right)) = codes else {
            panic!("F18: {name}: both sign-ins succeed: {codes:?}");
        };
        // A code is good at the node that did not make it.
        assert!(redeem(&second, &left).await, "F18: {name}");
        assert!(redeem(&first, &right).await, "F18: {name}");
        let user = api(&second, &format!("users/{name}@example.com")).await;
        assert_eq!(user["links"].as_array().map(Vec::len), Some(1), "F18: {name}: {user}");
    }
    let all = api(&first, "users?limit=200&q=racer").await;
    let all = all["items"].as_array().map(Vec::len);
    assert_eq!(all, Some(PEOPLE), "F18: one account of each person");
    second.stop().await;
    first.stop().await;
}
