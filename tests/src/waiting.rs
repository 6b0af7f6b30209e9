//! Waits that end, with what was waited for or with a failure that names it.

use std::io::{BufRead, BufReader, Read};
use std::panic::Location;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use atproto_oauth::testing::limit::{EVENT_LIMIT, within};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Waits for an event.
///
/// # Panics
/// It takes longer than a minute of real time, whatever `tokio`'s clock says.
#[track_caller]
pub fn soon<T>(what: &str, event: impl Future<Output = T>) -> impl Future<Output = T> {
    let caller = Location::caller();
    async move {
        let happened = within(EVENT_LIMIT, event).await;
        happened.unwrap_or_else(|| panic!("{caller} waited {EVENT_LIMIT:?} for {what}, in vain"))
    }
}

/// Looks again and again until something is there: for what has no event to wait for.
///
/// # Panics
/// As [`soon`].
#[track_caller]
pub fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> impl Future<Output = T> {
    soon(what, async move {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
    })
}

/// The lines that a program writes, until it closes its output. `whom`: the program, for the failure.
///
/// # Panics
/// It writes none for a minute.
#[track_caller]
pub fn lines<R: Read + Send + 'static>(
    whom: &str,
    output: R,
) -> impl Iterator<Item = String> + Send + use<R> {
    let caller = Location::caller();
    let whom = whom.to_owned();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // To the end, so that the program never waits for a reader.
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    std::iter::from_fn(move || match receiver.recv_timeout(EVENT_LIMIT) {
        Ok(line) => Some(line),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => {
            panic!("{caller} waited {EVENT_LIMIT:?} for a line of {whom}, in vain")
        }
    })
}

/// Waits until a child process ends. `None`: after a minute it runs on; it is killed, and standard error says so.
///
/// # Panics
/// The child cannot be asked, or not be killed.
#[track_caller]
pub fn ended(whom: &str, child: &mut Child) -> Option<ExitStatus> {
    let caller = Location::caller();
    let limit = Instant::now() + EVENT_LIMIT;
    while Instant::now() < limit {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        thread::sleep(PAUSE);
    }
    let id = child.id();
    eprintln!("{caller} waited {EVENT_LIMIT:?} for the end of {whom}, in vain; kills {id}");
    child.kill().unwrap();
    None
}

#[test]
fn lines_come_until_the_output_ends() {
    let read = lines("a text", "one\ntwo\nthree".as_bytes());
    assert_eq!(read.collect::<Vec<_>>(), ["one", "two", "three"]);
}
