//! Puts a network together.

use std::sync::Arc;
use std::time::Duration;

use axum::{Router, middleware};
use tokio::sync::watch;

use super::account::{Account, Accounts};
use super::network::TestNetwork;
use super::state::{Hosting, Shared, Site};
use super::wire::{Loopback, Wire};
use super::{authorization_server, directory, misbehave, pds};
use crate::error::Error;
use crate::types::{Clock, SystemClock};

/// What a [`TestNetwork`] consists of.
#[derive(Debug)]
pub struct TestNetworkBuilder {
    pds: usize,
    entryway: bool,
    accounts: Vec<String>,
    clock: Arc<dyn Clock>,
    port: u16,
    token_lifetime: Duration,
}

impl Default for TestNetworkBuilder {
    fn default() -> Self {
        Self {
            pds: 1,
            entryway: false,
            accounts: vec!["alice.test".into(), "bob.test".into()],
            clock: Arc::new(SystemClock),
            port: 0,
            token_lifetime: Duration::from_hours(1),
        }
    }
}

impl TestNetworkBuilder {
    /// How many PDSes there are; 1 by default. Each is its own authorization server, unless there is
    /// an [`entryway`](Self::entryway).
    #[must_use]
    pub fn pds(mut self, count: usize) -> Self {
        self.pds = count.max(1);
        self
    }

    /// One authorization server, at an address of its own, for all PDSes: what large providers have.
    #[must_use]
    pub fn entryway(mut self) -> Self {
        self.entryway = true;
        self
    }

    /// The handles of the accounts, `alice.test` and `bob.test` by default. They are dealt out to the
    /// PDSes in turn; the password is the first label with `-pass`.
    #[must_use]
    pub fn accounts<H: Into<String>>(mut self, handles: impl IntoIterator<Item = H>) -> Self {
        self.accounts = handles.into_iter().map(Into::into).collect();
        self
    }

    /// The clock of all servers. Their `Date` headers tell its time.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The directory's port; the PDSes take the ones after it, the entryway the last. By default
    /// (0) every server takes a free one. With a fixed port, addresses stay the same over restarts.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How long access tokens live; 60 minutes by default, in whole seconds.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Starts all servers, on 127.0.0.1 only. They stop when the network is dropped.
    ///
    /// # Errors
    /// A port is taken, or something is not a handle.
    pub async fn start(self) -> Result<TestNetwork, Error> {
        let (directory, directory_url) = self.bind(0).await?;
        let mut listeners = Vec::new();
        for place in 0..self.pds {
            listeners.push(self.bind(1 + place).await?);
        }
        let entryway = if self.entryway {
            Some(self.bind(1 + self.pds).await?)
        } else {
            None
        };
        let hosting = |(_, url): &(Loopback, String)| Hosting {
            url: url.clone(),
            issuer: entryway.as_ref().map_or(url, |(_, url)| url).clone(),
        };
        let pds: Vec<Hosting> = listeners.iter().map(hosting).collect();
        let accounts = self.people(&pds)?;
        let shared = Arc::new(Shared::new(
            self.clock,
            directory_url.clone(),
            pds,
            accounts,
        )?);
        shared.state().token_lifetime = self.token_lifetime;

        let stop = watch::Sender::new(());
        let run = |listener, url: &str, routes| serve(&shared, &stop, listener, url, routes);
        run(directory, &directory_url, directory::routes());
        for (listener, url) in listeners {
            let routes = match entryway {
                Some(_) => pds::routes(),
                None => pds::routes().merge(authorization_server::routes()),
            };
            run(listener, &url, routes);
        }
        if let Some((listener, url)) = entryway {
            run(listener, &url, authorization_server::routes());
        }
        Ok(TestNetwork::new(shared, stop))
    }

    /// A listener and the address it is reached at.
    async fn bind(&self, place: usize) -> Result<(Loopback, String), Error> {
        let wanted = match (self.port, u16::try_from(place)) {
            (0, _) | (_, Err(_)) => 0,
            (first, Ok(place)) => first.saturating_add(place),
        };
        let (listener, port) = Loopback::bind(wanted).await?;
        Ok((listener, format!("http://localhost:{port}")))
    }

    fn people(&self, pds: &[Hosting]) -> Result<Accounts, Error> {
        let mut accounts = Accounts::new(pds.first().map_or("", |first| &first.url))?;
        for (handle, pds) in self.accounts.iter().zip(pds.iter().cycle()) {
            accounts.add(Account::new(handle, &pds.url)?)?;
        }
        Ok(accounts)
    }
}

/// Runs one server until the network is dropped.
fn serve(
    shared: &Arc<Shared>,
    stop: &watch::Sender<()>,
    listener: Loopback,
    url: &str,
    routes: Router<Site>,
) {
    let site = Site {
        shared: Arc::clone(shared),
        origin: url.into(),
    };
    let app = routes
        .layer(middleware::from_fn_with_state(
            site.clone(),
            misbehave::around,
        ))
        .with_state(site);
    let mut stopped = stop.subscribe();
    tokio::spawn(async move {
        let service = app.into_make_service_with_connect_info::<Wire>();
        // Accepting never fails, and nobody is left to hear about it.
        let _ = axum::serve(listener, service)
            .with_graceful_shutdown(async move {
                let _ = stopped.changed().await;
            })
            .await;
    });
}
