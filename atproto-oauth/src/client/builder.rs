//! Settings, and the client made of them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Paths;
use super::beside::Beside;
use super::fresh::STALENESS;
use super::refresh::PAUSE;
use crate::jose::ClientKey;
use crate::protocol::client_metadata::Display;
use crate::protocol::endpoint::Servers;
use crate::scope::DeclaredScopes;
use crate::store::Store;
use crate::transport::{Guarded, GuardedBuilder, Transport};
use crate::types::{Clock, Did, SystemClock};

/// The directory of `did:plc` accounts.
const PLC: &str = "https://plc.directory";

/// Configures an [`OAuthClient`](super::OAuthClient).
///
/// ```no_run
/// # async fn f() -> Result<(), atproto_oauth::Error> {
/// use atproto_oauth::OAuthClient;
/// let client = OAuthClient::builder()
///     .base_url("https://app.example.com")
///     .scopes(["atproto"])
///     .secret(std::env::var("ATPROTO_SECRET").unwrap_or_default())
///     .store_url("file:/var/lib/app/store.redb")
///     .build()
///     .await?;
/// # Ok(()) }
/// ```
#[must_use = "it does nothing before `build`"]
pub struct OAuthClientBuilder {
    pub(super) base_url: Option<String>,
    pub(super) paths: Paths,
    pub(super) scopes: Vec<String>,
    pub(super) optional_scopes: Vec<String>,
    pub(super) display: Display,
    pub(super) extra_redirect_uris: Vec<String>,
    pub(super) conventional_client_id: bool,
    pub(super) keys: Vec<ClientKey>,
    pub(super) compromised_keys: Vec<String>,
    pub(super) secret: Option<String>,
    pub(super) store: Option<Arc<dyn Store>>,
    pub(super) store_url: Option<String>,
    pub(super) store_staleness: Duration,
    pub(super) min_refresh_interval: Duration,
    pub(super) transport: Option<Arc<dyn Transport>>,
    pub(super) guard: GuardedBuilder,
    pub(super) servers: Servers,
    /// Servers on this machine are fine whatever the base URL is: a test network.
    pub(super) in_a_test: bool,
    pub(super) plc: String,
    pub(super) handle_resolver: Option<String>,
    pub(super) lexicon_authority: Option<Did>,
    pub(super) same_origin_endpoints: bool,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) beside: Beside,
}

impl OAuthClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            base_url: None,
            paths: Paths::new("/oauth"),
            scopes: vec!["atproto".into()],
            optional_scopes: Vec::new(),
            display: Display::default(),
            extra_redirect_uris: Vec::new(),
            conventional_client_id: false,
            keys: Vec::new(),
            compromised_keys: Vec::new(),
            secret: None,
            store: None,
            store_url: None,
            store_staleness: STALENESS,
            min_refresh_interval: PAUSE,
            transport: None,
            guard: Guarded::builder(),
            servers: Servers::Public,
            in_a_test: false,
            plc: PLC.into(),
            handle_resolver: None,
            lexicon_authority: None,
            same_origin_endpoints: false,
            clock: Arc::new(SystemClock),
            beside: Beside::default(),
        }
    }

    /// The origin people visit, such as `https://app.example.com`. An address on this machine,
    /// `http://127.0.0.1:PORT`, makes the loopback client of development, which needs no registration.
    pub fn base_url(mut self, origin: impl Into<String>) -> Self {
        self.base_url = Some(origin.into());
        self
    }

    /// Where the routes are. Default: under `/oauth`.
    pub fn paths(mut self, paths: Paths) -> Self {
        self.paths = paths;
        self
    }

    /// The permissions every sign-in asks for. Default: `atproto`, which must be among them.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// The permissions that single sign-ins may ask for too.
    pub fn optional_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.optional_scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Both kinds of permissions, as an application declares them.
    pub fn declared_scopes(self, declared: DeclaredScopes) -> Self {
        self.scopes(declared.scopes().iter().copied())
            .optional_scopes(declared.optional().iter().copied())
    }

    /// The name consent pages show.
    pub fn client_name(mut self, name: impl Into<String>) -> Self {
        self.display.client_name = Some(name.into());
        self
    }

    /// The home page, on the base URL's origin.
    pub fn client_uri(mut self, uri: impl Into<String>) -> Self {
        self.display.client_uri = Some(uri.into());
        self
    }

    /// The logo.
    pub fn logo_uri(mut self, uri: impl Into<String>) -> Self {
        self.display.logo_uri = Some(uri.into());
        self
    }

    /// The terms of service.
    pub fn tos_uri(mut self, uri: impl Into<String>) -> Self {
        self.display.tos_uri = Some(uri.into());
        self
    }

    /// The privacy policy.
    pub fn policy_uri(mut self, uri: impl Into<String>) -> Self {
        self.display.policy_uri = Some(uri.into());
        self
    }

    /// Redirect URIs beside the callback route, for programs that share the client.
    pub fn extra_redirect_uris<S: Into<String>>(
        mut self,
        uris: impl IntoIterator<Item = S>,
    ) -> Self {
        self.extra_redirect_uris = uris.into_iter().map(Into::into).collect();
        self
    }

    /// Serves the client metadata at `/oauth-client-metadata.json`, which consent pages show as the bare
    /// domain, instead of under the prefix.
    pub fn conventional_client_id(mut self, yes: bool) -> Self {
        self.conventional_client_id = yes;
        self
    }

    /// A client key. The first signs new sign-ins, as soon as every authorization server can know it; the
    /// others what belongs to the sessions that were made with them. See
    /// [`client_keys`](super::OAuthClient::client_keys).
    pub fn client_key(mut self, key: ClientKey) -> Self {
        self.keys.push(key);
        self
    }

    /// The names (`kid`) of client keys that somebody else may have, and that are not among the client's
    /// keys any more. The authorization servers end the sessions that were made with a key that is not
    /// published; here they end at once, in every process, and people sign in again (CA-08). The store
    /// remembers it: such a key is never taken again, also when nobody names it any more.
    ///
    /// A key that is only missing ends nothing: its sessions wait until it is back.
    pub fn compromised_client_keys<S: Into<String>>(
        mut self,
        kids: impl IntoIterator<Item = S>,
    ) -> Self {
        self.compromised_keys = kids.into_iter().map(Into::into).collect();
        self
    }

    /// The earlier name of [`compromised_client_keys`](Self::compromised_client_keys).
    pub fn retired_client_keys<S: Into<String>>(self, kids: impl IntoIterator<Item = S>) -> Self {
        self.compromised_client_keys(kids)
    }

    /// The secret that seals rows: at least 32 bytes of base64; several, separated by spaces, for
    /// rotation.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// A store of one's own. It needs a [`secret`](Self::secret), but for the loopback client: without
    /// one, nobody can read in the next process what was stored by this one.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// A built-in store: `memory:`, `file:PATH`, `sqlite:PATH`, `postgres://HOST/DATABASE` or `redis://HOST`.
    pub fn store_url(mut self, url: impl Into<String>) -> Self {
        self.store_url = Some(url.into());
        self
    }

    /// How long a request may be answered by what this process read from a store that other processes write
    /// to, too: somebody who signs out in one is refused by all others within this time. Default: 5 seconds;
    /// zero asks the store every time. Whole seconds count.
    ///
    /// What this process changes itself is seen at once, and nothing is taken or changed without reading it
    /// first. While the store is down, requests with a valid token are answered for a minute since it was last
    /// asked (for longer, if this time is longer; not at all, if it is zero), then fail as transient; nobody is
    /// signed out for it. A store of one process ([`Store::is_shared`]) is not concerned.
    pub fn store_staleness(mut self, limit: Duration) -> Self {
        self.store_staleness = limit;
        self
    }

    /// How long a token is used before it is renewed early: each refresh is a moment in which a crash costs a
    /// session (TK-14). Default: 5 seconds. One that has expired, or that its server rejects, is renewed
    /// whenever that helps.
    pub fn min_refresh_interval(mut self, time: Duration) -> Self {
        self.min_refresh_interval = time;
        self
    }

    /// Another transport than the guarded default. It then answers for all of
    /// [`Transport`]'s duties; the settings of the default are not used.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// The directory of `did:plc` accounts.
    pub fn plc_url(mut self, url: impl Into<String>) -> Self {
        self.plc = url.into();
        self
    }

    /// A service answering `com.atproto.identity.resolveHandle`, instead of DNS and HTTPS.
    pub fn handle_resolver(mut self, url: impl Into<String>) -> Self {
        self.handle_resolver = Some(url.into());
        self
    }

    /// The account whose repository has the permission sets of all namespaces, instead of those that DNS
    /// names: for networks without DNS. Other clients of the network and its servers must agree.
    pub fn lexicon_authority(mut self, account: Did) -> Self {
        self.lexicon_authority = Some(account);
        self
    }

    /// Changes the default transport: name server, fixed addresses, root certificates.
    pub fn guard(mut self, change: impl FnOnce(GuardedBuilder) -> GuardedBuilder) -> Self {
        self.guard = change(self.guard);
        self
    }

    /// Allows servers on this machine (`http://localhost:PORT`), for development and tests. Refused
    /// together with an https base URL.
    pub fn allow_loopback(mut self, yes: bool) -> Self {
        self.servers = if yes {
            Servers::Loopback
        } else {
            Servers::Public
        };
        self
    }

    /// As [`allow_loopback`](Self::allow_loopback), with any base URL.
    #[cfg(feature = "testing")]
    pub(crate) fn in_a_test(mut self) -> Self {
        self.in_a_test = true;
        self.allow_loopback(true)
    }

    /// Refuses authorization servers with endpoints outside their own origin (DS-08).
    pub fn same_origin_endpoints(mut self, yes: bool) -> Self {
        self.same_origin_endpoints = yes;
        self
    }

    /// Another clock, for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }
}

impl fmt::Debug for OAuthClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClientBuilder")
            .field("base_url", &self.base_url)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
