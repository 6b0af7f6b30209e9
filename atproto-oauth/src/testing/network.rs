//! The network: what tests hold, and how it is started.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use axum::{Router, middleware};
use tokio::sync::watch;

use super::account::{Account, Accounts, no_account};
use super::browser::Browser;
use super::endpoint::Endpoint;
use super::fault::Fault;
use super::hold::Hold;
use super::limit::EVENT_LIMIT;
use super::log::Seen;
use super::policy::TOKEN_LIFETIME;
use super::state::{Hosting, Shared, Site};
use super::visitor::Visitor;
use super::wire::{Loopback, Wire};
use super::{authorization_server, directory, misbehave, pds};
use crate::error::Error;
use crate::types::{Clock, Did, SystemClock};

/// A directory, PDSes and authorization servers on loopback; see [the module](super).
///
/// Clones are the same network. Its servers stop when the last one is dropped.
#[derive(Clone)]
pub struct TestNetwork {
    pub(super) shared: Arc<Shared>,
    /// The servers run until this is dropped.
    #[expect(dead_code, reason = "dropping it stops the servers")]
    running: Arc<watch::Sender<()>>,
}

impl TestNetwork {
    /// One PDS that is its own authorization server, with `alice.test` and `bob.test`.
    ///
    /// # Errors
    /// No port of 127.0.0.1 can be used.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// A network of another shape.
    #[must_use]
    pub fn builder() -> TestNetworkBuilder {
        TestNetworkBuilder::default()
    }

    pub(super) fn new(shared: Arc<Shared>, running: watch::Sender<()>) -> Self {
        Self {
            shared,
            running: Arc::new(running),
        }
    }

    /// The directory of `did:plc`: `http://localhost:PORT`.
    #[must_use]
    pub fn plc_url(&self) -> &str {
        &self.shared.directory
    }

    /// The service that resolves every handle of the network with
    /// `com.atproto.identity.resolveHandle`.
    #[must_use]
    pub fn handle_resolver(&self) -> &str {
        self.pds()
    }

    /// The account whose repository has the permission sets of this network, for
    /// [`OAuthClientBuilder::lexicon_authority`](crate::OAuthClientBuilder::lexicon_authority).
    #[must_use]
    pub fn lexicon_authority(&self) -> Did {
        self.shared.state().accounts.publisher.did.clone()
    }

    /// The first PDS: `http://localhost:PORT`.
    #[must_use]
    pub fn pds(&self) -> &str {
        self.pds_at(0)
    }

    /// The PDS with that number, from 0; empty where there is none.
    #[must_use]
    pub fn pds_at(&self, number: usize) -> &str {
        let hosting = self.shared.pds.get(number);
        hosting.map_or("", |hosting| &hosting.url)
    }

    /// The issuer that speaks for the first PDS.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer_at(0)
    }

    /// The issuer that speaks for the PDS with that number, from 0; empty where there is none.
    #[must_use]
    pub fn issuer_at(&self, number: usize) -> &str {
        let hosting = self.shared.pds.get(number);
        hosting.map_or("", |hosting| &hosting.issuer)
    }

    /// All accounts of the network.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        self.shared.state().accounts.people.clone()
    }

    /// The account with that handle or DID.
    ///
    /// # Errors
    /// No account of the network has that name.
    pub fn account(&self, identifier: &str) -> Result<Account, Error> {
        let account = self.shared.state().accounts.find(identifier).cloned();
        account.ok_or_else(|| no_account(identifier))
    }

    /// From now on all servers lie or break in this way too, until [`behave`](Self::behave).
    pub fn misbehave(&self, fault: Fault) {
        self.shared.state().faults.add(fault, None, None);
    }

    /// As [`misbehave`](Self::misbehave), for the next `times` requests that it concerns.
    pub fn misbehave_times(&self, times: u32, fault: Fault) {
        self.shared.state().faults.add(fault, None, Some(times));
    }

    /// As [`misbehave`](Self::misbehave), but only the server at this address:
    /// `network.pds_at(1)`.
    pub fn misbehave_at(&self, server: &str, fault: Fault) {
        let server = Some(server.to_owned());
        self.shared.state().faults.add(fault, server, None);
    }

    /// All servers are honest again.
    pub fn behave(&self) {
        self.shared.state().faults.clear();
    }

    /// From now on requests to `at` arrive and wait, until what is returned is [released](Hold::release) or dropped:
    /// for what a test does between a request and its answer.
    ///
    /// ```
    /// # use atproto_oauth::testing::{Endpoint, TestNetwork};
    /// # async fn example(network: TestNetwork, refreshes: impl Future<Output = ()>) {
    /// let hold = network.hold(Endpoint::Refresh);
    /// let meanwhile = async {
    ///     network.until(|seen| seen.iter().any(|one| one.endpoint == Endpoint::Refresh)).await;
    ///     // The server has the request, and has not looked at it.
    ///     hold.release();
    /// };
    /// tokio::join!(refreshes, meanwhile);
    /// # }
    /// ```
    pub fn hold(&self, at: Endpoint) -> Hold {
        self.shared.state().holds.add(at)
    }

    /// Every request so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.log.all()
    }

    /// The requests so far that were for `endpoint`.
    #[must_use]
    pub fn requests_to(&self, endpoint: Endpoint) -> Vec<Seen> {
        let mut requests = self.requests();
        requests.retain(|seen| endpoint.covers(seen.endpoint));
        requests
    }

    /// Empties the log.
    pub fn forget_requests(&self) {
        self.shared.log.clear();
    }

    /// Waits until `enough` says so of the requests so far, for work in the background:
    /// `network.until(|seen| seen.iter().any(|s| s.endpoint == Endpoint::Revocation)).await`.
    ///
    /// # Panics
    /// It takes longer than a minute of real time. The message names the caller and the requests so far.
    #[track_caller]
    pub fn until(&self, enough: impl Fn(&[Seen]) -> bool) -> impl Future<Output = ()> {
        self.until_within(EVENT_LIMIT, enough)
    }

    #[track_caller]
    pub(super) fn until_within(
        &self,
        limit: Duration,
        enough: impl Fn(&[Seen]) -> bool,
    ) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            if let Err(seen) = self.shared.log.until(limit, enough).await {
                #[expect(clippy::panic, reason = "it fails the test that waits")]
                {
                    panic!(
                        "{caller} waited {limit:?} for requests that did not come; there were {seen:#?}"
                    );
                }
            }
        }
    }

    /// A person's browser with its own cookies.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::new(Arc::clone(&self.shared))
    }

    /// Opens an authorization URL in a new browser, signs in, allows everything, and returns the
    /// address that leads back to the application. It goes through the pages over HTTP, as a person
    /// would.
    ///
    /// # Errors
    /// A page says that something is wrong; its words are in
    /// [`server_said`](Error::server_said).
    pub async fn approve(&self, authorize_url: &str, handle: &str) -> Result<String, Error> {
        self.browser().approve(authorize_url, handle).await
    }

    /// As [`approve`](Self::approve), with only these permissions left ticked. `atproto` cannot be
    /// unticked.
    ///
    /// # Errors
    /// As there.
    pub async fn approve_with(
        &self,
        authorize_url: &str,
        handle: &str,
        scopes: &[&str],
    ) -> Result<String, Error> {
        let mut browser = self.browser();
        browser.approve_with(authorize_url, handle, scopes).await
    }

    /// Opens an authorization URL in a new browser and cancels.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    pub async fn deny(&self, authorize_url: &str) -> Result<String, Error> {
        self.browser().deny(authorize_url).await
    }

    /// Signs `handle` in to an application whose routes are under `/oauth`, and returns the value for
    /// a `Cookie` header. For other addresses and for what comes after, see [`Visitor`].
    ///
    /// ```no_run
    /// # async fn test(app: axum::Router) -> Result<(), Box<dyn std::error::Error>> {
    /// use atproto_oauth::testing::TestNetwork;
    /// use tower::ServiceExt;
    ///
    /// let network = TestNetwork::start().await?;
    /// let cookie = network.sign_in(&app, "alice.test").await?;
    /// let request = http::Request::get("/").header("cookie", cookie).body(axum::body::Body::empty())?;
    /// let response = app.oneshot(request).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The application, or the network, refuses at some step.
    pub async fn sign_in(&self, app: &Router, handle: &str) -> Result<String, Error> {
        let mut visitor = self.visitor(app);
        visitor.sign_in(handle).await?;
        Ok(visitor.cookies())
    }

    /// A person who visits an application.
    #[must_use]
    pub fn visitor(&self, app: &Router) -> Visitor {
        Visitor::new(app.clone(), self.browser())
    }
}

impl fmt::Debug for TestNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestNetwork")
            .field("plc_url", &self.plc_url())
            .field("pds", &self.shared.pds)
            .field("accounts", &self.accounts())
            .finish_non_exhaustive()
    }
}

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
            token_lifetime: TOKEN_LIFETIME,
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
        // Accepting never fails, and no test is left to hear about it.
        let _ = axum::serve(listener, service)
            .with_graceful_shutdown(async move {
                let _ = stopped.changed().await;
            })
            .await;
    });
}
