//! Worker processes that wait for scripts, and are killed when one computes too long.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use doorward_domain::script::{Event, Limit, Run, RunEnd, ScriptEngine, TIME_LIMIT_MILLIS};
use tokio::io::BufReader;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::lanes::Lanes;
use crate::wire::{self, Job};
use crate::worker::APART;

/// How long a new process may take to be ready for its first run.
const START: Duration = Duration::from_secs(2);
/// How long a run may take in all on a machine whose cores are busy with something else.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a script that runs apart waits for its turn.
const APART_WAIT: Duration = Duration::from_secs(2);
/// How long nothing runs apart after a script that used up a limit there: four times as long as it may compute, so that
/// all of them together keep a fifth of one core busy.
const REST: Duration = Duration::from_millis(4 * TIME_LIMIT_MILLIS);

/// Worker processes of this program.
pub struct Pool {
    program: PathBuf,
    argument: &'static str,
    lanes: Lanes,
    common: Lane,
    apart: Lane,
}

/// Processes for one kind of scripts.
struct Lane {
    is_apart: bool,
    idle: Mutex<Vec<Worker>>,
    places: Arc<Semaphore>,
}

/// A script could not be run at all.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    #[error("no worker process could be started")]
    Start(#[source] io::Error),
    #[error("no worker process was free")]
    Closed,
    /// Many scripts of applications whose scripts use up limits wait already.
    #[error("no worker process was free in time")]
    Busy,
}

struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    is_fresh: bool,
}

impl Pool {
    /// A pool of at most `size` processes of `program`, and one more for scripts that run apart. The program serves
    /// [`crate::work`] when its first argument is `argument`. None is started before the first script.
    #[must_use]
    pub fn new(program: PathBuf, argument: &'static str, size: usize) -> Self {
        Self {
            program,
            argument,
            lanes: Lanes::default(),
            common: Lane::new(false, size.max(1)),
            apart: Lane::new(true, 1),
        }
    }

    /// Runs a script of an application from the top. A run that exceeds a limit is an end of the run, not an error;
    /// for a while after it, the scripts of its `owner` run apart from all others.
    ///
    /// # Errors
    /// When there is no process to run it in; `Busy` for a script that would have to run apart.
    pub async fn run_for(&self, owner: &str, source: &str, events: &[Event]) -> Result<Run, PoolError> {
        let (run, place) = if self.lanes.is_apart(owner, Instant::now()) {
            let place = timeout(APART_WAIT, self.apart.places.clone().acquire_owned())
                .await
                .map_err(|_| PoolError::Busy)?
                .map_err(|_| PoolError::Closed)?;
            (self.run_in(&self.apart, source, events).await?, Some(place))
        } else {
            (self.run(source, events).await?, None)
        };
        let used_up = matches!(
            run.end,
            RunEnd::Limit {
                limit: Limit::Time | Limit::Memory
            }
        );
        if used_up {
            self.lanes.hit(owner, Instant::now());
            if let Some(place) = place {
                tokio::spawn(async move {
                    sleep(REST).await;
                    drop(place);
                });
            }
        }
        Ok(run)
    }

    /// Runs a script of nobody in particular, such as one that is being written.
    ///
    /// # Errors
    /// When there is no process to run it in.
    pub async fn run(&self, source: &str, events: &[Event]) -> Result<Run, PoolError> {
        let _place = self.common.places.acquire().await.map_err(|_| PoolError::Closed)?;
        self.run_in(&self.common, source, events).await
    }

    async fn run_in(&self, lane: &Lane, source: &str, events: &[Event]) -> Result<Run, PoolError> {
        let mut worker = match lane.take() {
            Some(worker) => worker,
            None => self.start(lane.is_apart).map_err(PoolError::Start)?,
        };
        let job = Job {
            source: source.to_owned(),
            events: events.to_vec(),
        };
        match worker.run_within_limit(&job).await {
            Some(Ok(run)) => {
                lane.give_back(worker);
                Ok(run)
            }
            // Dropped, and so killed. It ended by itself when it hit the limit of its address space.
            Some(Err(_)) => Ok(stopped(Limit::Memory)),
            None => Ok(stopped(Limit::Time)),
        }
    }

    fn start(&self, is_apart: bool) -> io::Result<Worker> {
        let mut child = Command::new(&self.program)
            .arg(self.argument)
            .args(is_apart.then_some(APART))
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let gone = || io::Error::other("the process has no input or output");
        let input = child.stdin.take().ok_or_else(gone)?;
        let output = child.stdout.take().ok_or_else(gone)?;
        Ok(Worker {
            child,
            input,
            output: BufReader::new(output),
            is_fresh: true,
        })
    }
}

impl Lane {
    fn new(is_apart: bool, size: usize) -> Self {
        Self {
            is_apart,
            idle: Mutex::default(),
            places: Arc::new(Semaphore::new(size)),
        }
    }

    fn take(&self) -> Option<Worker> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn give_back(&self, worker: Worker) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
    }
}

impl Worker {
    /// `None` when the limit has passed. Time in which the machine gave its cores to others is not the script's.
    async fn run_within_limit(&mut self, job: &Job) -> Option<io::Result<Run>> {
        let limit = Duration::from_millis(TIME_LIMIT_MILLIS);
        let begun = Instant::now();
        let clock = self.child.id().map(ProcessClock);
        let before = clock.and_then(ProcessClock::read);
        let mut wait = if self.is_fresh { START + limit } else { limit };
        let run = self.run(job);
        tokio::pin!(run);
        loop {
            if let Ok(ended) = timeout(wait, &mut run).await {
                return Some(ended);
            }
            let now = clock.and_then(ProcessClock::read);
            let computed = now.zip(before).map(|(now, before)| now.saturating_sub(before));
            let left = computed.and_then(|computed| limit.checked_sub(computed))?;
            if begun.elapsed() > START + PATIENCE {
                return None;
            }
            wait = left.max(Duration::from_millis(5));
        }
    }

    async fn run(&mut self, job: &Job) -> io::Result<Run> {
        wire::send(&mut self.input, job).await?;
        let run = wire::receive(&mut self.output).await?;
        self.is_fresh = false;
        Ok(run)
    }
}

/// How long a process has computed so far.
#[derive(Clone, Copy)]
struct ProcessClock(u32);

impl ProcessClock {
    /// `None` where the system does not tell (Linux does: proc(5), `schedstat`, in nanoseconds).
    fn read(self) -> Option<Duration> {
        let told = std::fs::read_to_string(format!("/proc/{}/schedstat", self.0)).ok()?;
        told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Err(error) = self.child.start_kill() {
            tracing::debug!(error = &error as &dyn std::error::Error, "a worker was gone already");
        }
    }
}

fn stopped(limit: Limit) -> Run {
    Run {
        end: RunEnd::Limit { limit },
        log: vec![],
        effects: vec![],
    }
}

/// The pool for code that cannot wait, such as the analyser; use it on a thread that may block.
pub struct Blocking<'a> {
    pool: &'a Pool,
    runtime: Handle,
}

impl Pool {
    /// See [`Blocking`].
    #[must_use]
    pub fn blocking(&self, runtime: Handle) -> Blocking<'_> {
        Blocking { pool: self, runtime }
    }
}

impl ScriptEngine for Blocking<'_> {
    fn run(&mut self, source: &str, events: &[Event]) -> Run {
        let run = self.runtime.block_on(self.pool.run(source, events));
        run.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a script could not be run");
            Run {
                end: RunEnd::Broken {
                    message: "The script could not be run.".to_owned(),
                    line: None,
                },
                log: vec![],
                effects: vec![],
            }
        })
    }
}
