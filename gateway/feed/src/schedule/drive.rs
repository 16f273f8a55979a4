//! The task that runs the schedule: it starts what the plan says, and tells the plan what ended.

use super::plan::{Phase, Plan, Planned, RunNow, Start, Verdict};
use super::ready::SourceKey;
use async_trait::async_trait;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Commands that may wait for the schedule's task.
const COMMANDS: usize = 64;

/// Does what the schedule says, and hears what it does.
#[async_trait]
pub(crate) trait Runs<T>: Send + Sync + 'static {
    /// Makes one run. Ends soon after `start.cancel` is cancelled.
    async fn run(&self, start: Start<T>) -> Verdict;

    /// Hears that a run broke by a fault of the hub itself.
    fn broke(&self, key: &SourceKey);

    /// Hears what a source is doing now, when it is due, and its failures in a row.
    fn note(&self, key: &SourceKey, phase: Phase, due: Instant, failures: u32);
}

enum Command<T> {
    Replace(Vec<Planned<T>>, oneshot::Sender<()>),
    RunNow(SourceKey, oneshot::Sender<RunNow>),
    Stop(oneshot::Sender<()>),
}

/// A handle on the schedule's task. The task ends when the last handle is gone, or by [`Scheduler::stop`].
pub(crate) struct Scheduler<T> {
    commands: mpsc::Sender<Command<T>>,
}

impl<T> Clone for Scheduler<T> {
    fn clone(&self) -> Self {
        Self {
            commands: self.commands.clone(),
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Scheduler<T> {
    /// Starts the task.
    pub(crate) fn start<R: Runs<T>>(plan: Plan<T>, runner: Arc<R>, grace: Duration) -> Self {
        let (commands, inbox) = mpsc::channel(COMMANDS);
        tokio::spawn(drive(plan, runner, inbox, grace));
        Self { commands }
    }

    /// Swaps the whole set of sources; returns once the plan knows it.
    pub(crate) async fn replace(&self, set: Vec<Planned<T>>) {
        self.ask(|done| Command::Replace(set, done)).await;
    }

    /// Puts a source at the head of its app's queue.
    pub(crate) async fn run_now(&self, key: SourceKey) -> RunNow {
        self.ask(|done| Command::RunNow(key, done))
            .await
            .unwrap_or(RunNow::Unknown)
    }

    /// Starts nothing more, gives runs their grace, cancels the rest, and returns when all ended.
    pub(crate) async fn stop(&self) {
        self.ask(Command::Stop).await;
    }

    async fn ask<A>(&self, command: impl FnOnce(oneshot::Sender<A>) -> Command<T>) -> Option<A> {
        let (done, answer) = oneshot::channel();
        self.commands.send(command(done)).await.ok()?;
        answer.await.ok()
    }
}

type Ended = (SourceKey, Verdict);

async fn drive<T: Clone + Send + Sync + 'static, R: Runs<T>>(
    mut plan: Plan<T>,
    runner: Arc<R>,
    mut inbox: mpsc::Receiver<Command<T>>,
    grace: Duration,
) {
    let mut runs: JoinSet<Ended> = JoinSet::new();
    let stopped = loop {
        for start in plan.tick(Instant::now()) {
            runs.spawn(guarded(Arc::clone(&runner), start));
        }
        for key in plan.touched() {
            if let Some((phase, due, failures)) = plan.phase(&key) {
                runner.note(&key, phase, due, failures);
            }
        }
        tokio::select! {
            command = inbox.recv() => match command {
                Some(Command::Replace(set, done)) => {
                    plan.replace(set, Instant::now());
                    let _ = done.send(());
                }
                Some(Command::RunNow(key, done)) => {
                    let _ = done.send(plan.run_now(&key));
                }
                Some(Command::Stop(done)) => break Some(done),
                None => break None,
            },
            Some(Ok((key, verdict))) = runs.join_next() => plan.ended(&key, verdict, Instant::now()),
            () = until(plan.next_wake()) => {}
        }
    };
    drain(&plan, &mut runs, grace).await;
    if let Some(done) = stopped {
        let _ = done.send(());
    }
}

/// Makes one run; a panic in it is a failed run and nothing worse.
async fn guarded<T: Send + 'static, R: Runs<T>>(runner: Arc<R>, start: Start<T>) -> Ended {
    let key = start.key.clone();
    let run = AssertUnwindSafe(runner.run(start)).catch_unwind();
    let verdict = run.await.unwrap_or_else(|_| {
        tracing::error!(app = %key.app, source = &*key.source, "a run broke");
        runner.broke(&key);
        Verdict::Failed { retry_after: None }
    });
    (key, verdict)
}

async fn until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

async fn drain<T: Clone>(plan: &Plan<T>, runs: &mut JoinSet<Ended>, grace: Duration) {
    let all = async { while runs.join_next().await.is_some() {} };
    if tokio::time::timeout(grace, all).await.is_err() {
        plan.cancel_all();
        // A run that does not heed its cancellation is dropped where it stands; commits are atomic.
        let rest = async { while runs.join_next().await.is_some() {} };
        if tokio::time::timeout(grace.min(Duration::from_secs(5)), rest)
            .await
            .is_err()
        {
            runs.shutdown().await;
        }
    }
}
