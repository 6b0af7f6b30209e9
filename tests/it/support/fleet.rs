//! Two processes on one store that can be held up, and a person who signed in at one of them.

use std::time::Duration;

use atproto_oauth::store::{SessionRecord, Stored};
use atproto_oauth::testing::{Endpoint, Hold, Seen, TestNetwork};
use atproto_oauth::{OAuthClient, OAuthClientBuilder, Session};

use super::{Ahead, Faulty, SECRET, builder, network_at, sign_in};

pub(crate) struct Fleet {
    pub(crate) network: TestNetwork,
    pub(crate) store: Faulty,
    pub(crate) clock: Ahead,
    pub(crate) here: OAuthClient,
    pub(crate) there: OAuthClient,
    /// Of the one that is here.
    pub(crate) session: Session,
}

impl Fleet {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder, |builder| builder).await
    }

    /// With what is changed here and there.
    pub(crate) async fn with(
        here: impl FnOnce(OAuthClientBuilder) -> OAuthClientBuilder,
        there: impl FnOnce(OAuthClientBuilder) -> OAuthClientBuilder,
    ) -> Self {
        let clock = Ahead::default();
        let network = network_at(&clock).await;
        let store = Faulty::shared(clock.clone());
        let process = || process(&network, &store, &clock);
        let here = here(process()).build().await.unwrap();
        let there = there(process()).build().await.unwrap();
        let session = sign_in(&network, &here, "alice.test").await;
        Self {
            network,
            store,
            clock,
            here,
            there,
            session,
        }
    }

    /// One more process.
    pub(crate) fn process(&self) -> OAuthClientBuilder {
        process(&self.network, &self.store, &self.clock)
    }

    /// The session, of the process that is there.
    pub(crate) async fn theirs(&self) -> Session {
        self.there.session(&self.session.key()).await.unwrap()
    }

    /// The row of a session.
    pub(crate) async fn stored(&self, session: &Session) -> Stored<SessionRecord> {
        let id = session.key().to_string();
        let stored = self.there.vault().get::<SessionRecord>(&id).await;
        stored.unwrap().unwrap()
    }

    /// Refresh requests wait at the server until that is released.
    pub(crate) fn hold_refreshes(&self) -> Hold {
        self.network.hold(Endpoint::Refresh)
    }

    /// The server has a refresh request, and has not answered yet.
    pub(crate) async fn until_sent(&self) {
        let sent = |seen: &Seen| seen.endpoint == Endpoint::Refresh;
        self.network.until(|seen| seen.iter().any(sent)).await;
    }

    /// The access token is over by now; what was asked so far does not count.
    pub(crate) fn expire(&self) {
        self.clock.by(Duration::from_hours(2));
        self.network.forget_requests();
    }
}

fn process(network: &TestNetwork, store: &Faulty, clock: &Ahead) -> OAuthClientBuilder {
    let builder = builder(network).clock(clock.clone());
    builder.secret(SECRET).store(store.clone())
}
