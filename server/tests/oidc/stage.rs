//! A server with one person, two applications, and a clock that tests turn.

mod grants;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_app::api::connection::SaveMode;
use doorward_domain::Timestamp;
use doorward_domain::audit::Actor;
use doorward_federation::{Fetch, FetchError, OutboundRequest, OutboundResponse};
use doorward_server::clock::Clock;
use doorward_server::config::Config;
use doorward_server::http::{Extras, router};
use doorward_server::random::SystemRandom;
use doorward_server::service::Services;
use doorward_server::state::{AppState, Parts, Shared};
use doorward_storage::Store;
use doorward_vault::Keyring;
use http::{HeaderMap, Request};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use tower::ServiceExt;
use url::Url;

pub use grants::Given;

pub const CALLBACK: &str = "https://app.example.com/cb";
pub const BYE: &str = "https://app.example.com/bye";
pub const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more-0";
pub const SECRET: &str = "secret-of-the-application";
const START: i64 = 1_800_000_000;

/// Runs each test on both databases.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&crate::stage::Stage::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&crate::stage::Stage::postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_both;

struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_timestamp(self.0.load(Ordering::SeqCst), 0).expect("a moment")
    }
}

/// Nothing here asks a provider.
struct NoNetwork;

#[async_trait::async_trait]
impl Fetch for NoNetwork {
    async fn fetch(&self, _: OutboundRequest) -> Result<OutboundResponse, FetchError> {
        Err(FetchError::Unreachable)
    }

    fn check(&self, _: &Url) -> Result<(), FetchError> {
        Ok(())
    }
}

fn keyring() -> Arc<Keyring> {
    Arc::new(Keyring::from_master([42; 32]))
}

pub struct Stage {
    pub state: Shared,
    services: Services,
    app: Router,
    clock: Arc<TestClock>,
    url: String,
    _folder: Option<tempfile::TempDir>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn text(&self, member: &str) -> String {
        self.json()[member]
            .as_str()
            .unwrap_or_else(|| panic!("no {member}: {self:?}"))
            .to_owned()
    }

    pub fn error(&self) -> (u16, String) {
        (self.status, self.text("error"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

/// Asks again as long as the database is busy, which a slow one is with so many at one row (F12).
pub async fn until_told(ask: impl AsyncFn() -> Answer) -> Answer {
    for _ in 0..50 {
        let answer = ask().await;
        if answer.status != 503 {
            return answer;
        }
    }
    panic!("the database never answers");
}

impl Stage {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("doorward.db").display());
        Self::open(url, Some(folder)).await
    }

    pub async fn postgres() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let admin = std::env::var("DOORWARD_TEST_POSTGRES_URL")
            .expect("DOORWARD_TEST_POSTGRES_URL is not set: run the tests with `cargo xtask test`");
        let name = format!(
            "doorward_oidc_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let connection = Database::connect(&admin).await.expect("PostgreSQL answers");
        connection
            .execute_unprepared(&format!("CREATE DATABASE \"{name}\""))
            .await
            .expect("created");
        connection.close().await.expect("closes");
        let mut url = Url::parse(&admin).expect("an address");
        url.set_path(&name);
        Self::open(url.into(), None).await
    }

    async fn open(url: String, folder: Option<tempfile::TempDir>) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(START)));
        let store = Store::open(&url, keyring()).await.expect("opens");
        store.migrate().await.expect("migrates");
        let stage = Self::node(store, clock, url, folder).await;
        stage
            .application(json!({"client_id": "payroll", "client_secret": SECRET}))
            .await;
        let public =
            json!({"client_id": "spa", "client_type": "public", "redirect_uris": ["https://spa.example.com/cb"]});
        stage.application(public).await;
        stage
    }

    /// Another node: it has its own copy of the configuration, and no more that is its own.
    pub async fn another(&self) -> Self {
        Self::node(self.state.store.clone(), self.clock.clone(), self.url.clone(), None).await
    }

    async fn node(store: Store, clock: Arc<TestClock>, url: String, folder: Option<tempfile::TempDir>) -> Self {
        let config = Config::read(&|_| None, None, false).expect("defaults");
        let (fetch, random) = (Arc::new(NoNetwork), Arc::new(SystemRandom));
        let state = AppState::new(Parts {
            mail: doorward_server::mail::Mail::open(&doorward_server::config::MailSettings::None).expect("opens"),
            program: env!("CARGO_BIN_EXE_doorward").into(),
            config,
            store,
            keyring: keyring(),
            unsaved_key: None,
            fetch,
            clock: clock.clone(),
            random,
        });
        state.refresh().await.expect("loads");
        let services = Services::new(state.clone());
        let app = router(&state, &services, Extras::default());
        Self {
            state,
            services,
            app,
            clock,
            url,
            _folder: folder,
        }
    }

    /// Saves an application; the draft needs a `client_id`.
    pub async fn application(&self, more: Value) {
        let mut draft = json!({
            "handle": more["client_id"], "name": more["client_id"], "redirect_uris": [CALLBACK],
            "post_logout_redirect_uris": [BYE], "flow": {"steps": [{"options": ["password"]}]},
        });
        draft
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        self.services
            .applications
            .create(&Actor::Api, draft, SaveMode::Save)
            .await
            .expect("saved");
    }

    pub async fn sql(&self, sql: &str) {
        let connection = Database::connect(&self.url).await.expect("connects");
        connection.execute_unprepared(sql).await.expect("runs");
        connection.close().await.expect("closes");
    }

    pub fn advance(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Statements and commits of some work.
    pub async fn cost<T>(&self, work: impl Future<Output = T>) -> (T, (u64, u64)) {
        let before = self.state.store.counters();
        let done = work.await;
        let after = self.state.store.counters();
        (
            done,
            (after.statements - before.statements, after.commits - before.commits),
        )
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.expect("a body");
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text,
        }
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| {
            request.header(*name, *value)
        });
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// A request of an application that shows its secret.
    pub async fn post_as(&self, client_id: &str, secret: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post(path, &[("authorization", &basic(client_id, secret))], fields)
            .await
    }

    /// A token request of the confidential application.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        self.post_as("payroll", SECRET, "/oauth2/token", fields).await
    }

    /// An application that acts for itself.
    pub async fn daemon(&self) {
        self.application(json!({
            "client_id": "daemon", "client_secret": SECRET, "grant_types": ["client_credentials"], "redirect_uris": [],
        }))
        .await;
    }

    pub async fn exchange(&self, code: &str) -> Answer {
        self.token(&exchange(code)).await
    }

    pub async fn refresh(&self, token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
            .await
    }

    pub async fn userinfo(&self, token: &str) -> Answer {
        self.get("/oauth2/userinfo", &[("authorization", &format!("Bearer {token}"))])
            .await
    }
}

pub fn exchange(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

pub fn basic(client_id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client_id}:{secret}")))
}

/// The payload of a token, unverified.
pub fn payload(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}
