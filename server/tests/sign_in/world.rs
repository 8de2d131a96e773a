//! The whole server in process, with a clock that stands still and seeded randomness.

mod audit;
mod browser;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use axum::Router;
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use doorward_app::api::connection::SaveMode;
use doorward_domain::Timestamp;
use doorward_domain::audit::Actor;
use doorward_server::clock::Clock;
use doorward_server::config::{Config, MailSettings};
use doorward_server::http::router;
use doorward_server::mail::Mail;
use doorward_server::random::Random;
use doorward_server::serve::extras;
use doorward_server::service::Services;
use doorward_server::state::{AppState, Parts, Shared};
use doorward_storage::{StorageError, Store};
use doorward_vault::Keyring;
use http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::provider::{ISSUER, Provider};
pub use browser::{Browser, Seen, text};

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

/// A database of its own, in a folder that goes with it.
fn database() -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("doorward.db").display());
    (url, folder)
}

/// The steps of a flow, each by its options.
fn steps_of(steps: &Value) -> Vec<Value> {
    let steps = steps.as_array().expect("steps").iter();
    steps.map(|options| json!({"options": options})).collect()
}

/// One more of the server's settings.
type Setting = (&'static str, String);

pub struct World {
    pub state: Shared,
    pub services: Services,
    pub app: Router,
    pub clock: Arc<TestClock>,
    pub provider: Arc<Provider>,
    pub folder: Option<tempfile::TempDir>,
    /// Of the database, for tests that look into its tables.
    pub url: String,
    /// On the heap, so far, by what answers requests.
    pub allocations: AtomicU64,
    /// What browsers were sent so far, heads and bodies, uncompressed.
    pub bytes: AtomicU64,
}

impl World {
    pub async fn sqlite() -> Self {
        let (url, folder) = database();
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
        self.again(mail, None).await
    }

    /// A fresh world on the same kind of database, where each connection makes so few accounts in an hour.
    pub async fn with_accounts_per_hour(&self, many: usize) -> Self {
        let setting = ("DOORWARD_ACCOUNTS_PER_HOUR", many.to_string());
        self.again(mailbox(), Some(setting)).await
    }

    /// A fresh world on the same kind of database, with the Test IdP in it.
    pub async fn with_test_idp(&self) -> Self {
        let setting = ("DOORWARD_TEST_IDP", "true".to_owned());
        self.again(mailbox(), Some(setting)).await
    }

    async fn again(&self, mail: Mail, setting: Option<Setting>) -> Self {
        let (url, folder) = match &self.folder {
            Some(_) => {
                let (url, folder) = database();
                (url, Some(folder))
            }
            None => (crate::postgres::create_database().await, None),
        };
        Self::opened(Self::build_with(&url, folder, mail, setting).await).await
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

    async fn build_with(url: &str, folder: Option<tempfile::TempDir>, mail: Mail, setting: Option<Setting>) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(1_800_000_000)));
        let provider = Arc::new(Provider::new(clock.clone()));
        let settings = |name: &str| match name {
            "DOORWARD_API_TOKEN" => Some(API_TOKEN.to_owned()),
            "DOORWARD_SCRIPT_ORIGINS" => Some("https://api.example.com".to_owned()),
            _ => setting.clone().filter(|(own, _)| *own == name).map(|(_, value)| value),
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
            unsaved_key: None,
            fetch,
            clock: time,
            random,
        });
        let services = Services::new(state.clone());
        let app = router(&state, &services, extras(&state).expect("a public address"));
        Self {
            state,
            services,
            app,
            clock,
            provider,
            folder,
            url: url.to_owned(),
            allocations: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// The same world, as it looks to whoever comes from this address.
    pub fn seen_from(&self, address: [u8; 4]) -> Self {
        let peer = axum::extract::ConnectInfo(std::net::SocketAddr::from((address, 40_000)));
        Self {
            state: self.state.clone(),
            services: self.services.clone(),
            app: self.app.clone().layer(axum::Extension(peer)),
            clock: self.clock.clone(),
            provider: self.provider.clone(),
            // It goes with the first.
            folder: None,
            url: self.url.clone(),
            allocations: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
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
        let draft = json!({
            "handle": handle, "name": handle, "client_id": handle, "client_secret": "secret-of-the-application",
            "redirect_uris": [CALLBACK], "flow": {"steps": steps_of(&steps)},
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
        self.patch(handle, patch).await;
    }

    pub async fn patch(&self, application: &str, patch: Value) {
        let applications = &self.services.applications;
        let saved = applications.patch(&Actor::Api, application, None, patch, SaveMode::Save);
        saved.await.expect("saved");
    }

    /// Gives an application other steps.
    pub async fn change_flow(&self, handle: &str, steps: Value) {
        let patch = json!({"flow": {"steps": steps_of(&steps)}});
        self.patch(handle, patch).await;
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

    /// From now on people from the provider are asked for their family name, which it does not send.
    pub async fn require_family_name(&self) {
        self.change("acme", |connection| {
            let rules = connection.attributes.iter_mut();
            rules
                .filter(|rule| rule.to == "family_name")
                .for_each(|rule| rule.required = true);
        })
        .await;
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
        let mut answering = pin!(self.app.clone().oneshot(request));
        let answer = poll_fn(|context| {
            let mut polled = Poll::Pending;
            let spent = allocation_counter::measure(|| polled = answering.as_mut().poll(context));
            self.allocations.fetch_add(spent.count_total, Ordering::SeqCst);
            polled
        });
        answer.await.expect("an answer")
    }

    pub async fn token(&self, application: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
        self.call_as(application, "/oauth2/token", form).await
    }

    /// What the introspection endpoint tells an application of a token.
    pub async fn introspect(&self, application: &str, token: &str) -> Value {
        let (status, told) = self
            .call_as(application, "/oauth2/introspect", &[("token", token)])
            .await;
        assert_eq!(status, StatusCode::OK, "{told}");
        told
    }

    async fn call_as(&self, application: &str, endpoint: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let basic = STANDARD.encode(format!("{application}:secret-of-the-application"));
        let request = Request::post(endpoint)
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
