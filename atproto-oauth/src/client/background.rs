//! What a client does in the background, for as long as it lives.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::policy::{BACKGROUND_PERIOD, MIN_KEY_SYNC, QUEUE_PASS};
use super::session::revoker::Revoker;
use super::session::sessions::Sessions;

/// Works the revocation queue, deletes expired rows and looks after the client keys, now and every minute; apart from
/// each other, as the queue waits for servers.
pub(super) fn start(sessions: &Arc<Sessions>, revoker: &Arc<Revoker>) {
    every(BACKGROUND_PERIOD, revoker, |revoker| async move {
        match tokio::time::timeout(QUEUE_PASS, revoker.work_queue()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the revocation queue could not be processed"),
            Err(_) => tracing::warn!("the revocation queue is long; going on later"),
        }
    });
    every(BACKGROUND_PERIOD, sessions, |sessions| async move {
        if let Err(error) = sessions.sweep().await {
            tracing::warn!(%error, "expired rows were not swept");
        }
    });
    let keys = &sessions.keys;
    every(BACKGROUND_PERIOD, keys, |keys| async move {
        if let Err(error) = keys.look_after().await {
            tracing::warn!(%error, "the client keys were not synchronised");
        }
    });
    if let Some(staleness) = sessions.staleness.limit().filter(|_| keys.has_any()) {
        let interval = staleness.clamp(MIN_KEY_SYNC, BACKGROUND_PERIOD);
        every(interval, keys, |keys| async move { keys.sync().await });
    }
}

/// Does `work` now and once in each `period`, until the client is dropped.
fn every<T, F>(period: Duration, room: &Arc<T>, work: impl Fn(Arc<T>) -> F + Send + 'static)
where
    T: Send + Sync + 'static,
    F: Future<Output = ()> + Send,
{
    let weak = Arc::downgrade(room);
    tokio::spawn(async move {
        let mut period = tokio::time::interval(period);
        period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            period.tick().await;
            let Some(room) = Weak::upgrade(&weak) else {
                return;
            };
            work(room).await;
        }
    });
}
