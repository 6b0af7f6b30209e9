//! The end of a process: what would cost a session if it were broken off comes to its end first.

use std::time::Duration;

use tokio::sync::watch;

use super::OAuthClient;
use crate::{Error, ErrorKind};

/// What is going on that spends a code or a refresh token, or has tokens to write.
#[derive(Debug, Default)]
pub(crate) struct Work(watch::Sender<State>);

#[derive(Debug, Default)]
struct State {
    going_on: usize,
    is_closed: bool,
}

/// Goes on until it is dropped.
#[derive(Debug)]
pub(crate) struct GoingOn(watch::Sender<State>);

impl Work {
    /// Something begins that may as well be done later. `None`: this process is about to end.
    pub(crate) fn begin(&self) -> Option<GoingOn> {
        let begins = |state: &mut State| {
            if !state.is_closed {
                state.going_on += 1;
            }
            !state.is_closed
        };
        let has_begun = self.0.send_if_modified(begins);
        has_begun.then(|| GoingOn(self.0.clone()))
    }

    /// Something goes on that cannot be done later.
    pub(crate) fn goes_on(&self) -> GoingOn {
        self.0.send_modify(|state| state.going_on += 1);
        GoingOn(self.0.clone())
    }
}

impl Drop for GoingOn {
    fn drop(&mut self) {
        self.0.send_modify(|state| state.going_on -= 1);
    }
}

impl OAuthClient {
    /// Before the process ends: waits until everything is heard and written that would cost a session if it were
    /// broken off, which is sign-ins that came back and refreshes that were sent. A refresh has an answer within ten
    /// seconds; tokens that the store did not take are tried every second. `limit` is how long to wait at most: 15
    /// seconds are enough while the store works.
    ///
    /// From then on no token is renewed in this process, ever: sessions work for as long as their tokens do, then
    /// fail as [transient](Error::is_transient). [`serve`](crate::serve) does this by itself; with a server of your
    /// own, do it after its graceful shutdown.
    ///
    /// ```no_run
    /// # async fn f(client: atproto_oauth::OAuthClient, listener: tokio::net::TcpListener, app: axum::Router)
    /// # -> Result<(), Box<dyn std::error::Error>> {
    /// let stop = async { drop(tokio::signal::ctrl_c().await) };
    /// axum::serve(listener, app).with_graceful_shutdown(stop).await?;
    /// client.drain(std::time::Duration::from_secs(15)).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`TemporarilyUnavailable`](ErrorKind::TemporarilyUnavailable), when something is not finished: if the process
    /// ends now, it is as if it was killed, and the people concerned may have to sign in again.
    pub async fn drain(&self, limit: Duration) -> Result<(), Error> {
        let work = &self.0.work.0;
        work.send_modify(|state| state.is_closed = true);
        let mut state = work.subscribe();
        let finished = state.wait_for(|state| state.going_on == 0);
        match tokio::time::timeout(limit, finished).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::new(
                ErrorKind::TemporarilyUnavailable,
                "not all sign-ins and refreshes are finished; wait longer, or see to the store",
            )),
        }
    }
}
