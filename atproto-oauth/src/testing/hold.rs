//! Requests that wait until the test lets them go on.

use tokio::sync::watch;

use super::endpoint::Endpoint;

/// Requests to an endpoint that wait, until this is dropped; made by
/// [`TestNetwork::hold`](super::TestNetwork::hold).
#[derive(Debug)]
#[must_use = "the requests go on when it is dropped"]
pub struct Hold(
    #[expect(dead_code, reason = "dropping it lets the requests go on")] watch::Sender<()>,
);

impl Hold {
    /// The requests that wait go on, and later ones do not wait.
    pub fn release(self) {}
}

/// The holds in force.
#[derive(Default)]
pub(super) struct Holds(Vec<(Endpoint, watch::Receiver<()>)>);

impl Holds {
    pub(super) fn add(&mut self, at: Endpoint) -> Hold {
        let (hold, released) = watch::channel(());
        self.0
            .retain(|(_, released)| released.has_changed().is_ok());
        self.0.push((at, released));
        Hold(hold)
    }

    /// The holds that concern a request; [`pass`] waits for their end.
    pub(super) fn at(&self, at: Endpoint) -> Vec<watch::Receiver<()>> {
        let holds = self.0.iter().filter(|(held, _)| held.covers(at));
        holds.map(|(_, released)| released.clone()).collect()
    }
}

/// Waits until all of them are released.
pub(super) async fn pass(holds: Vec<watch::Receiver<()>>) {
    for mut released in holds {
        // Nothing is ever sent: it only ends.
        while released.changed().await.is_ok() {}
    }
}
