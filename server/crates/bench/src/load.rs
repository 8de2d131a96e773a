//! Runs one kind of work for a while and measures it.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::server::{Server, postgres_cpu_seconds};

/// Workers that always have a request under way.
const WORKERS: u64 = 16;

/// What a run found.
pub struct Figures {
    pub per_second: f64,
    /// Per second of processor time of the server's process.
    pub per_core: f64,
    /// The same with the time of PostgreSQL's processes.
    pub per_core_with_database: f64,
    /// Half the work done in less than this.
    pub p50: Duration,
    pub p99: Duration,
}

/// How often work begins.
#[derive(Clone, Copy)]
pub enum Pace {
    /// As soon as the one before has ended.
    Full,
    /// So many times per second.
    PerSecond(f64),
}

/// Runs `work` with ever new numbers until the time is over.
///
/// # Errors
/// The first error of the work.
pub async fn run<F, W>(server: &Server, time: Duration, pace: Pace, work: W) -> Result<Figures>
where
    W: Fn(u64) -> F + Send + Sync + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    let (work, next) = (Arc::new(work), Arc::new(AtomicU64::new(0)));
    let (cpu, database) = (server.cpu_seconds(), postgres_cpu_seconds());
    let start = Instant::now();
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| tokio::spawn(worker(work.clone(), next.clone(), start, time, pace)))
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await??);
    }
    let elapsed = start.elapsed().as_secs_f64();
    let cpu = server.cpu_seconds() - cpu;
    let database = postgres_cpu_seconds() - database;
    times.sort_unstable();
    let done = times.len() as f64;
    let at = |share: f64| times.get((done * share) as usize).copied().unwrap_or_default();
    Ok(Figures {
        per_second: done / elapsed,
        per_core: done / cpu.max(0.001),
        per_core_with_database: done / (cpu + database).max(0.001),
        p50: at(0.50),
        p99: at(0.99),
    })
}

async fn worker<F, W>(
    work: Arc<W>,
    next: Arc<AtomicU64>,
    start: Instant,
    time: Duration,
    pace: Pace,
) -> Result<Vec<Duration>>
where
    W: Fn(u64) -> F,
    F: Future<Output = Result<()>>,
{
    let mut times = Vec::new();
    while start.elapsed() < time {
        let number = next.fetch_add(1, Ordering::Relaxed);
        // A wait for its turn counts, or a server that stands still would look fast.
        let due = match pace {
            Pace::Full => Instant::now(),
            Pace::PerSecond(rate) => start + Duration::from_secs_f64(number as f64 / rate),
        };
        tokio::time::sleep_until(due.into()).await;
        work(number).await?;
        times.push(due.elapsed());
    }
    Ok(times)
}
