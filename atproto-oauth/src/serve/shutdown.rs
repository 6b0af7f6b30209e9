//! Stopping without breaking off what people are in the middle of.

use std::io;

use tokio::sync::oneshot;

use super::policy::{DRAIN_WAIT, SHUTDOWN_WAIT};
use crate::client::OAuthClient;
use crate::error::Error;

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
/// short time. Requests may need a refresh until then; no refresh is started after them.
pub(super) async fn until(
    signal: impl Future<Output = ()>,
    stop: oneshot::Sender<()>,
    server: impl Future<Output = Result<(), Error>>,
    client: &OAuthClient,
) -> Result<(), Error> {
    tokio::pin!(server);
    let result = tokio::select! {
        ended = &mut server => ended,
        () = signal => {
            tracing::info!("stopping");
            drop(stop);
            let finished = tokio::time::timeout(SHUTDOWN_WAIT, server).await;
            finished.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = client.drain(DRAIN_WAIT).await {
        tracing::error!(
            %error,
            "the process ends with unfinished sign-ins and refreshes, so people may have to sign in again; \
             check that the store works"
        );
    }
    result
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use std::time::Duration;

    use super::*;
    use crate::client::Paths;
    use crate::web::testing::client_at;

    /// A deploy: requests finish, and may begin a refresh; then what was sent is waited for, for a time.
    #[tokio::test(start_paused = true)]
    async fn requests_finish_before_what_they_sent_is_waited_for() {
        for (takes, waited) in [(3, 3), (60, 15)] {
            let client = client_at("https://app.example.com", Paths::new("/oauth")).await;
            let (stop, stopped) = oneshot::channel();
            let (own, start) = (client.clone(), Instant::now());
            let server = async move {
                drop(stopped.await);
                tokio::time::sleep(Duration::from_secs(2)).await;
                let sent = own.0.in_flight.try_begin().unwrap();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_secs(takes)).await;
                    drop(sent);
                });
                Ok(())
            };
            until(async {}, stop, server, &client).await.unwrap();
            assert_eq!(start.elapsed().as_secs(), 2 + waited);
            assert!(client.0.in_flight.try_begin().is_none());
        }
    }
}
