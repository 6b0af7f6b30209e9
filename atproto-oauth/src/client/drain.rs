//! The end of a process: waits for the work in flight that would cost a session if it were broken off.

use std::time::Duration;

use super::client::OAuthClient;
use crate::error::Error;

impl OAuthClient {
    /// Waits until no sign-in or refresh is in flight and all tokens are written; call it before the process ends.
    /// Breaking one of these off may cost a session. A refresh is answered within ten seconds; tokens that could not
    /// be written are written again every second. `limit` is the longest wait: 15 seconds are enough while the store
    /// works.
    ///
    /// After the call this process refreshes no token any more: sessions work until their access tokens expire, then
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
    /// [`TemporarilyUnavailable`](crate::ErrorKind::TemporarilyUnavailable), when sign-ins or refreshes are unfinished at
    /// `limit`: if the process ends now, the people concerned may have to sign in again.
    pub async fn drain(&self, limit: Duration) -> Result<(), Error> {
        let work = &self.0.in_flight.0;
        work.send_modify(|state| state.is_closed = true);
        let mut state = work.subscribe();
        let finished = state.wait_for(|state| state.count == 0);
        match tokio::time::timeout(limit, finished).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::temporarily_unavailable(
                "not all sign-ins and refreshes are finished; wait longer, or check the store",
            )),
        }
    }
}
