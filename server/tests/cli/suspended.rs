//! A script that waits between two steps while its server goes, or while the browser goes on at another node.

use serde_json::Value;
use totp_rs::{Builder, Secret};

use crate::browser::{Browser, Seen, authorize, between, code_in, redeem, shop};
use crate::installation::{Installation, Served, free_port};

crate::on_both!(a_suspended_script_goes_on_in_another_process);

pub const EMAIL: &str = "admin@example.com";
pub const PASSWORD: &str = "plenty-of-words-in-here";

/// What one page leaves for the next: a loop's counter, a counter in a closure, a list, and a number drawn by chance. The
/// number leaves the first run as the name in the form, everything leaves the last run in its log.
const SCRIPT: &str = "
function onLoginRequest(context) {
    const drawn = String(Math.random());
    const passed = [];
    const count = (function () { let n = 0; return function () { n += 1; return n; }; })();
    for (let step = 1; step <= 2; step++) {
        executeStep(step, { authenticatorParams: { common: { username: drawn } } }, {
            onSuccess: function (context) {
                passed.push(count() + ':' + step + ':' + context.steps[step].authenticator);
                if (step === 2) { Log.info([drawn].concat(passed).join(' ')); }
            }
        });
    }
}";

/// An account, and an application with a second step, whose script waits for both.
pub async fn set_up(one: &Installation) {
    one.run_with(&["admin", "create", EMAIL], PASSWORD).await.fine();
    let mut document = shop("password");
    let flow = serde_json::json!({"steps": [{"options": ["password"]}, {"options": ["totp"]}], "script": SCRIPT});
    document["applications"][0]["flow"] = flow;
    one.import(&document, &[]).await.fine();
}

async fn serve(one: &Installation, port: u16, public_port: u16) -> Served {
    let server = one.serve_node(port, public_port).await;
    server.until_ready().await;
    server
}

/// The name that stands in the form, put there by the script.
fn name(page: &Seen) -> &str {
    let before = "name=\"username\" type=\"text\" value=\"";
    between(&page.body, before, "\"").unwrap_or_else(|| panic!("no name: {page:?}"))
}

/// The key on the page that sets up an app.
pub fn key(page: &Seen) -> &str {
    between(&page.body, "class=\"key\">", "<").unwrap_or_else(|| panic!("no key: {page:?}"))
}

/// What an app with this key shows now.
pub fn code(key: &str) -> String {
    let secret = Secret::try_from_base32(key.replace(' ', "")).expect("a key");
    let app = Builder::new().with_secret(secret).build().expect("a secret");
    app.generate_current().to_string()
}

/// The lines that the script of the only sign-in said.
async fn said(server: &Served) -> Vec<String> {
    let all = server.api("attempts?application=shop").await;
    let attempts = all["items"].as_array().expect("items");
    assert_eq!(attempts.len(), 1, "one sign-in: {all}");
    let id = attempts[0]["id"].as_str().expect("an id");
    let detail = server.api(&format!("attempts/{id}")).await;
    let lines = detail["script"]["log"]
        .as_array()
        .unwrap_or_else(|| panic!("no log: {detail}"));
    lines.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

async fn a_suspended_script_goes_on_in_another_process(one: Installation) {
    set_up(&one).await;
    let (here, there) = (free_port(), free_port());
    let first = serve(&one, here, here).await;
    let mut browser = Browser::new();
    let address = browser.get(&first, &authorize()).await.location;
    let page = browser.get(&first, &address).await;
    let drawn = name(&page).to_owned();
    assert!(
        drawn.starts_with("0."),
        "the script's number stands in the form: {drawn}"
    );

    // Before anybody has proven anything: the whole sign-in is in the browser's cookie.
    first.kill().await;
    let second = serve(&one, here, here).await;
    let again = browser.get(&second, &address).await;
    assert_eq!(name(&again), drawn, "the same number, in a process that never drew it");
    let form = [
        ("csrf", again.field("csrf")),
        ("option", "password"),
        ("username", EMAIL),
        ("password", PASSWORD),
    ];
    let next = browser.post(&second, &address, &form).await.location;
    assert_eq!(code_in(&next), None, "the second step is asked for");
    let key_before = key(&browser.get(&second, &next).await).to_owned();

    // Between the two steps: the sign-in is a row, and what the script has seen is in it.
    second.kill().await;
    let third = serve(&one, here, here).await;
    // SQLite is for one node; with PostgreSQL the rest happens at another one, while the first serves on.
    let other = if one.is_sqlite() {
        None
    } else {
        Some(serve(&one, there, here).await)
    };
    let node = other.as_ref().unwrap_or(&third);
    let page = browser.get(node, &next).await;
    assert_eq!(key(&page), key_before, "the app that was shown is the one that counts");
    let form = [
        ("csrf", page.field("csrf")),
        ("option", "totp"),
        ("code", &code(&key_before)),
    ];
    let done = browser.post(node, &next, &form).await;
    let code = code_in(&done.location).unwrap_or_else(|| panic!("no code: {done:?}"));
    assert!(redeem(&third, &code).await, "good at every node");
    assert_eq!(
        said(&third).await,
        [format!("info: {drawn} 1:1:BasicAuthenticator 2:2:totp")],
        "the loop, the closure and the number are what they were"
    );
    if let Some(other) = other {
        other.stop().await;
    }
    third.stop().await;
}
