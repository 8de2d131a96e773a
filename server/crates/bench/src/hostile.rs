//! Whether what is dear slows down the rest: scripts that never end the sign-ins of other applications, and a flood of
//! passwords the tokens of applications.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;

use crate::client::Actor;
use crate::load::{Figures, Pace, run};
use crate::population;
use crate::provider;
use crate::report::ms;
use crate::server::{Database, Installation, Server};

/// Returning people.
const PEOPLE: u64 = 1_000;
/// Browsers that begin one sign-in after the other.
const ATTACKERS: usize = 8;
/// Who signs in with a password, again and again.
const PERSON: &str = "busy.person";

/// Prints how long ordinary sign-ins take at a quarter of the full rate, alone and beside hostile scripts, and how long
/// tokens take, alone and beside passwords.
///
/// # Errors
/// When the product refuses an ordinary sign-in, or lets a hostile script through.
pub async fn print(binary: &Path, database: &Database, time: Duration) -> Result<()> {
    let installation = Installation::new(binary, database).await?;
    let server = installation.start().await?;
    let actor = Actor::new(&server.url)?;
    let issuer = provider::start().await?;
    actor.set_up(&issuer).await?;
    actor.add_hostile().await?;
    population::add(&installation, 0, PEOPLE, &issuer).await?;
    let full = sign_ins(&server, time, Pace::Full, &actor).await?;
    let pace = Pace::PerSecond(full.per_second / 4.0);
    println!("| returning sign-ins at a quarter of the full rate | p50 | p99 | hostile runs per second |");
    println!("| --- | ---: | ---: | ---: |");
    let alone = sign_ins(&server, time, pace, &actor).await?;
    println!("| alone | {} | {} | |", ms(alone.p50), ms(alone.p99));
    let attack = Attack::begin(&actor, |actor| async move { actor.hostile().await });
    // The first runs are stopped among the others; what is measured is what follows.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = attack.runs();
    let beside = sign_ins(&server, time, pace, &actor).await?;
    let runs = attack.runs() - before;
    attack.end().await?;
    println!(
        "| beside scripts that never end | {} | {} | {:.0} |\n",
        ms(beside.p50),
        ms(beside.p99),
        runs as f64 / time.as_secs_f64()
    );
    beside_passwords(&server, time, &actor).await
}

async fn beside_passwords(server: &Server, time: Duration, actor: &Actor) -> Result<()> {
    actor.add_person(PERSON).await?;
    let full = tokens(server, time, Pace::Full, actor).await?;
    let pace = Pace::PerSecond(full.per_second / 4.0);
    println!("| tokens for an application itself at a quarter of the full rate | p50 | p99 | passwords per second |");
    println!("| --- | ---: | ---: | ---: |");
    let alone = tokens(server, time, pace, actor).await?;
    println!("| alone | {} | {} | |", ms(alone.p50), ms(alone.p99));
    let flood = Attack::begin(actor, |actor| async move { actor.password(PERSON).await.map(drop) });
    let beside = tokens(server, time, pace, actor).await?;
    let runs = flood.runs();
    flood.end().await?;
    println!(
        "| beside a flood of passwords | {} | {} | {:.0} |\n",
        ms(beside.p50),
        ms(beside.p99),
        runs as f64 / time.as_secs_f64()
    );
    Ok(())
}

async fn tokens(server: &Server, time: Duration, pace: Pace, actor: &Actor) -> Result<Figures> {
    let actor = actor.clone();
    run(server, time, pace, move |_| {
        let actor = actor.clone();
        async move { actor.client_credentials().await.map(drop) }
    })
    .await
}

async fn sign_ins(server: &Server, time: Duration, pace: Pace, actor: &Actor) -> Result<Figures> {
    let actor = actor.clone();
    run(server, time, pace, move |number| {
        let actor = actor.clone();
        async move { actor.federated(&format!("old-{}", number % PEOPLE)).await.map(drop) }
    })
    .await
}

/// Browsers that go on until told to stop.
struct Attack {
    goes_on: Arc<AtomicBool>,
    runs: Arc<AtomicU64>,
    browsers: Vec<tokio::task::JoinHandle<Result<()>>>,
}

impl Attack {
    fn begin<F, W>(actor: &Actor, work: W) -> Self
    where
        W: Fn(Actor) -> F + Clone + Send + 'static,
        F: Future<Output = Result<()>> + Send,
    {
        let (goes_on, runs) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU64::new(0)));
        let browser = |_| {
            let (actor, work, goes_on, runs) = (actor.clone(), work.clone(), goes_on.clone(), runs.clone());
            tokio::spawn(async move {
                while goes_on.load(Ordering::Relaxed) {
                    work(actor.clone()).await?;
                    runs.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            })
        };
        let browsers = (0..ATTACKERS).map(browser).collect();
        Self {
            goes_on,
            runs,
            browsers,
        }
    }

    fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    async fn end(self) -> Result<()> {
        self.goes_on.store(false, Ordering::Relaxed);
        for browser in self.browsers {
            browser.await??;
        }
        Ok(())
    }
}
