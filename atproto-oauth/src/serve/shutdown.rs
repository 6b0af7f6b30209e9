//! Stopping without breaking off what people are in the middle of.

use std::io;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::Error;

/// How long requests may take to finish.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long tokens may take to be heard of and written then.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(15);

/// What asks a process to stop.
pub(super) struct Signal {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signal {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    pub(super) async fn arrives(mut self) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    pub(super) async fn arrives(self) {
        drop(tokio::signal::ctrl_c().await);
    }
}

/// Runs `server`, which ends soon after `stop` says so; when the signal arrives, it is told and given a
/// short time.
pub(super) async fn until(
    signal: impl Future<Output = ()>,
    stop: oneshot::Sender<()>,
    server: impl Future<Output = Result<(), Error>>,
) -> Result<(), Error> {
    tokio::pin!(server);
    tokio::select! {
        result = &mut server => return result,
        () = signal => {}
    }
    tracing::info!("stopping");
    drop(stop);
    tokio::time::timeout(PATIENCE, server)
        .await
        .unwrap_or(Ok(()))
}
