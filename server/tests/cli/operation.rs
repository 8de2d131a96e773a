//! `admin`, `rotate-keys`, `backup`.

use std::time::Duration;

use crate::installation::{Installation, PATIENCE, Served};

crate::on_both!(
    an_administrator_is_made_and_gets_a_new_password,
    new_keys_are_published_while_the_old_ones_stay,
    a_backup_is_taken_while_the_server_goes_on,
    f16_what_was_begun_goes_on_after_the_process_was_killed,
);

const EMAIL: &str = "admin@example.com";
const PASSWORD: &str = "plenty-of-words-in-here";

async fn an_administrator_is_made_and_gets_a_new_password(one: Installation) {
    let short = one.run_with(&["admin", "create", EMAIL], "short\n").await;
    short.refused("the password will not do");
    let odd = one.run_with(&["admin", "create", "not an address"], PASSWORD).await;
    assert_eq!(odd.code, 1, "{odd:?}");
    one.run_with(&["admin", "create", EMAIL], PASSWORD).await.fine();
    let twice = one.run_with(&["admin", "create", "ADMIN@example.com"], PASSWORD).await;
    twice.refused("there is an account with this address already");
    let stranger = one
        .run_with(&["admin", "reset-password", "nobody@example.com"], PASSWORD)
        .await;
    stranger.refused("there is no account with the name nobody@example.com");
    let again = one
        .run_with(&["admin", "reset-password", EMAIL], "other-words-that-are-long")
        .await;
    assert!(again.fine().is_empty());
}

async fn kids(server: &Served) -> Vec<String> {
    let keys = server.get("/oauth2/jwks").await;
    let keys = keys["keys"].as_array().expect("keys").iter();
    keys.map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
}

async fn new_keys_are_published_while_the_old_ones_stay(one: Installation) {
    let server = one.serve().await;
    let mut before = Vec::new();
    for _ in 0..PATIENCE {
        before = kids_if_ready(&server).await;
        if !before.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(before.len(), 3, "one for each algorithm");
    let said = one.run(&["rotate-keys"]).await.fine();
    assert_eq!(said.lines().count(), 3, "{said}");
    let mut after = before.clone();
    for _ in 0..PATIENCE {
        after = kids(&server).await;
        if after.len() == 6 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(after.len(), 6, "a serving node notices by itself");
    assert!(before.iter().all(|kid| after.contains(kid)));
    server.stop().await;
}

/// Empty while the server is still getting its database ready.
pub async fn kids_if_ready(server: &Served) -> Vec<String> {
    let ready = server.try_get("/health/ready").await;
    if ready.is_ok_and(|answer| answer.status().is_success()) {
        kids(server).await
    } else {
        Vec::new()
    }
}

async fn a_backup_is_taken_while_the_server_goes_on(one: Installation) {
    let server = one.serve().await;
    let mut exported = serde_json::Value::Null;
    for _ in 0..PATIENCE {
        if !kids_if_ready(&server).await.is_empty() {
            exported = one.exported().await;
            if exported["applications"].as_array().is_some_and(|all| !all.is_empty()) {
                break;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let folder = one.folder.path().join("copy");
    let name = folder.to_str().expect("text");
    one.run(&["backup", name]).await.fine();
    one.run(&["backup", name]).await.refused("cannot be made");
    assert!(folder.join("secret.key").exists());
    if one.is_sqlite() {
        let restored = one.restored(&folder);
        assert_eq!(restored.exported().await, exported, "secrets open with the copied key");
    } else {
        let dump = std::fs::read(folder.join("doorward.dump")).expect("a dump");
        assert!(dump.starts_with(b"PGDMP"), "a dump that pg_restore reads");
    }
    server.stop().await;
}

pub const CALLBACK: &str = "https://shop.example.com/cb";
pub const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more-0";

/// A browser that follows nothing by itself.
pub struct Browser {
    http: reqwest::Client,
    cookies: Vec<String>,
}

/// What the browser was told: where to go, and the page.
pub struct Seen {
    pub location: String,
    pub body: String,
}

impl Browser {
    pub fn new() -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.build().expect("a client"),
            cookies: Vec::new(),
        }
    }

    pub async fn get(&mut self, server: &Served, path: &str) -> Seen {
        self.send(self.http.get(format!("{}{path}", server.url))).await
    }

    pub async fn post(&mut self, server: &Served, path: &str, form: &[(&str, &str)]) -> Seen {
        self.send(self.http.post(format!("{}{path}", server.url)).form(form))
            .await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Seen {
        let request = request
            .header("cookie", self.cookies.join("; "))
            .header("sec-fetch-site", "same-origin");
        let answer = request.send().await.expect("answers");
        let text = |value: &http::HeaderValue| value.to_str().expect("text").to_owned();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = text(cookie);
            self.cookies
                .push(cookie.split(';').next().unwrap_or_default().to_owned());
        }
        let location = answer.headers().get("location").map(text).unwrap_or_default();
        Seen {
            location,
            body: answer.text().await.expect("a body"),
        }
    }
}

/// Redeems a code: whether it worked.
pub async fn redeem(server: &Served, code: &str) -> bool {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", "shop"),
    ];
    let request = Browser::new()
        .http
        .post(format!("{}/oauth2/token", server.url))
        .form(&form);
    request.send().await.expect("answers").status().is_success()
}

/// The server on the same data, ready to answer.
async fn serve_until_ready(one: &Installation) -> Served {
    let server = one.serve().await;
    for _ in 0..PATIENCE {
        if !kids_if_ready(&server).await.is_empty() {
            return server;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not ready in time");
}

async fn f16_what_was_begun_goes_on_after_the_process_was_killed(one: Installation) {
    one.run_with(&["admin", "create", EMAIL], PASSWORD).await.fine();
    let shop = serde_json::json!({"format": 1, "applications": [{
        "handle": "shop", "name": "Shop", "client_id": "shop", "client_type": "public",
        "token_endpoint_auth_method": "none", "redirect_uris": [CALLBACK],
        "flow": {"steps": [{"options": ["password"]}]},
    }]});
    one.import(&shop, &[]).await.fine();
    let server = serve_until_ready(&one).await;
    let mut browser = Browser::new();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", "shop")
        .append_pair("redirect_uri", CALLBACK)
        .append_pair("response_type", "code")
        .append_pair("scope", "openid")
        .append_pair("code_challenge", &doorward_oidc::token::pkce::challenge(VERIFIER))
        .append_pair("code_challenge_method", "S256")
        .finish();
    let page = browser
        .get(&server, &format!("/oauth2/authorize?{query}"))
        .await
        .location;
    let shown = browser.get(&server, &page).await.body;
    let (_, rest) = shown.split_once("name=\"csrf\" value=\"").expect("a form");
    let csrf = rest.split('"').next().expect("a token").to_owned();

    // Dropped is killed: no signal it could answer to.
    drop(server);
    let server = serve_until_ready(&one).await;
    let form = [
        ("csrf", csrf.as_str()),
        ("option", "password"),
        ("username", EMAIL),
        ("password", PASSWORD),
    ];
    let home = browser.post(&server, &page, &form).await.location;
    let home = url::Url::parse(&home).expect("back at the application");
    let (_, code) = home.query_pairs().find(|(name, _)| name == "code").expect("a code");

    drop(server);
    let server = serve_until_ready(&one).await;
    assert!(redeem(&server, &code).await, "what was acknowledged is there");
    drop(server);
    let server = serve_until_ready(&one).await;
    assert!(!redeem(&server, &code).await, "and works once, over every restart");
}
