//! `doorward serve`: puts the parts together, listens, and stops without losing anything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use doorward_domain::Timestamp;
use doorward_federation::{OutboundClient, OutboundSettings};
use doorward_storage::{StorageError, Store, housekeeping, used_token};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;
use url::Url;

use crate::audit_seal;
use crate::clock::SystemClock;
use crate::config::{Config, UnknownVariable};
use crate::first_administrator::{self, SET_UP_PATH, SignInHint};
use crate::http::{self, Extras};
use crate::installation::{self, Keys, Presence};
use crate::log::chain;
use crate::mail::{self, Mail};
use crate::random::SystemRandom;
use crate::service::Services;
use crate::signin::unproven;
use crate::state::{AppState, Parts, Shared};
use crate::{demo, test_idp};

/// Longest wait for a request's headers, and for the first request of a connection (F25).
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest head of a request, in bytes; beyond it the answer is 431 (F26).
const HEADER_LIMIT: usize = 32 * 1024;
/// How long running requests may take to end after the signal to stop.
const DRAIN: Duration = Duration::from_secs(20);
/// How often ended rows are deleted.
const TIDY_EVERY: Duration = Duration::from_secs(60);

/// Opens the parts of an installation. It reaches for the database only where there is no key, and waits for none.
///
/// # Errors
/// A sentence for the operator.
pub async fn open(config: Config, presence: Presence) -> anyhow::Result<Shared> {
    let Keys {
        ring: keyring,
        unsaved: unsaved_key,
    } = installation::keys(&config, presence).await?;
    let url = config.database_url.expose();
    let opened = Store::open(url, keyring.clone()).await;
    let store = match opened {
        // What the driver says of an address may repeat its password.
        Err(_) if !url.starts_with("sqlite:") => bail!("DOORWARD_DATABASE_URL cannot be used"),
        opened => opened.context("DOORWARD_DATABASE_URL cannot be used")?,
    };
    let settings = OutboundSettings {
        allow_private: config.allow_private_upstreams,
        ..OutboundSettings::default()
    };
    let client = OutboundClient::new(settings);
    if config.test_idp {
        // It lives at our own address, which may be a private one.
        client.except(Url::parse(&config.public_url.join(test_idp::PATH)).ok());
    }
    let mail = Mail::open(&config.mail).map_err(|problem| anyhow::anyhow!("DOORWARD_SMTP_URL {problem}"))?;
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let program = std::env::current_exe().context("this program cannot find itself")?;
    Ok(AppState::new(Parts {
        program,
        config,
        store,
        keyring,
        unsaved_key,
        fetch: Arc::new(client),
        clock,
        random,
        mail,
    }))
}

struct UsedCodes(Shared);

#[async_trait::async_trait]
impl test_idp::SingleUse for UsedCodes {
    async fn first_use(&self, key: &str, expires_at: Timestamp) -> Option<bool> {
        let key = key.to_owned();
        let store = &self.0.store;
        let redeemed: Result<bool, StorageError> = store
            .write(move |tx| Box::pin(async move { used_token::redeem(tx, &key, expires_at).await }))
            .await;
        redeemed.ok()
    }
}

/// The optional parts a configuration asks for.
///
/// # Errors
/// When the public URL is no usable issuer.
pub fn extras(state: &Shared) -> anyhow::Result<Extras> {
    let now: Arc<dyn Fn() -> Timestamp + Send + Sync> = {
        let clock = state.clock.clone();
        Arc::new(move || clock.now())
    };
    let public_url = state.issuer();
    let test_idp = state.config.test_idp.then(|| {
        Arc::new(test_idp::TestIdp {
            public_url: public_url.to_owned(),
            keyring: state.keyring.clone(),
            now: now.clone(),
            codes: Arc::new(UsedCodes(state.clone())),
        })
    });
    let examples = demo::EXAMPLES.iter().filter(|_| state.config.demo);
    let demo = examples.map(|example| {
        let app = demo::DemoApp::new(example, public_url, state.keyring.clone(), now.clone());
        app.map(Arc::new)
            .map_err(|_| anyhow::anyhow!("DOORWARD_PUBLIC_URL cannot be used by the demonstration"))
    });
    let demo = demo.collect::<anyhow::Result<_>>()?;
    Ok(Extras { test_idp, demo })
}

/// Serves until the process is told to stop.
///
/// # Errors
/// A sentence for the operator when the address cannot be listened on, or the database cannot be served.
pub async fn run(config: Config) -> anyhow::Result<()> {
    for unknown in UnknownVariable::all() {
        tracing::warn!("{}", unknown.sentence());
    }
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("DOORWARD_LISTEN {} cannot be listened on", config.listen))?;
    let address = listener.local_addr()?;
    let state = open(config, Presence::MayBeMade).await?;
    let services = Services::new(state.clone());
    let app = http::router(&state, &services, extras(&state)?);
    let (stop, stopping) = watch::channel(false);
    // Opened before it is ready: whoever asks for its health gets an answer while the database is away (F9).
    let listening = tokio::spawn(accept(listener, app, stopping));
    let mut following = tokio::spawn(state.clone().follow());
    let preparing = tokio::spawn(prepare(state.clone(), services, address));
    let tidying = tokio::spawn(tidy(state.clone()));
    let mailing = tokio::spawn(mail::worker::run(state.clone()));
    let noting = tokio::spawn(unproven::run(state.clone()));
    let sealing = tokio::spawn(audit_seal::run(state.clone()));
    let refused = tokio::select! {
        () = wait_for_signal() => None,
        ended = &mut following => Some(ended.map_or_else(anyhow::Error::new, anyhow::Error::new)),
    };
    tracing::info!("stopping");
    stop.send(true).ok();
    preparing.abort();
    tidying.abort();
    mailing.abort();
    noting.abort();
    sealing.abort();
    listening.await?;
    unproven::write(&state).await;
    following.abort();
    state.store.close().await.ok();
    refused.map_or(Ok(()), Err)
}

/// Once the database answers: the first administrator, the example data, and how to sign in.
async fn prepare(state: Shared, services: Services, address: SocketAddr) {
    while !state.is_ready() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    if state.config.demo {
        let seeding = demo::seed::Services {
            connections: &*services.connections,
            applications: &*services.applications,
            users: &*services.users,
        };
        if let Err(error) = demo::seed::seed(&seeding, &state.keyring, state.issuer()).await {
            tracing::error!(%error, "the example data could not be made");
        }
    }
    match first_administrator::ensure(&state).await {
        Ok(hint) => greet(&state, address, &hint),
        Err(error) => tracing::error!(error = chain(&error), "no administrator could be made"),
    }
}

#[expect(clippy::print_stdout, reason = "these lines are for whoever started the process")]
fn greet(state: &AppState, address: SocketAddr, hint: &SignInHint) {
    println!("Doorward listens on http://{address}");
    println!("Console: {}", state.config.public_url.join("/console"));
    match hint {
        SignInHint::Known => println!("Sign in as an administrator."),
        SignInHint::Demo { email, password } => {
            println!("Sign in: {email}  {}", password.expose());
        }
        SignInHint::Taken { email } => {
            println!("There is no administrator yet, and the address {email} belongs to an account already.");
            println!("To let that account administer, run: doorward admin reset-password {email}");
        }
        SignInHint::Link { token } => {
            let link = state.config.public_url.join(&format!("{SET_UP_PATH}?token={token}"));
            println!("There is no administrator yet. Create one here, once: {link}");
        }
    }
    if state.config.demo {
        greet_demonstration(state);
    }
}

/// Only what is there: a database that was used before was not filled.
#[expect(clippy::print_stdout, reason = "these lines are for whoever started the process")]
fn greet_demonstration(state: &AppState) {
    let snapshot = state.snapshot();
    let is_there = |client_id: &str| snapshot.application_by_client_id(client_id).is_some();
    if !demo::EXAMPLES.iter().any(|example| is_there(example.client_id)) {
        println!("The example was not added: the database has connections or applications already.");
    }
    for example in demo::EXAMPLES.iter().filter(|example| is_there(example.client_id)) {
        println!("{}: {}", example.name, state.config.public_url.join(example.path));
    }
    if state.mail.is_mailbox() {
        println!("Demo mailbox: {}", state.config.public_url.join(mail::mailbox::PATH));
    }
}

async fn tidy(state: Shared) {
    loop {
        tokio::time::sleep(TIDY_EVERY).await;
        let (now, kept) = (state.now(), state.config.factors_kept);
        let held_since = now - chrono::Duration::from_std(kept).unwrap_or_default();
        match housekeeping::delete_ended(&state.store, now, held_since).await {
            Ok(deleted) => tracing::debug!(deleted, "ended rows deleted"),
            Err(error) => tracing::warn!(error = chain(&error), "ended rows stay for now"),
        }
    }
}

async fn wait_for_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // A terminal that goes away ends what runs in it by HANGUP.
        let heard = (signal(SignalKind::terminate()), signal(SignalKind::hangup()));
        if let (Ok(mut terminate), Ok(mut hang_up)) = heard {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    tokio::signal::ctrl_c().await.ok();
}

/// Takes connections until told to stop, then lets the running requests end.
async fn accept(listener: TcpListener, app: Router, mut stopping: watch::Receiver<bool>) {
    let (alive, mut all_gone) = tokio::sync::mpsc::channel::<()>(1);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file handles, most likely: waiting lets some come back (F36).
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            _ = stopping.changed() => break,
        };
        tokio::spawn(converse(stream, peer, app.clone(), stopping.clone(), alive.clone()));
    }
    drop((listener, alive));
    if tokio::time::timeout(DRAIN, all_gone.recv()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    mut stopping: watch::Receiver<bool>,
    _alive: tokio::sync::mpsc::Sender<()>,
) {
    stream.set_nodelay(true).ok();
    let app = app.layer(axum::Extension(axum::extract::ConnectInfo(peer)));
    let has_asked = Arc::new(AtomicBool::new(false));
    let asked = has_asked.clone();
    let service = TowerToHyperService::new(app.map_request(move |request: ::http::Request<_>| {
        asked.store(true, Ordering::Relaxed);
        request.map(axum::body::Body::new)
    }));
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEADER_LIMIT);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEADER_LIMIT as u32)
        .max_concurrent_streams(64);
    let connection = server.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = silence(&has_asked) => return,
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Ends when nothing has been asked in time. Until it knows the version of HTTP, hyper waits without a limit: for the
/// first byte, and for all of those that the preface of HTTP/2 begins with.
async fn silence(has_asked: &AtomicBool) {
    tokio::time::sleep(HEADER_TIMEOUT).await;
    if has_asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}
