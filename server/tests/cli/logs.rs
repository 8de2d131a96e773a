//! What the log of a server holds: lines of JSON for programs, and nothing that opens a door.

use serde_json::{Value, json};

use crate::browser::{Browser, Seen, code_in, is_valid, redemption, shop};
use crate::installation::Installation;
use crate::suspended::{EMAIL, PASSWORD};

crate::on_both!(the_log_of_a_sign_in_is_json_without_its_secrets);

const CLIENT_SECRET: &str = "secret-of-the-application";
const WRONG: &str = "other-words-than-these";
const WRONG_SECRET: &str = "not-the-secret-of-the-application";

fn tokens(seen: &Seen) -> Value {
    assert_eq!(seen.status, 200, "{seen:?}");
    serde_json::from_str(&seen.body).expect("JSON")
}

async fn the_log_of_a_sign_in_is_json_without_its_secrets(one: Installation) {
    one.run_with(&["admin", "create", EMAIL], PASSWORD).await.fine();
    let mut document = shop("password");
    let application = &mut document["applications"][0];
    application["client_type"] = json!("confidential");
    application["token_endpoint_auth_method"] = json!("client_secret_post");
    application["client_secret"] = json!(CLIENT_SECRET);
    one.import(&document, &[]).await.fine();
    let file = one.folder.path().join("log");
    let server = one.serve_logging(&file).await;
    server.until_ready().await;

    Browser::new().password(&server, EMAIL, WRONG).await;
    let mut browser = Browser::new();
    let home = browser.password(&server, EMAIL, PASSWORD).await.location;
    let code = code_in(&home).unwrap_or_else(|| panic!("no code: {home}"));
    let own = [("client_id", "shop"), ("client_secret", CLIENT_SECRET)];
    let redeeming = [redemption(&code).as_slice(), &own[1..]].concat();
    let first = tokens(&browser.post(&server, "/oauth2/token", &redeeming).await);
    let text = |tokens: &Value, name: &str| tokens[name].as_str().expect("a token").to_owned();
    assert!(is_valid(&server, &text(&first, "access_token")).await);
    let refresh = text(&first, "refresh_token");
    let refreshing = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let refreshing = [refreshing, own].concat();
    let next = tokens(&browser.post(&server, "/oauth2/token", &refreshing).await);
    let replayed = browser.post(&server, "/oauth2/token", &redeeming).await;
    assert_eq!(replayed.status, 400, "F20: {replayed:?}");
    let guessing = [redemption(&code).as_slice(), &[("client_secret", WRONG_SECRET)]].concat();
    let guessed = browser.post(&server, "/oauth2/token", &guessing).await;
    assert_eq!(guessed.status, 401, "{guessed:?}");
    server.stop().await;

    let mut secrets = [EMAIL, PASSWORD, WRONG, CLIENT_SECRET, WRONG_SECRET]
        .map(str::to_owned)
        .to_vec();
    secrets.push(code);
    for tokens in [&first, &next] {
        secrets.extend(["access_token", "refresh_token", "id_token"].map(|name| text(tokens, name)));
    }
    let cookies = browser.cookie();
    let values = cookies
        .split("; ")
        .filter_map(|cookie| Some(cookie.split_once('=')?.1.to_owned()));
    // A very short one would be found by chance.
    secrets.extend(values.filter(|value| value.len() >= 12));
    let log = std::fs::read_to_string(&file).expect("a log");
    for secret in &secrets {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    let mut refusals = Vec::new();
    for line in log.lines() {
        let read: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(read["level"].is_string() && read["fields"].is_object(), "{line}");
        let fields = &read["fields"];
        if fields["message"] == "a token request was refused" {
            assert!(
                fields["request_id"].as_str().is_some_and(|id| id.starts_with("req_")),
                "{line}"
            );
            refusals.push(json!([read["level"], fields["client_id"], fields["reason"]]));
        }
    }
    let want = [
        json!(["INFO", "shop", "the code or refresh token was used before"]),
        json!(["INFO", "shop", "the client_secret is wrong"]),
    ];
    assert_eq!(refusals, want, "{log}");
    assert!(log.contains("/oauth2/token"), "the requests are in it: {log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_variable_is_told_at_the_start() {
    let one = Installation::sqlite();
    let file = one.folder.path().join("log");
    let server = one
        .serve_after("export DOORWARD_SMTPURL=smtp://user:hush-hush@mail.example.com", &file)
        .await;
    server.until_ready().await;
    server.stop().await;
    let log = std::fs::read_to_string(&file).expect("a log");
    assert!(
        log.contains("DOORWARD_SMTPURL is no setting and is ignored; DOORWARD_SMTP_URL may be meant"),
        "{log}"
    );
    assert!(!log.contains("hush-hush"), "its value may be a secret: {log}");
}
