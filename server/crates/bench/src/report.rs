//! The tables of the report.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use futures::future::try_join_all;
use tokio::sync::Mutex;

use crate::client::Actor;
use crate::load::{Figures, Pace, run};
use crate::population;
use crate::provider;
use crate::server::{Database, Installation, Server};

/// People with a password, and returning people, in the small measurements.
const PEOPLE: u64 = 1_000;

/// What each operation costs, and what an idle server takes.
///
/// # Errors
/// When the product refuses something, which no measurement may hide.
pub async fn costs(binary: &Path, database: &Database, time: Duration) -> Result<()> {
    let installation = Installation::new(binary, database).await?;
    let first = installation.start().await?.start_to_ready;
    let server = installation.start().await?;
    println!("## {}\n", database.name());
    println!(
        "Start to ready: {} with an empty database, {} afterwards. ",
        ms(first),
        ms(server.start_to_ready)
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    println!("Idle memory: {:.1} MB.\n", server.resident_bytes() as f64 / 1e6);
    let actor = Actor::new(&server.url)?;
    let issuer = provider::start().await?;
    actor.set_up(&issuer).await?;
    population::add(&installation, 0, PEOPLE, &issuer).await?;
    try_join_all((0..20).map(|number| {
        let actor = actor.clone();
        async move { actor.add_person(&format!("local-{number}")).await }
    }))
    .await?;
    println!("| operation | per second | per core | with the database's processes | p50 / p99 at half load |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    measure(
        &server,
        "federated sign-in, returning",
        time,
        &actor,
        |actor, number| async move { actor.federated(&format!("old-{}", number % PEOPLE)).await.map(drop) },
    )
    .await?;
    measure(
        &server,
        "federated sign-in, first",
        time,
        &actor,
        |actor, number| async move { actor.federated(&format!("new-{number}-{}", unique())).await.map(drop) },
    )
    .await?;
    measure(&server, "password sign-in", time, &actor, |actor, number| async move {
        actor.password(&format!("local-{}", number % 20)).await.map(drop)
    })
    .await?;
    refresh(&server, time, &actor).await?;
    measure(&server, "client credentials", time, &actor, |actor, _| async move {
        actor.client_credentials().await.map(drop)
    })
    .await?;
    println!(
        "\nMemory after the load: {:.1} MB.\n",
        server.resident_bytes() as f64 / 1e6
    );
    Ok(())
}

/// Numbers that never come back, over all runs of this process.
fn unique() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

async fn measure<F, W>(server: &Server, name: &str, time: Duration, actor: &Actor, work: W) -> Result<()>
where
    W: Fn(Actor, u64) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    let bound = |actor: Actor, work: W| move |number| work(actor.clone(), number);
    run(
        server,
        Duration::from_millis(500),
        Pace::Full,
        bound(actor.clone(), work.clone()),
    )
    .await?;
    let full = run(server, time, Pace::Full, bound(actor.clone(), work.clone())).await?;
    let half = Pace::PerSecond(full.per_second / 2.0);
    let calm = run(server, time, half, bound(actor.clone(), work)).await?;
    row(name, &full, &calm);
    Ok(())
}

/// Every worker has chains of its own: a refresh token is good once.
async fn refresh(server: &Server, time: Duration, actor: &Actor) -> Result<()> {
    let signed_in = try_join_all((0..64).map(|number| {
        let actor = actor.clone();
        async move { actor.federated(&format!("old-{number}")).await }
    }));
    let chains = signed_in.await?.into_iter().map(|tokens| {
        let token = tokens["refresh_token"].as_str().map(str::to_owned);
        token.map(Mutex::new).ok_or_else(|| anyhow::anyhow!("no refresh token"))
    });
    let chains: Arc<Vec<Mutex<String>>> = Arc::new(chains.collect::<Result<_>>()?);
    measure(server, "refresh", time, actor, move |actor, number| {
        let chains = chains.clone();
        async move {
            let mut token = chains[number as usize % chains.len()].lock().await;
            let tokens = actor.refresh(&token).await?;
            if let Some(next) = tokens["refresh_token"].as_str() {
                next.clone_into(&mut token);
            }
            Ok(())
        }
    })
    .await
}

/// Whether a returning sign-in costs the same among few people and among many.
///
/// # Errors
/// As [`costs`].
pub async fn flatness(binary: &Path, database: &Database, time: Duration, many: u64) -> Result<()> {
    let installation = Installation::new(binary, database).await?;
    let server = installation.start().await?;
    let actor = Actor::new(&server.url)?;
    let issuer = provider::start().await?;
    actor.set_up(&issuer).await?;
    println!("| returning sign-ins among | per core | p50 | p99 |\n| --- | ---: | ---: | ---: |");
    let mut there = 0;
    for people in [PEOPLE, (many / 10).max(PEOPLE), many.max(PEOPLE)] {
        population::add(&installation, there, people, &issuer).await?;
        there = people;
        let actor = actor.clone();
        // Steps of a large prime visit the whole population.
        let figures = run(&server, time, Pace::Full, move |number| {
            let (actor, person) = (actor.clone(), number * 7_919 % people);
            async move { actor.federated(&format!("old-{person}")).await.map(drop) }
        })
        .await?;
        println!(
            "| {people} accounts | {:.0} | {} | {} |",
            figures.per_core,
            ms(figures.p50),
            ms(figures.p99)
        );
    }
    println!();
    Ok(())
}

fn row(name: &str, full: &Figures, calm: &Figures) {
    println!(
        "| {name} | {:.0} | {:.0} | {:.0} | {} / {} |",
        full.per_second,
        full.per_core,
        full.per_core_with_database,
        ms(calm.p50),
        ms(calm.p99)
    );
}

pub fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
