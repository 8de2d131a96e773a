//! A browser, and the application it comes from: what the stories of the command line need of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::installation::Served;

const CALLBACK: &str = "https://shop.example.com/cb";
const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more-0";

/// An application whose sign-in has one step with one option, as `doorward import` reads it.
pub fn shop(option: &str) -> Value {
    json!({"format": 1, "applications": [{
        "handle": "shop", "name": "Shop", "client_id": "shop", "client_type": "public",
        "token_endpoint_auth_method": "none", "redirect_uris": [CALLBACK],
        "flow": {"steps": [{"options": [option]}]},
    }]})
}

/// Where the application sends people to sign in.
pub fn authorize() -> String {
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

/// The code in the address that leads back to the application.
pub fn code_in(home: &str) -> Option<String> {
    let home = url::Url::parse(home).ok()?;
    let code = home.query_pairs().find(|(name, _)| name == "code");
    code.map(|(_, code)| code.into_owned())
}

/// A browser that follows nothing by itself.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    /// By name.
    cookies: BTreeMap<String, String>,
}

/// What the browser was told: where to go, and the page.
#[derive(Debug)]
pub struct Seen {
    pub status: u16,
    pub location: String,
    /// What the answer says in `Retry-After`.
    pub retry_after: Option<String>,
    pub body: String,
}

impl Seen {
    /// The value of a field of the page's form.
    #[track_caller]
    pub fn field(&self, name: &str) -> &str {
        between(&self.body, &format!("name=\"{name}\" value=\""), "\"").unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }
}

impl Browser {
    pub fn new() -> Self {
        Self {
            http: client(),
            cookies: BTreeMap::new(),
        }
    }

    pub async fn get(&mut self, server: &Served, path: &str) -> Seen {
        self.try_get(&server.url, path).await.expect("answers")
    }

    pub async fn post(&mut self, server: &Served, path: &str, form: &[(&str, &str)]) -> Seen {
        self.try_post(&server.url, path, form).await.expect("answers")
    }

    /// The page that says why a password is refused.
    pub async fn refused(&mut self, server: &Served, name: &str, password: &str) -> Seen {
        let address = self.password(server, name, password).await.location;
        self.get(server, &address).await
    }

    /// From the application to the page that asks for a password: what the form is answered with.
    pub async fn password(&mut self, server: &Served, name: &str, password: &str) -> Seen {
        let address = self.get(server, &authorize()).await.location;
        let page = self.get(server, &address).await;
        let form = [
            ("csrf", page.field("csrf")),
            ("option", "password"),
            ("username", name),
            ("password", password),
        ];
        self.post(server, &address, &form).await
    }

    /// Like [`Self::get`], of a server that may be gone.
    pub async fn try_get(&mut self, server: &str, path: &str) -> reqwest::Result<Seen> {
        self.send(self.http.get(format!("{server}{path}"))).await
    }

    async fn try_post(&mut self, server: &str, path: &str, form: &[(&str, &str)]) -> reqwest::Result<Seen> {
        self.send(self.http.post(format!("{server}{path}")).form(form)).await
    }

    /// What it sends in the header `Cookie`.
    pub fn cookie(&self) -> String {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        cookies.join("; ")
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> reqwest::Result<Seen> {
        let request = request
            .header("cookie", self.cookie())
            .header("sec-fetch-site", "same-origin");
        let answer = request.send().await?;
        let text = |value: &http::HeaderValue| value.to_str().expect("text").to_owned();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = text(cookie);
            let pair = cookie.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(Seen {
            status: answer.status().as_u16(),
            location: answer.headers().get("location").map(text).unwrap_or_default(),
            retry_after: answer.headers().get("retry-after").map(text),
            body: answer.text().await?,
        })
    }
}

fn client() -> reqwest::Client {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    http.build().expect("a client")
}

/// From the application to the Test IdP: a browser, and what the provider calls its request.
pub async fn at_the_provider(server: &str) -> reqwest::Result<(Browser, String)> {
    let mut browser = Browser::new();
    let away = browser.try_get(server, &authorize()).await?.location;
    let page = browser.try_get(server, &path(&away)).await?.body;
    let request = between(&page, "name=\"request\" value=\"", "\"");
    Ok((browser, request.unwrap_or_default().to_owned()))
}

/// Signs in there as the person `name`: the path at `server` that carries the provider's answer back.
pub async fn answer(browser: &mut Browser, server: &str, request: &str, name: &str) -> reqwest::Result<String> {
    let form = [("request", request), ("name", name)];
    let back = browser.try_post(server, "/test-idp/authorize", &form).await?.location;
    Ok(path(&back))
}

/// Both: a browser, and the path that carries the provider's answer back.
pub async fn until_the_callback(server: &str, name: &str) -> reqwest::Result<(Browser, String)> {
    let (mut browser, request) = at_the_provider(server).await?;
    let back = answer(&mut browser, server, &request, name).await?;
    Ok((browser, back))
}

/// What stands between two texts.
pub fn between<'a>(page: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(before)?;
    rest.split(after).next()
}

/// What comes after the host; empty where there is no address.
fn path(address: &str) -> String {
    url::Url::parse(address).map_or_else(
        |_| String::new(),
        |url| format!("{}?{}", url.path(), url.query().unwrap_or_default()),
    )
}

/// Redeems a code: whether it worked.
pub async fn redeem(server: &Served, code: &str) -> bool {
    try_redeem(&server.url, code).await.expect("answers").is_some()
}

/// Redeems a code, at a server that may be gone: the access token, where the code was good.
pub async fn try_redeem(server: &str, code: &str) -> reqwest::Result<Option<String>> {
    let (_, body) = ask_for_tokens(server, code).await?;
    Ok(body["access_token"].as_str().map(str::to_owned))
}

/// What the application sends to redeem a code.
pub fn redemption(code: &str) -> [(&'static str, &str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", "shop"),
    ]
}

/// What the token endpoint answers to a code, and the JSON of it.
pub async fn ask_for_tokens(server: &str, code: &str) -> reqwest::Result<(Seen, Value)> {
    let form = redemption(code);
    let seen = Browser::new().try_post(server, "/oauth2/token", &form).await?;
    let body = serde_json::from_str(&seen.body).unwrap_or_default();
    Ok((seen, body))
}

/// Whether an access token opens `userinfo`.
pub async fn is_valid(server: &Served, access_token: &str) -> bool {
    let request = client()
        .get(format!("{}/oauth2/userinfo", server.url))
        .bearer_auth(access_token);
    request.send().await.expect("answers").status().is_success()
}
