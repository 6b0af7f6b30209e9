//! Processes of their own, of the program in `bin/node.rs`.

use std::fmt;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// The longest a process may take until it uses the sessions.
const NODE_START_LIMIT: Duration = Duration::from_mins(2);
/// The longest a process may take to end once it is asked to.
const NODE_END_LIMIT: Duration = Duration::from_mins(2);

pub(crate) struct Node {
    child: Child,
    input: ChildStdin,
    failures: Arc<Mutex<Vec<Failure>>>,
    output: JoinHandle<Option<Report>>,
}

/// A request that did not succeed.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Failure {
    pub(crate) key: String,
    pub(crate) transient: bool,
    pub(crate) needs_login: bool,
    /// The server told that the access token is not valid, or each was replaced while it was on its way.
    token_refused: bool,
    took_ms: u64,
    #[expect(dead_code, reason = "shown where something fails")]
    words: String,
}

/// Access tokens live so long, in the fleets that refresh all the time.
pub(crate) const SHORT_LIFE: Duration = Duration::from_secs(2);

impl Failure {
    /// The request took so long, on a machine that is busy with other things, that its token can have run out on its
    /// way. A token is used in its last second too, so that much is enough.
    pub(crate) fn was_outrun(&self) -> bool {
        let last_second = SHORT_LIFE / 2;
        self.token_refused && !self.needs_login && self.took_ms >= last_second.as_millis() as u64
    }
}

/// What a process did that ended by itself.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    pub(crate) requests: u64,
    pub(crate) slowest_ms: u64,
    refreshes: Vec<[u64; 2]>,
}

/// What of each refresh may cost a session where its process is killed: some of the time until the server answers,
/// as it spends the token before that, and all of the time from then until the row is written.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    answered: Vec<u64>,
    written: Vec<u64>,
}

impl Windows {
    pub(crate) fn add(&mut self, report: &Report) {
        self.answered
            .extend(report.refreshes.iter().map(|one| one[0]));
        self.written
            .extend(report.refreshes.iter().map(|one| one[1]));
    }
}

impl fmt::Display for Windows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |times: &[u64]| {
            let mut times = times.to_vec();
            times.sort_unstable();
            let at = |share: usize| times[(times.len() - 1) * share / 100] as f64 / 1_000.0;
            format!(
                "p50 {:.1} ms, p99 {:.1} ms, at most {:.1} ms",
                at(50),
                at(99),
                at(100)
            )
        };
        if self.written.is_empty() {
            return f.write_str("no refreshes were timed");
        }
        let (answered, written) = (shown(&self.answered), shown(&self.written));
        let count = self.written.len();
        write!(
            f,
            "{count} refreshes timed: answered {answered}; then written {written}"
        )
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Ready,
    Failed(Failure),
    Report(Report),
}

impl Node {
    /// Starts one, and waits until its tasks run.
    pub(crate) async fn start(plan: &Value) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cluster-node"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input
            .write_all(format!("{plan}\n").as_bytes())
            .await
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let failures = Arc::new(Mutex::new(Vec::new()));
        let (told, ready) = oneshot::channel();
        let reported = failures.clone();
        let output = tokio::spawn(async move {
            let (mut told, mut report) = (Some(told), None);
            // The last line of a killed process may be half a line.
            while let Ok(Some(line)) = lines.next_line().await {
                match serde_json::from_str(&line) {
                    Ok(Line::Ready) => drop(told.take().map(|told| told.send(()))),
                    Ok(Line::Failed(failure)) => reported.lock().unwrap().push(failure),
                    Ok(Line::Report(last)) => report = Some(last),
                    Err(_) => {}
                }
            }
            report
        });
        let ready = timeout(NODE_START_LIMIT, ready)
            .await
            .expect("it takes too long");
        ready.expect("it ended; its words are on standard error");
        Self {
            child,
            input,
            failures,
            output,
        }
    }

    /// The failures so far, once.
    pub(crate) fn failures(&self) -> Vec<Failure> {
        take(&self.failures)
    }

    /// Lets it end what it has begun.
    pub(crate) async fn finish(mut self) -> (Report, Vec<Failure>) {
        drop(self.input);
        let report = timeout(NODE_END_LIMIT, self.output).await.expect("it ends");
        assert!(self.child.wait().await.unwrap().success());
        (report.unwrap().expect("a report"), take(&self.failures))
    }

    /// `SIGTERM`: its tasks are broken off, and it ends when it says that nothing is lost by that.
    pub(crate) async fn terminate(mut self) -> Vec<Failure> {
        let id = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(sent.unwrap().success());
        let ended = timeout(NODE_END_LIMIT, self.child.wait())
            .await
            .expect("it ends");
        assert!(ended.unwrap().success(), "it lost something");
        let _ = self.output.await;
        take(&self.failures)
    }

    /// `kill -9`.
    pub(crate) async fn kill(mut self) -> Vec<Failure> {
        self.child.kill().await.unwrap();
        let _ = self.output.await;
        take(&self.failures)
    }
}

/// Without those that show nothing but a slow machine, which are shown on standard output.
fn take(failures: &Mutex<Vec<Failure>>) -> Vec<Failure> {
    let mut failures = std::mem::take(&mut *failures.lock().unwrap());
    let outrun: Vec<_> = failures.extract_if(.., |one| one.was_outrun()).collect();
    if !outrun.is_empty() {
        println!("tokens that ran out on their way: {outrun:?}");
    }
    failures
}
