//! What browsers and applications do, without anything that is not needed.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use http::StatusCode;
use http::header::{LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response, redirect};
use serde_json::{Value, json};
use url::Url;

use crate::provider;
use crate::server::API_TOKEN;

const CALLBACK: &str = "https://app.example.com/cb";
const HOSTILE: &str = "hostile";
const SECRET: &str = "secret-of-the-application";
const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more-0";
pub const PASSWORD: &str = "a password of the person";

/// Applications and people at one server.
#[derive(Clone)]
pub struct Actor {
    http: Client,
    base: String,
    challenge: String,
}

/// A browser: cookies and nothing else.
#[derive(Default)]
struct Browser(Vec<(String, String)>);

impl Browser {
    fn keep(&mut self, answer: &Response) {
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().ok().and_then(|text| text.split(';').next());
            if let Some((name, value)) = pair.and_then(|pair| pair.split_once('=')) {
                self.0.retain(|(known, _)| known != name);
                self.0.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    fn header(&self) -> String {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }
}

impl Actor {
    /// Prepares the requests; nothing is sent.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(base: &str) -> Result<Self> {
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            .pool_max_idle_per_host(256)
            .build()?;
        Ok(Self {
            http,
            base: base.to_owned(),
            challenge: doorward_oidc::token::pkce::challenge(VERIFIER),
        })
    }

    /// One connection to `issuer`, one application that offers it alone, one that offers a password.
    ///
    /// # Errors
    /// When the management API refuses.
    pub async fn set_up(&self, issuer: &str) -> Result<()> {
        let connection = json!({"handle": "upstream", "display_name": "Upstream", "oidc": {
            "issuer": issuer, "client_id": provider::CLIENT_ID, "client_secret": "upstream"}});
        self.api("connections", &connection).await?;
        for (handle, option) in [("federated", "connection:upstream"), ("staff", "password")] {
            let application = json!({
                "handle": handle, "name": handle, "client_id": handle, "client_secret": SECRET,
                "redirect_uris": [CALLBACK], "flow": {"steps": [{"options": [option]}]},
                "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            });
            self.api("applications", &application).await?;
        }
        Ok(())
    }

    /// An application whose script never ends.
    ///
    /// # Errors
    /// When the management API refuses.
    pub async fn add_hostile(&self) -> Result<()> {
        let script = "function onLoginRequest(context) { while (true) {} }";
        let application = json!({
            "handle": HOSTILE, "name": HOSTILE, "client_id": HOSTILE, "client_secret": SECRET,
            "redirect_uris": [CALLBACK], "flow": {"steps": [{"options": ["password"]}], "script": script},
        });
        self.api("applications", &application).await
    }

    /// Begins a sign-in whose script never ends: the answer is a page that says so, or that it is busy.
    ///
    /// # Errors
    /// When nothing answers, or the script let somebody through.
    pub async fn hostile(&self) -> Result<()> {
        let address = self.authorize_address(HOSTILE)?;
        let answer = self.send(&mut Browser::default(), self.http.get(address)).await?;
        if !answer.status().is_server_error() {
            bail!("a script that never ends is answered with {}", answer.status());
        }
        answer.bytes().await?;
        Ok(())
    }

    /// A connection to an issuer that cannot be asked, and an application that offers it alone.
    ///
    /// # Errors
    /// When the management API refuses.
    pub async fn add_failing(&self, handle: &str, issuer: &str) -> Result<()> {
        let at = |path: &str| format!("{issuer}/{path}");
        let oidc = json!({
            "issuer": issuer, "client_id": provider::CLIENT_ID, "client_secret": "upstream",
            "authorization_endpoint": at("authorize"), "token_endpoint": at("token"), "jwks_uri": at("jwks"),
        });
        let connection = json!({"handle": handle, "display_name": handle, "oidc": oidc});
        self.api("connections", &connection).await?;
        let application = json!({
            "handle": handle, "name": handle, "client_id": handle, "client_secret": SECRET,
            "redirect_uris": [CALLBACK], "flow": {"steps": [{"options": [format!("connection:{handle}")]}]},
        });
        self.api("applications", &application).await
    }

    /// Comes back from a provider of [`Self::add_failing`]: the answer is a page that says it is away.
    ///
    /// # Errors
    /// When nothing answers, or somebody is let through.
    pub async fn fails(&self, handle: &str) -> Result<()> {
        let mut browser = Browser::default();
        let begun = self.http.get(self.authorize_address(handle)?);
        let away = self.send(&mut browser, begun).await?;
        // After some failures nobody is sent there any more (F1).
        if away.status().is_server_error() {
            away.bytes().await?;
            return Ok(());
        }
        let back = way_back(&location(&away)?, "somebody")?;
        let answer = self.send(&mut browser, self.http.get(back)).await?;
        let leads_home = answer
            .headers()
            .get(LOCATION)
            .is_some_and(|to| to.as_bytes().starts_with(b"https://app"));
        if answer.status().is_success() || leads_home {
            bail!("a provider that is away is answered with {}", answer.status());
        }
        answer.bytes().await?;
        Ok(())
    }

    /// Adds a person with a password.
    ///
    /// # Errors
    /// When the management API refuses.
    pub async fn add_person(&self, username: &str) -> Result<()> {
        self.api("users", &json!({"username": username, "password": PASSWORD}))
            .await
    }

    async fn api(&self, path: &str, body: &Value) -> Result<()> {
        let request = self
            .http
            .post(format!("{}/api/v1/{path}", self.base))
            .bearer_auth(API_TOKEN)
            .json(body);
        let answer = request.send().await?;
        if !answer.status().is_success() {
            bail!("{path}: {}", answer.text().await?);
        }
        Ok(())
    }

    /// A whole sign-in through the provider, up to the application's tokens.
    ///
    /// # Errors
    /// When any step of it goes wrong.
    pub async fn federated(&self, subject: &str) -> Result<Value> {
        let mut browser = Browser::default();
        let away = self.authorize(&mut browser, "federated").await?;
        let home = self.follow(&mut browser, way_back(&away, subject)?).await?;
        self.redeem("federated", &home).await
    }

    /// A whole sign-in with a password.
    ///
    /// # Errors
    /// When any step of it goes wrong.
    pub async fn password(&self, username: &str) -> Result<Value> {
        let mut browser = Browser::default();
        let form = self.password_form(&mut browser, username, PASSWORD).await?;
        let answer = self.send(&mut browser, form).await?;
        let home = self.follow(&mut browser, location(&answer)?).await?;
        self.redeem("staff", &home).await
    }

    /// How long the answer to a wrong password takes, asked from `address`.
    ///
    /// # Errors
    /// When it is anything else than a refusal.
    pub async fn wrong_password(&self, username: &str, address: Ipv4Addr) -> Result<Duration> {
        let mut browser = Browser::default();
        let form = self.password_form(&mut browser, username, "a wrong password").await?;
        let form = form.header("x-forwarded-for", address.to_string());
        let begun = Instant::now();
        let answer = self.send(&mut browser, form).await?;
        let status = answer.status();
        answer.bytes().await?;
        if status != StatusCode::UNAUTHORIZED {
            bail!("a wrong password is answered with {status}");
        }
        Ok(begun.elapsed())
    }

    /// The form of the password, filled in.
    async fn password_form(&self, browser: &mut Browser, username: &str, password: &str) -> Result<RequestBuilder> {
        let page = self.authorize(browser, "staff").await?;
        let address = self.absolute(&page);
        let shown = self.send(browser, self.http.get(&address)).await?.text().await?;
        let csrf = shown
            .split_once("name=\"csrf\" value=\"")
            .and_then(|(_, rest)| rest.split_once('"'));
        let csrf = csrf.map(|(token, _)| token).context("the page has no form")?;
        let form = [
            ("csrf", csrf),
            ("option", "password"),
            ("username", username),
            ("password", password),
        ];
        Ok(self.http.post(&address).form(&form))
    }

    /// Fresh tokens for a refresh token.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Value> {
        self.token(
            "federated",
            &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)],
        )
        .await
    }

    /// A token for the application itself.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn client_credentials(&self) -> Result<Value> {
        self.token("federated", &[("grant_type", "client_credentials")]).await
    }

    async fn authorize(&self, browser: &mut Browser, application: &str) -> Result<String> {
        let address = self.authorize_address(application)?;
        location(&self.send(browser, self.http.get(address)).await?)
    }

    fn authorize_address(&self, application: &str) -> Result<Url> {
        let query = [
            ("client_id", application),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile email offline_access"),
            ("state", "s"),
            ("nonce", "n"),
            ("code_challenge", &self.challenge),
            ("code_challenge_method", "S256"),
        ];
        Ok(Url::parse_with_params(
            &format!("{}/oauth2/authorize", self.base),
            query,
        )?)
    }

    /// Follows redirects within the server, up to the application's address.
    async fn follow(&self, browser: &mut Browser, mut address: String) -> Result<String> {
        for _ in 0..5 {
            if address.starts_with(CALLBACK) {
                return Ok(address);
            }
            let request = self.http.get(self.absolute(&address));
            address = location(&self.send(browser, request).await?)?;
        }
        bail!("redirects without end")
    }

    fn absolute(&self, address: &str) -> String {
        if address.starts_with('/') {
            format!("{}{address}", self.base)
        } else {
            address.to_owned()
        }
    }

    async fn send(&self, browser: &mut Browser, request: RequestBuilder) -> Result<Response> {
        let request = request
            .header("cookie", browser.header())
            .header("sec-fetch-site", "same-origin");
        let answer = request.send().await?;
        browser.keep(&answer);
        Ok(answer)
    }

    async fn redeem(&self, application: &str, home: &str) -> Result<Value> {
        let home = Url::parse(home)?;
        let code = home.query_pairs().find(|(name, _)| name == "code");
        let code = code.with_context(|| format!("no code in {home}"))?.1.into_owned();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.token(application, &form).await
    }

    async fn token(&self, application: &str, form: &[(&str, &str)]) -> Result<Value> {
        let request = self
            .http
            .post(format!("{}/oauth2/token", self.base))
            .basic_auth(application, Some(SECRET));
        let answer = request.form(form).send().await?;
        let status = answer.status();
        let body: Value = serde_json::from_slice(&answer.bytes().await?)?;
        if !status.is_success() {
            bail!("the token endpoint answers {body}");
        }
        Ok(body)
    }
}

fn location(answer: &Response) -> Result<String> {
    let value = answer
        .headers()
        .get(LOCATION)
        .with_context(|| format!("{} without a redirect", answer.status()))?;
    Ok(value.to_str()?.to_owned())
}

/// Where the provider sends the browser back to that was sent to it.
fn way_back(away: &str, subject: &str) -> Result<String> {
    let away = Url::parse(away)?;
    let asked = |name: &str| {
        let found = away.query_pairs().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.into_owned())
            .context("the request lacks a parameter")
    };
    let code = provider::code(subject, &asked("nonce")?);
    let back = Url::parse_with_params(&asked("redirect_uri")?, [("code", &code), ("state", &asked("state")?)])?;
    Ok(back.into())
}
