//! Two processes with one store behind one address, as behind a load balancer.

use std::time::Duration;

use super::person::{OWN, Person};
use super::site::{App, Site, app, builder, network};
use crate::support::{Ahead, Faulty, SECRET};

pub(crate) struct Nodes {
    pub(crate) store: Faulty,
    pub(crate) site: Site,
    other: axum::Router,
}

impl Nodes {
    pub(crate) async fn new() -> Self {
        Self::with_secret_there(SECRET).await
    }

    pub(crate) async fn with_secret_there(secret: &str) -> Self {
        let clock = Ahead::default();
        let store = Faulty::shared(clock.clone());
        let network = network(&clock, &["alice.test", "bob.test"]).await;
        let node = |secret: &str| {
            let builder = builder::<App>(&network, &clock).store(store.clone());
            builder.secret(secret)
        };
        let (here, there) = (node(SECRET).build().await, node(secret).build().await);
        let (client, other) = (here.unwrap(), there.unwrap());
        let site = Site {
            router: app(&client),
            network,
            client,
            clock,
            base_url: OWN,
        };
        Self {
            store,
            site,
            other: app(&other),
        }
    }

    /// The same browser at the other process.
    pub(crate) fn there(&self, person: &Person) -> Person {
        Person {
            router: self.other.clone(),
            ..person.clone()
        }
    }

    pub(crate) fn later(&self, seconds: u64) {
        self.site.clock.by(Duration::from_secs(seconds));
    }
}
