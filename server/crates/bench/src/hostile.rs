//! Whether scripts that never end slow down the sign-ins of other applications.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;

use crate::client::Actor;
use crate::load::{Pace, run};
use crate::population;
use crate::provider;
use crate::report::ms;
use crate::server::{Database, Installation, Server};

/// Returning people.
const PEOPLE: u64 = 1_000;
/// Browsers that begin one sign-in after the other with a script that never ends.
const ATTACKERS: usize = 8;

/// Prints how long ordinary sign-ins take at a quarter of the full rate, alone and beside hostile scripts.
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
    let attack = Attack::begin(&actor);
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
    Ok(())
}

async fn sign_ins(server: &Server, time: Duration, pace: Pace, actor: &Actor) -> Result<crate::load::Figures> {
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
    fn begin(actor: &Actor) -> Self {
        let (goes_on, runs) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU64::new(0)));
        let browser = |_| {
            let (actor, goes_on, runs) = (actor.clone(), goes_on.clone(), runs.clone());
            tokio::spawn(async move {
                while goes_on.load(Ordering::Relaxed) {
                    actor.hostile().await?;
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
