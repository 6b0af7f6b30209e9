//! The network as tests hold it.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use tokio::sync::watch;

use super::account::{Account, no_account};
use super::browser::Browser;
use super::builder::TestNetworkBuilder;
use super::endpoint::Endpoint;
use super::fault::Fault;
use super::log::Seen;
use super::state::Shared;
use super::visitor::Visitor;
use crate::error::Error;
use crate::types::Did;

/// A directory, PDSes and authorization servers on loopback; see [the module](super).
///
/// Clones are the same network. Its servers stop when the last one is dropped.
#[derive(Clone)]
pub struct TestNetwork {
    pub(super) shared: Arc<Shared>,
    /// The servers run for as long as somebody holds this.
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

    /// Everybody in the network.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        self.shared.state().accounts.people.clone()
    }

    /// The account with that handle or DID.
    ///
    /// # Errors
    /// Nobody here has that name.
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
    pub async fn until(&self, enough: impl Fn(&[Seen]) -> bool) {
        self.shared.log.until(enough).await;
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
