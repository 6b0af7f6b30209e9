//! The one thread that writes.

use std::iter;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use redb::{Database, Durability};
use tokio::sync::oneshot;

use super::file::DatabaseFile;
use super::tables::{Outcome, Tables};
use crate::store::policy::EMBEDDED_BATCH;
use crate::store::{Change, Commit, StoreError};
use crate::types::{Clock, Timestamp};

/// What can be asked for.
pub(super) enum Work {
    Commit(Vec<Change>),
    Sweep(Timestamp, usize),
}

/// What became of it.
pub(super) enum Answer {
    Commit(Commit),
    Swept(usize),
}

struct Job {
    work: Work,
    reply: oneshot::Sender<Result<Answer, StoreError>>,
}

/// The thread and the way to it.
pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(
        file: Arc<DatabaseFile>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let (jobs, inbox) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("atproto-oauth store".into())
            .spawn(move || run(&file, clock.as_ref(), &inbox))
            .map_err(|error| StoreError::down("no thread could be started").with_source(error))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    pub(super) async fn ask(&self, work: Work) -> Result<Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(Job { work, reply }).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// Finishes what waits.
    pub(super) fn stop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(file: &DatabaseFile, clock: &dyn Clock, inbox: &Receiver<Job>) {
    while let Ok(first) = inbox.recv() {
        let waiting = inbox.try_iter().take(EMBEDDED_BATCH - 1);
        let (work, replies): (Vec<_>, Vec<_>) = iter::once(first)
            .chain(waiting)
            .map(|job| (job.work, job.reply))
            .unzip();
        let answers = file
            .mend()
            .and_then(|()| file.with(|db| transact(db, &work, clock.now())));
        // Who stopped waiting does not get an answer.
        match answers {
            Ok(answers) => {
                for (reply, answer) in replies.into_iter().zip(answers) {
                    let _ = reply.send(Ok(answer));
                }
            }
            Err(error) => {
                for reply in replies {
                    let _ = reply.send(Err(error.again()));
                }
            }
        }
    }
}

/// Each job sees what the jobs before it wrote; no answer is given before all of it is on the disk.
fn transact(db: &Database, work: &[Work], now: Timestamp) -> Outcome<Vec<Answer>> {
    let mut transaction = db.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    let mut tables = Tables::open(&transaction)?;
    let mut answers = Vec::with_capacity(work.len());
    for work in work {
        answers.push(match work {
            Work::Commit(changes) => Answer::Commit(tables.apply(changes, now)?),
            Work::Sweep(now, limit) => Answer::Swept(tables.sweep(*now, *limit)?),
        });
    }
    drop(tables);
    let nothing = |answer: &Answer| {
        matches!(
            answer,
            Answer::Commit(Commit::Conflict(_)) | Answer::Swept(0)
        )
    };
    if answers.iter().all(nothing) {
        transaction.abort()?;
    } else {
        transaction.commit()?;
    }
    Ok(answers)
}

fn stopped() -> StoreError {
    StoreError::down("the session store is closed; restart the application")
}

pub(super) fn confused() -> StoreError {
    StoreError::failed("the session store answered another question")
}
