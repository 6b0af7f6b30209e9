//! The end of a process: waits for the work in flight that would cost a session if it were broken off.

use std::time::Duration;

use super::client::OAuthClient;
use crate::error::Error;

impl OAuthClient {
    /// Before the process ends: waits until everything is heard and written that would cost a session if it were
    /// broken off, which is sign-ins that came back and refreshes that were sent. A refresh has an answer within ten
    /// seconds; tokens that the store did not take are tried every second. `limit` is how long to wait at most: 15
    /// seconds are enough while the store works.
    ///
    /// From then on no token is refreshed in this process, ever: sessions work for as long as their tokens do, then
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
    /// [`TemporarilyUnavailable`](crate::ErrorKind::TemporarilyUnavailable), when something is not finished: if the process
    /// ends now, it is as if it was killed, and the people concerned may have to sign in again.
    pub async fn drain(&self, limit: Duration) -> Result<(), Error> {
        let work = &self.0.in_flight.0;
        work.send_modify(|state| state.is_closed = true);
        let mut state = work.subscribe();
        let finished = state.wait_for(|state| state.count == 0);
        match tokio::time::timeout(limit, finished).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::temporarily_unavailable(
                "not all sign-ins and refreshes are finished; wait longer, or see to the store",
            )),
        }
    }
}
