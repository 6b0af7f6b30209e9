//! Waits that end in real time, so that what never happens fails a test instead of hanging it.

use std::pin::pin;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, select};
use tokio::sync::oneshot;

pub use super::policy::EVENT_LIMIT;

/// What `event` brings; `None` if that takes longer than `limit` of real time.
///
/// The time is a thread's. Timers of `tokio` follow its clock, and where that is paused it jumps to the limit as soon
/// as all tasks wait for the network.
pub async fn within<T>(limit: Duration, event: impl Future<Output = T>) -> Option<T> {
    let mut event = pin!(event);
    if let Some(done) = event.as_mut().now_or_never() {
        return Some(done);
    }
    let (over, limited) = oneshot::channel();
    // Gone with this future, which ends the thread.
    let (_waiting, gone) = channel::<()>();
    thread::spawn(move || {
        if gone.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            let _ = over.send(());
        }
    });
    match select(event, limited).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}
