//! The whole server in process, with a clock that stands still and seeded randomness.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use doorward_app::api::connection::SaveMode;
use doorward_domain::Timestamp;
use doorward_domain::audit::Actor;
use doorward_server::clock::Clock;
use doorward_server::config::{Config, MailSettings};
use doorward_server::http::{Extras, router};
use doorward_server::mail::Mail;
use doorward_server::random::Random;
use doorward_server::service::Services;
use doorward_server::state::{AppState, Parts, Shared};
use doorward_storage::{StorageError, Store};
use doorward_vault::Keyring;
use http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::provider::{ISSUER, Persona, Provider};

pub const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more-0";
pub const API_TOKEN: &str = "a-management-token-for-tests";
pub const CALLBACK: &str = "https://app.example.com/cb";

pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_timestamp(self.0.load(Ordering::SeqCst), 0).expect("a time")
    }
}

/// Numbers that look random and are the same in each run.
struct Seeded(AtomicU64);

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let number = self.0.fetch_add(1, Ordering::SeqCst);
            chunk.copy_from_slice(&doorward_vault::sha256(&number.to_be_bytes())[..chunk.len()]);
        }
    }
}

fn mailbox() -> Mail {
    Mail::open(&MailSettings::Mailbox).expect("opens")
}

pub struct World {
    pub state: Shared,
    pub services: Services,
    pub app: Router,
    pub clock: Arc<TestClock>,
    pub provider: Arc<Provider>,
    pub folder: Option<tempfile::TempDir>,
    /// Of the database, for tests that look into its tables.
    pub url: String,
}

impl World {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("doorward.db").display());
        Self::open(&url, Some(folder)).await
    }

    pub async fn postgres() -> Self {
        Self::open(&crate::postgres::create_database().await, None).await
    }

    /// A server whose database is not there.
    pub async fn unreachable() -> Self {
        Self::build("postgres://nobody@127.0.0.1:1/none", None, mailbox()).await
    }

    async fn open(url: &str, folder: Option<tempfile::TempDir>) -> Self {
        Self::opened(Self::build(url, folder, mailbox()).await).await
    }

    /// A fresh world on the same kind of database, whose mail leaves another way.
    pub async fn with_mail(&self, mail: Mail) -> Self {
        let world = match &self.folder {
            Some(_) => {
                let folder = tempfile::tempdir().expect("a folder");
                let url = format!("sqlite:{}", folder.path().join("doorward.db").display());
                Self::build(&url, Some(folder), mail).await
            }
            None => Self::build(&crate::postgres::create_database().await, None, mail).await,
        };
        Self::opened(world).await
    }

    async fn opened(world: Self) -> Self {
        world.state.store.migrate().await.expect("migrates");
        world.state.refresh().await.expect("loads");
        world.set_up().await;
        world
    }

    async fn build(url: &str, folder: Option<tempfile::TempDir>, mail: Mail) -> Self {
        Self::build_with(url, folder, mail, None).await
    }

    /// A fresh world on the same kind of database, where each connection makes so few accounts in an hour.
    pub async fn with_accounts_per_hour(&self, many: usize) -> Self {
        let world = match &self.folder {
            Some(_) => {
                let folder = tempfile::tempdir().expect("a folder");
                let url = format!("sqlite:{}", folder.path().join("doorward.db").display());
                Self::build_with(&url, Some(folder), mailbox(), Some(many)).await
            }
            None => Self::build_with(&crate::postgres::create_database().await, None, mailbox(), Some(many)).await,
        };
        Self::opened(world).await
    }

    async fn build_with(url: &str, folder: Option<tempfile::TempDir>, mail: Mail, accounts: Option<usize>) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(1_800_000_000)));
        let provider = Arc::new(Provider::new(clock.clone()));
        let settings = |name: &str| match name {
            "DOORWARD_API_TOKEN" => Some(API_TOKEN.to_owned()),
            "DOORWARD_ACCOUNTS_PER_HOUR" => accounts.map(|many| many.to_string()),
            "DOORWARD_SCRIPT_ORIGINS" => Some("https://api.example.com".to_owned()),
            _ => None,
        };
        let config = Config::read(&settings, None, false).expect("defaults");
        let keyring = Arc::new(Keyring::from_master([42; 32]));
        let store = Store::open(url, keyring.clone()).await.expect("opens");
        let random = Arc::new(Seeded(AtomicU64::new(0)));
        let (fetch, time) = (provider.clone(), clock.clone());
        let state = AppState::new(Parts {
            mail,
            program: env!("CARGO_BIN_EXE_doorward").into(),
            config,
            store,
            keyring,
            fetch,
            clock: time,
            random,
        });
        let services = Services::new(state.clone());
        let app = router(&state, &services, Extras::default());
        Self {
            state,
            services,
            app,
            clock,
            provider,
            folder,
            url: url.to_owned(),
        }
    }

    /// A connection, applications, and nobody.
    async fn set_up(&self) {
        self.connection("acme", json!({})).await;
        self.application("payroll", json!([["password", "connection:acme"]]))
            .await;
        self.application("portal", json!([["connection:acme"]])).await;
    }

    pub async fn connection(&self, handle: &str, more: Value) {
        let mut draft = json!({
            "handle": handle, "display_name": "Acme",
            "oidc": {"issuer": ISSUER, "client_id": "doorward", "client_secret": "hush"},
        });
        draft
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        let saved = self
            .services
            .connections
            .create(&Actor::Api, draft, SaveMode::Save)
            .await;
        saved.expect("saved");
    }

    pub async fn application(&self, handle: &str, steps: Value) {
        let steps: Vec<Value> = steps
            .as_array()
            .expect("steps")
            .iter()
            .map(|options| json!({"options": options}))
            .collect();
        let draft = json!({
            "handle": handle, "name": handle, "client_id": handle, "client_secret": "secret-of-the-application",
            "redirect_uris": [CALLBACK], "flow": {"steps": steps},
        });
        let saved = self
            .services
            .applications
            .create(&Actor::Api, draft, SaveMode::Save)
            .await;
        saved.expect("saved");
    }

    /// An application whose script decides.
    pub async fn scripted(&self, handle: &str, steps: Value, script: &str) {
        self.application(handle, steps).await;
        let patch = json!({"flow": {"script": script}});
        let saved = self
            .services
            .applications
            .patch(&Actor::Api, handle, None, patch, SaveMode::Save)
            .await;
        saved.expect("saved");
    }

    /// Gives an application other steps.
    pub async fn change_flow(&self, handle: &str, steps: Value) {
        let steps: Vec<Value> = steps
            .as_array()
            .expect("steps")
            .iter()
            .map(|options| json!({"options": options}))
            .collect();
        let patch = json!({"flow": {"steps": steps}});
        let saved = self
            .services
            .applications
            .patch(&Actor::Api, handle, None, patch, SaveMode::Save)
            .await;
        saved.expect("saved");
    }

    /// Changes settings of the connection.
    pub async fn change(&self, handle: &str, change: impl FnOnce(&mut doorward_domain::connection::Connection)) {
        let found = self
            .state
            .snapshot()
            .connection_by_handle(&handle.parse().expect("a handle"))
            .cloned();
        let mut connection = found.expect("the connection").as_ref().clone();
        change(&mut connection);
        connection.version += 1;
        let saved: Result<(), StorageError> = self
            .state
            .store
            .write(move |tx| Box::pin(async move { doorward_storage::connection::update(tx, &connection).await }))
            .await;
        saved.expect("saved");
        self.state.refresh().await.expect("loads");
    }

    pub async fn person(&self, username: &str, email: Option<(&str, bool)>, password: &str) {
        let draft = serde_json::from_value(json!({
            "username": username, "email": email.map(|(email, _)| email),
            "email_verified": email.is_some_and(|(_, verified)| verified), "password": password,
        }));
        self.services
            .users
            .create(&Actor::Api, draft.expect("a draft"))
            .await
            .expect("created");
    }

    pub async fn accounts(&self) -> usize {
        let page = self.services.users.list(Default::default()).await.expect("listed");
        page.items.len()
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser {
            world: self,
            cookies: Mutex::default(),
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.app.clone().oneshot(request).await.expect("an answer")
    }

    pub async fn token(&self, application: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let basic = STANDARD.encode(format!("{application}:secret-of-the-application"));
        let request = Request::post("/oauth2/token")
            .header(header::AUTHORIZATION, format!("Basic {basic}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.send(request.body(Body::from(body)).expect("a request")).await;
        let status = response.status();
        (status, serde_json::from_str(&text(response).await).expect("json"))
    }

    pub async fn redeem(&self, application: &str, code: &str) -> (StatusCode, Value) {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.token(application, &form).await
    }

    pub async fn userinfo(&self, access_token: &str) -> (StatusCode, Value) {
        let request = Request::get("/oauth2/userinfo").header(header::AUTHORIZATION, format!("Bearer {access_token}"));
        let response = self.send(request.body(Body::empty()).expect("a request")).await;
        let status = response.status();
        (
            status,
            serde_json::from_str(&text(response).await).unwrap_or(Value::Null),
        )
    }
}

pub async fn text(response: Response<Body>) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20)
        .await
        .expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// What a browser sees.
#[derive(Debug, Clone)]
pub struct Seen {
    pub status: StatusCode,
    pub location: Option<String>,
    pub body: String,
    pub headers: http::HeaderMap,
    /// Where it is.
    pub address: String,
}

impl Seen {
    pub fn field(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let start = self
            .body
            .find(&marker)
            .unwrap_or_else(|| panic!("no field {name} in {}", self.body))
            + marker.len();
        let end = self.body[start..].find('"').expect("an end");
        self.body[start..start + end].to_owned()
    }

    /// The code, when the browser was sent to the application with one.
    pub fn code(&self) -> String {
        self.parameter("code").unwrap_or_else(|| panic!("no code: {self:?}"))
    }

    pub fn parameter(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.location.as_deref()?).ok()?;
        url.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    pub fn number(&self) -> &str {
        let start = self.body.find("<dd>").map_or(0, |at| at + 4);
        &self.body[start..start + 4]
    }
}

pub struct Browser<'w> {
    pub world: &'w World,
    pub cookies: Mutex<HashMap<String, String>>,
}

impl Browser<'_> {
    pub async fn get(&self, address: &str) -> Seen {
        self.go(Request::get(address), address, Body::empty()).await
    }

    pub async fn post(&self, address: &str, form: &[(&str, &str)]) -> Seen {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.go(request, address, Body::from(body)).await
    }

    async fn go(&self, request: http::request::Builder, address: &str, body: Body) -> Seen {
        let cookies: Vec<String> = self
            .cookies
            .lock()
            .expect("cookies")
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request.header(header::COOKIE, cookies.join("; "));
        let response = self.world.send(request.body(body).expect("a request")).await;
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("text");
            let (name, rest) = text.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            let mut cookies = self.cookies.lock().expect("cookies");
            if text.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = response
            .headers()
            .get(header::LOCATION)
            .map(|v| v.to_str().expect("text").to_owned());
        let (status, headers) = (response.status(), response.headers().clone());
        Seen {
            status,
            location,
            headers,
            address: address.to_owned(),
            body: text(response).await,
        }
    }

    /// Follows redirects within the server.
    pub async fn follow(&self, mut seen: Seen) -> Seen {
        for _ in 0..10 {
            match seen.location.clone() {
                Some(location) if location.starts_with('/') => seen = self.get(&location).await,
                _ => return seen,
            }
        }
        panic!("redirects without end: {seen:?}");
    }

    pub async fn authorize(&self, application: &str, more: &str) -> Seen {
        let challenge = doorward_oidc::token::pkce::challenge(VERIFIER);
        let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
        let address = format!(
            "/oauth2/authorize?client_id={application}&redirect_uri={callback}&response_type=code\
             &scope=openid+profile+email&state=s&nonce=n&code_challenge={challenge}&code_challenge_method=S256{more}"
        );
        let seen = self.get(&address).await;
        self.follow(seen).await
    }

    /// From the application to the provider and back.
    pub async fn federated(&self, persona: &Persona) -> Seen {
        self.federated_to("portal", persona).await
    }

    /// The same from an application whose first page may offer more than the provider.
    pub async fn federated_to(&self, application: &str, persona: &Persona) -> Seen {
        let mut away = self.authorize(application, "&prompt=login").await;
        if away.location.is_none() {
            let csrf = away.field("csrf");
            let form = [("csrf", csrf.as_str()), ("option", "connection:acme")];
            away = self.post(&away.address, &form).await;
        }
        let provider = &self.world.provider;
        let back = provider.sign_in(away.location.as_deref().expect("sent away"), persona);
        let seen = self.get(&back).await;
        self.follow(seen).await
    }

    pub async fn password(&self, page: &Seen, name: &str, password: &str) -> Seen {
        let csrf = page.field("csrf");
        let form = [
            ("csrf", csrf.as_str()),
            ("option", "password"),
            ("username", name),
            ("password", password),
        ];
        let seen = self.post(&page.address, &form).await;
        self.follow(seen).await
    }
}
