//! Whether what is dear or broken slows down the rest: scripts that never end and providers that are away the sign-ins of
//! others, a flood of passwords the tokens of applications.

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
/// People who come back from a provider that is away, more than may wait for it at once (F2).
const STRANDED: usize = 64;
/// How long each of them pauses before the next try.
const PAUSE: Duration = Duration::from_secs(1);
/// Who signs in with a password, again and again.
const PERSON: &str = "busy.person";

/// Prints how long ordinary sign-ins take at a quarter of the full rate, and how many there are at the full one, alone and
/// beside others; and how long tokens take, alone and beside passwords.
///
/// # Errors
/// When the product refuses an ordinary sign-in, or lets somebody through who must not get in.
pub async fn print(binary: &Path, database: &Database, time: Duration) -> Result<()> {
    let installation = Installation::new(binary, database).await?;
    let server = installation.start().await?;
    let actor = Actor::new(&server.url)?;
    let issuer = provider::start().await?;
    actor.set_up(&issuer).await?;
    actor.add_hostile().await?;
    actor.add_failing("refusing", &provider::refusing()?).await?;
    actor.add_failing("silent", &provider::silent().await?).await?;
    population::add(&installation, 0, PEOPLE, &issuer).await?;
    let table = Table {
        server: &server,
        actor: &actor,
        time,
        quarter: Pace::PerSecond(sign_ins(&server, time, Pace::Full, &actor).await?.per_second / 4.0),
    };
    println!(
        "| returning sign-ins | p50 and p99 at a quarter of the full rate | per second at the full rate | others per second |"
    );
    println!("| --- | ---: | ---: | ---: |");
    table.row("alone", None).await?;
    let refusing = |actor: Actor| async move { stranded(&actor, "refusing").await };
    table
        .row(
            "beside a provider that refuses connections",
            Some(Attack::begin(&actor, STRANDED, refusing)),
        )
        .await?;
    let silent = |actor: Actor| async move { stranded(&actor, "silent").await };
    table
        .row(
            "beside a provider that never answers",
            Some(Attack::begin(&actor, STRANDED, silent)),
        )
        .await?;
    let hostile = |actor: Actor| async move { actor.hostile().await };
    table
        .row(
            "beside scripts that never end",
            Some(Attack::begin(&actor, ATTACKERS, hostile)),
        )
        .await?;
    println!();
    beside_passwords(&server, time, &actor).await
}

async fn stranded(actor: &Actor, connection: &str) -> Result<()> {
    actor.fails(connection).await?;
    tokio::time::sleep(PAUSE).await;
    Ok(())
}

struct Table<'a> {
    server: &'a Server,
    actor: &'a Actor,
    time: Duration,
    quarter: Pace,
}

impl Table<'_> {
    async fn row(&self, name: &str, attack: Option<Attack>) -> Result<()> {
        // The first are stopped among the others; what is measured is what follows.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let before = attack.as_ref().map_or(0, Attack::runs);
        let calm = sign_ins(self.server, self.time, self.quarter, self.actor).await?;
        let runs = attack.as_ref().map_or(0, Attack::runs) - before;
        let full = sign_ins(self.server, self.time, Pace::Full, self.actor).await?;
        if let Some(attack) = attack {
            attack.end().await?;
        }
        println!(
            "| {name} | {} / {} | {:.0} | {:.0} |",
            ms(calm.p50),
            ms(calm.p99),
            full.per_second,
            runs as f64 / self.time.as_secs_f64()
        );
        Ok(())
    }
}

async fn beside_passwords(server: &Server, time: Duration, actor: &Actor) -> Result<()> {
    actor.add_person(PERSON).await?;
    let full = tokens(server, time, Pace::Full, actor).await?;
    let pace = Pace::PerSecond(full.per_second / 4.0);
    println!("| tokens for an application itself at a quarter of the full rate | p50 | p99 | passwords per second |");
    println!("| --- | ---: | ---: | ---: |");
    let alone = tokens(server, time, pace, actor).await?;
    println!("| alone | {} | {} | |", ms(alone.p50), ms(alone.p99));
    let flood = Attack::begin(actor, ATTACKERS, |actor| async move {
        actor.password(PERSON).await.map(drop)
    });
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
    fn begin<F, W>(actor: &Actor, browsers: usize, work: W) -> Self
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
        let browsers = (0..browsers).map(browser).collect();
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
