//! Threads that hash and give way to everything else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

use tokio::sync::oneshot;

/// How far behind other threads of the machine they stand (nice(2)). A flood of passwords gets what the others leave.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

type Job = Box<dyn FnOnce() + Send>;

/// A fixed number of threads.
pub struct Threads {
    jobs: Sender<Job>,
}

impl Threads {
    /// Starts them. `None` when the system gives not a single one.
    pub fn start(many: usize) -> Option<Self> {
        let (jobs, waiting) = channel::<Job>();
        let waiting = Arc::new(Mutex::new(waiting));
        let started = (0..many).filter(|number| {
            let waiting = waiting.clone();
            let named = Builder::new().name(format!("password-{number}"));
            named.spawn(move || work(&waiting)).is_ok()
        });
        (started.count() > 0).then_some(Self { jobs })
    }

    /// Runs something on one of them; `None` when it panicked.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (done, result) = oneshot::channel();
        // A caller that went away waits for nothing.
        let job = move || drop(done.send(work()));
        self.jobs.send(Box::new(job)).ok()?;
        result.await.ok()
    }
}

fn work(waiting: &Mutex<Receiver<Job>>) {
    // Elsewhere it would be the whole process that gives way.
    #[cfg(target_os = "linux")]
    rustix::process::nice(NICENESS).ok();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A panic is that caller's own; the thread goes on with the next.
        catch_unwind(AssertUnwindSafe(job)).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_the_callers_own() {
        let threads = Threads::start(1).expect("a thread");
        let fails: Option<()> = threads.run(|| std::panic::resume_unwind(Box::new("no message"))).await;
        assert_eq!(fails, None);
        assert_eq!(threads.run(|| 7).await, Some(7), "it goes on");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn they_give_way() {
        let threads = Threads::start(1).expect("a thread");
        let own = rustix::process::nice(0).expect("known");
        let theirs = threads.run(|| rustix::process::nice(0).expect("known")).await;
        assert!(theirs > Some(own), "{theirs:?} after {own}");
    }
}
