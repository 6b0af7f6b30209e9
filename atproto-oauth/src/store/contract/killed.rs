//! A process that writes and is killed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write, stdout};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::support::{Names, commit, ensure, get};
use super::{Check, Violation};
use crate::store::policy::CONTRACT_CHILD_LIMIT;
use crate::store::{Change, Commit, Kind, Row, RowKey, Store, StoreError};

const PLACE: &str = "ATPROTO_TEST_CONTRACT_PLACE";
const GROUP: &str = "ATPROTO_TEST_CONTRACT_GROUP";
/// Before each line of the child, because the test harness writes to the same place.
const MARK: &str = "contract: ";
const WRITERS: usize = 4;

/// What was answered is there, whenever the process that asked is killed, and no commit comes apart.
///
/// The check is its own child: it starts this program again to run the test `test` alone (its name as
/// `cargo test -- --list` prints it), and there it opens the store at the same place and writes until it
/// is killed, some times over. `place` prepares the place and names it; what else it gives is kept until
/// the end. Only the parent calls it, so the call of this check should be all that the test does.
///
/// ```no_run
/// use std::sync::Arc;
/// use atproto_oauth::Store;
/// use atproto_oauth::store::StoreError;
/// use atproto_oauth::testing::contract;
/// # use atproto_oauth::store::MemoryStore as MyStore;
/// # trait Open { fn open(_: &str) -> Result<MyStore, StoreError> { Ok(MyStore::new()) } }
/// # impl Open for MyStore {}
/// # struct Folder(String);
/// # fn temporary_folder() -> Folder { Folder(String::new()) }
///
/// async fn open(place: String) -> Result<Arc<dyn Store>, StoreError> {
///     Ok(Arc::new(MyStore::open(&place)?))
/// }
///
/// # /*
/// #[tokio::test(flavor = "multi_thread")]
/// # */
/// async fn survives_kill() {
///     let place = || {
///         let folder = temporary_folder();
///         (folder.0.clone(), folder)
///     };
///     contract::survives_kill("store::tests::survives_kill", place, open).await.unwrap();
/// }
/// ```
///
/// # Errors
/// A [`Violation`], also when there is no test of that name.
pub async fn survives_kill<G>(
    test: &str,
    place: impl FnOnce() -> (String, G),
    open: impl AsyncFn(String) -> Result<Arc<dyn Store>, StoreError>,
) -> Check {
    let opened = async |place: &str| {
        let store = open(place.to_owned()).await;
        store.map_err(|error| Violation::Failed("open", error))
    };
    if let (Ok(place), Ok(group)) = (std::env::var(PLACE), std::env::var(GROUP)) {
        let store = opened(&place).await?;
        return write_until_killed(&store, &group).await;
    }
    let (place, _kept) = place();
    let names = Names::new()?;
    for until in [1, 7, 60, 200] {
        let group = names.text(&format!("killed{until}"));
        let answered = kill_after(until, test, &place, &group).await?;
        let store = opened(&place).await?;
        verify(&store, &group, &answered).await?;
    }
    Ok(())
}

/// The ids that were answered before the child was killed, which it is after `until` of them.
async fn kill_after(
    until: usize,
    test: &str,
    place: &str,
    group: &str,
) -> Result<Vec<String>, Violation> {
    let mut child = Killed(start(test, place, group).map_err(broken)?);
    let mut lines = lines_of(&mut child.0);
    let mut answered = Vec::new();
    loop {
        let line = timeout(CONTRACT_CHILD_LIMIT, lines.recv()).await;
        let line = line.map_err(|_| broken("a process that writes came to a halt"))?;
        let Some(line) = line else { break };
        match line.split_once(MARK).map(|(_, said)| said.split_once(' ')) {
            Some(Some(("answered", id))) => answered.push(id.to_owned()),
            Some(Some(("failed", error))) => return Err(broken(error)),
            _ => {}
        }
        if answered.len() == until {
            child.0.kill().map_err(broken)?;
        }
    }
    ensure(
        answered.len() >= until,
        &format!("the child ended by itself; is there a test `{test}` that does only this check?"),
    )?;
    Ok(answered)
}

fn start(test: &str, place: &str, group: &str) -> std::io::Result<Child> {
    Command::new(std::env::current_exe()?)
        .args(["--exact", test, "--include-ignored", "--nocapture"])
        .env(PLACE, place)
        .env(GROUP, group)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
}

/// Reads the child's lines in a thread: reading a pipe blocks for as long as the child is silent.
fn lines_of(child: &mut Child) -> UnboundedReceiver<String> {
    let (sender, receiver) = unbounded_channel();
    if let Some(output) = child.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
    }
    receiver
}

/// It does not outlive the check.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Each commit makes two rows and changes a third, which counts.
async fn write_until_killed(store: &Arc<dyn Store>, group: &str) -> Check {
    // A parent that dies closes our input.
    thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new());
        std::process::exit(1);
    });
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (store, group) = (Arc::clone(store), group.to_owned());
        writers.spawn(async move {
            for number in 1_u64.. {
                let id = format!("{group}/{writer}/{number}");
                let mut changes: Vec<_> = PAIR.map(|kind| put(kind, &id, &group, 1)).into();
                changes.push(put(COUNT, &format!("{group}/{writer}"), &group, number));
                let said = match commit(&store, changes).await {
                    Ok(Commit::Done) => format!("answered {id}"),
                    Ok(Commit::Conflict(at)) => format!("failed change {at} of a commit conflicts"),
                    Err(error) => format!("failed {error}"),
                };
                let _ = writeln!(stdout(), "{MARK}{said}");
            }
        });
    }
    writers.join_all().await;
    Ok(())
}

const PAIR: [Kind; 2] = [Kind::Session, Kind::Revocation];
const COUNT: Kind = Kind::Browser;

fn put(kind: Kind, id: &str, group: &str, version: u64) -> Change {
    Change::Put(key(kind, id), row(id, group, version))
}

fn key(kind: Kind, id: &str) -> RowKey {
    let id = id.to_owned();
    RowKey { kind, id }
}

fn row(id: &str, group: &str, version: u64) -> Row {
    Row {
        version,
        group: group.into(),
        expires_at: None,
        value: Bytes::from(id.as_bytes().repeat(20)),
    }
}

async fn verify(store: &Arc<dyn Store>, group: &str, answered: &[String]) -> Check {
    for id in answered {
        for kind in PAIR {
            let found = get(store, &key(kind, id)).await?;
            ensure(
                found == Some(row(id, group, 1)),
                "a row that was answered is gone after its writer was killed",
            )?;
        }
    }
    let mut lists = Vec::new();
    for kind in PAIR {
        lists.push(ids(store, kind, group).await?);
    }
    let apart = "a commit came apart when its writer was killed";
    let [ids, others] = lists.as_slice() else {
        return Ok(());
    };
    ensure(ids == others, apart)?;
    let mut written = BTreeMap::<_, u64>::new();
    for id in ids {
        let writer = id.rsplit_once('/').map(|(writer, _)| writer);
        *written.entry(writer).or_default() += 1;
    }
    for (writer, commits) in written {
        let count = get(store, &key(COUNT, writer.unwrap_or_default())).await?;
        ensure(count.is_some_and(|row| row.version == commits), apart)?;
    }
    Ok(())
}

async fn ids(store: &Arc<dyn Store>, kind: Kind, group: &str) -> Result<Vec<String>, Violation> {
    const PAGE: usize = 100;
    let mut ids: Vec<String> = Vec::new();
    loop {
        let after = ids.last().cloned();
        let page = store.list(kind, group, after.as_deref(), PAGE).await;
        let page = page.map_err(|error| Violation::Failed("list", error))?;
        let full = page.len() == PAGE;
        ids.extend(page.into_iter().map(|(key, _)| key.id));
        if !full {
            return Ok(ids);
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn broken(problem: impl ToString) -> Violation {
    Violation::Broken(problem.to_string())
}
