//! The builder: settings, and the client that is made of them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::extensions::Extensions;
use super::paths::Paths;
use super::registration::{RegistrationPlan, base_url};
use crate::client::background;
use crate::client::client::{Inner, OAuthClient};
use crate::client::client_keys::ClientKeys;
use crate::client::discovery::{Discovery, Network};
use crate::client::in_flight::InFlight;
use crate::client::policy::{MAX_CONCURRENT_STARTS, MIN_REFRESH_INTERVAL, STORE_STALENESS};
use crate::client::server::context::RequestContext;
use crate::client::session::refresh::Refresher;
use crate::client::session::registry::SessionRegistry;
use crate::client::session::revoker::Revoker;
use crate::client::session::sessions::Sessions;
use crate::client::session::staleness::Staleness;
use crate::error::Error;
use crate::jose::ClientKey;
use crate::protocol::client_metadata::Display;
use crate::protocol::endpoint::Servers;
use crate::scope::DeclaredScopes;
use crate::store::{self, Opened, Secrets, Store, Vault};
use crate::transport::{Guarded, GuardedBuilder, Transport};
use crate::types::{Clock, Did, Origin, SystemClock};

/// The directory of `did:plc` accounts.
const PLC: &str = "https://plc.directory";

/// Configures an [`OAuthClient`](crate::OAuthClient).
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
    pub(super) extensions: Extensions,
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
            store_staleness: STORE_STALENESS,
            min_refresh_interval: MIN_REFRESH_INTERVAL,
            transport: None,
            guard: Guarded::builder(),
            servers: Servers::Public,
            in_a_test: false,
            plc: PLC.into(),
            handle_resolver: None,
            lexicon_authority: None,
            same_origin_endpoints: false,
            clock: Arc::new(SystemClock),
            extensions: Extensions::default(),
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

    /// Adds a client key. The first one authenticates new sign-ins, as soon as every authorization server can know it.
    /// Other keys authenticate the sessions they were used to create. See
    /// [`client_keys`](crate::OAuthClient::client_keys).
    pub fn client_key(mut self, key: ClientKey) -> Self {
        self.keys.push(key);
        self
    }

    /// The names (`kid`) of client keys that leaked, and that are not among the client's keys any more. The
    /// authorization servers end the sessions that were made with a key that is not published; here they end at
    /// once, in every process, and people sign in again (AT Protocol OAuth: Confidential Client
    /// Authentication). The store remembers it: such a key is never taken again, also when no process names it
    /// any more.
    ///
    /// A key that is only missing ends nothing: its sessions wait until it is back.
    pub fn compromised_client_keys<S: Into<String>>(
        mut self,
        kids: impl IntoIterator<Item = S>,
    ) -> Self {
        self.compromised_keys = kids.into_iter().map(Into::into).collect();
        self
    }

    /// The secret that seals rows: at least 32 bytes of base64; several, separated by spaces, for
    /// rotation.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// A store of one's own. It needs a [`secret`](Self::secret), but for the loopback client: without
    /// one, the next process cannot read what this one stored.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// A built-in store: `memory:`, `file:PATH`, `sqlite:PATH`, `postgres://HOST/DATABASE` or `redis://HOST`.
    pub fn store_url(mut self, url: impl Into<String>) -> Self {
        self.store_url = Some(url.into());
        self
    }

    /// How long a request may be answered from what this process read earlier from a store that other processes write
    /// to: a logout in one of them is seen by all others within this time. Default: 5 seconds;
    /// zero asks the store every time. Whole seconds count.
    ///
    /// What this process changes itself is seen at once, and nothing is taken or changed without reading it
    /// first. While the store is down, requests with a valid token are answered for a minute since it was last
    /// asked (for longer, if this time is longer; not at all, if it is zero), then fail as transient; no session
    /// ends for it. A store of one process ([`Store::is_shared`]) is not concerned.
    pub fn store_staleness(mut self, limit: Duration) -> Self {
        self.store_staleness = limit;
        self
    }

    /// The shortest time between two early refreshes of a session, as a crash during a refresh may cost the session.
    /// Default: 5 seconds. A token that has expired, or that the PDS rejects, may be refreshed sooner.
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

    /// Refuses authorization servers with endpoints outside their own origin.
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

impl OAuthClientBuilder {
    /// Keeps a setting of the floor above, one per type.
    pub(crate) fn with_extension<T: Clone + Send + Sync + 'static>(mut self, setting: T) -> Self {
        self.extensions.insert(setting);
        self
    }

    /// Checks the settings, opens the store and starts the client's background work.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration): each names the setting and what to do; the store's
    /// own error if it cannot be opened, or if it does not say since when the client's keys are published.
    pub async fn build(self) -> Result<OAuthClient, Error> {
        let base_url = self.base_url.as_deref().ok_or_else(|| {
            Error::configuration(
                "there is no base URL; set `ATPROTO_BASE_URL` to the https origin people visit, or to \
                 `http://127.0.0.1:3000` for development",
            )
        })?;
        let base_url = base_url_checked(base_url, self.servers, self.in_a_test)?;
        let loopback = base_url.is_loopback();
        let registration = RegistrationPlan {
            base_url,
            paths: self.paths,
            scopes: self.scopes,
            optional_scopes: self.optional_scopes,
            extra_redirect_uris: self.extra_redirect_uris,
            keys: self.keys,
            compromised_keys: self.compromised_keys,
            display: self.display,
            conventional_client_id: self.conventional_client_id,
        }
        .build()?;
        let transport = if let Some(transport) = self.transport {
            transport
        } else {
            let allowed = self.servers == Servers::Loopback;
            Arc::new(self.guard.allow_loopback(allowed).build()?)
        };
        let network = Network {
            servers: self.servers,
            plc: url(&self.plc, "ATPROTO_PLC_URL")?,
            handle_resolver: match &self.handle_resolver {
                Some(text) => Some(url(text, "ATPROTO_HANDLE_RESOLVER")?),
                None => None,
            },
            same_origin_endpoints: self.same_origin_endpoints,
            lexicon_authority: self.lexicon_authority,
            allows_test_handles: registration.is_loopback,
        };
        let given = self.secret.as_deref();
        let (store, secrets) = match (self.store, &self.store_url) {
            (Some(store), _) => own_store(store, given, loopback)?,
            (None, setting) => {
                let setting = setting.as_deref().unwrap_or(store::DEFAULT);
                opened_store(setting, self.clock.clone(), given, loopback).await?
            }
        };
        let clock = self.clock;
        let vault = Vault::new(store, &secrets, &registration.client_id, clock.clone());
        let limit = vault.is_shared().then_some(self.store_staleness);
        let staleness = Staleness::new(vault.clone(), clock.clone(), limit);
        let context = RequestContext::new(registration.client_id.clone(), transport, clock);
        let context = Arc::new(context);
        let discovery = Arc::new(Discovery::new(context.clone(), network));
        let registration = Arc::new(registration);
        let registry = Arc::new(SessionRegistry::new());
        let keys = Arc::new(ClientKeys::new(
            registration.clone(),
            staleness.clone(),
            registry.clone(),
        ));
        if registration.is_confidential() {
            keys.compare().await?;
        }
        let sessions = Arc::new(Sessions::new(registry, staleness, keys));
        let in_flight = InFlight::default();
        let revoker = Arc::new(Revoker {
            sessions: sessions.clone(),
            discovery: discovery.clone(),
            context: context.clone(),
            in_flight: in_flight.clone(),
        });
        let refresher = Arc::new(Refresher {
            sessions: sessions.clone(),
            discovery: discovery.clone(),
            context: context.clone(),
            revoker: revoker.clone(),
            in_flight: in_flight.clone(),
            min_interval: self.min_refresh_interval,
        });
        background::start(&sessions, &revoker);
        Ok(OAuthClient(Arc::new(Inner {
            registration,
            extensions: self.extensions,
            context,
            discovery,
            sessions,
            refresher,
            revoker,
            in_flight,
            starts: tokio::sync::Semaphore::new(MAX_CONCURRENT_STARTS),
        })))
    }
}

impl OAuthClient {
    /// A client to configure.
    pub fn builder() -> OAuthClientBuilder {
        OAuthClientBuilder::new()
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

fn base_url_checked(text: &str, servers: Servers, in_a_test: bool) -> Result<Origin, Error> {
    let origin = base_url(text)?;
    if origin.is_https() && servers == Servers::Loopback && !in_a_test {
        return Err(Error::configuration(
            "`ATPROTO_ALLOW_LOOPBACK` is for development and cannot be used with an https base URL; \
             unset it",
        ));
    }
    if origin.is_loopback() && origin.host() == "localhost" {
        return Err(Error::configuration(
            "`ATPROTO_BASE_URL` is on `localhost`, which authorization servers refuse; write \
             `http://127.0.0.1:PORT` for development, else the https origin people visit",
        ));
    }
    Ok(origin)
}

type Sealed = (Arc<dyn Store>, Secrets);

/// The rows of such a store may outlive the process, so the secret has to, too.
fn own_store(store: Arc<dyn Store>, given: Option<&str>, loopback: bool) -> Result<Sealed, Error> {
    let secrets = match given {
        Some(text) => Secrets::parse(text)?,
        None if loopback => Secrets::generate()?,
        None => return Err(no_secret()),
    };
    Ok((store, secrets))
}

/// The store that the setting names, and the secret that was given; in development the one beside the
/// file, and for rows that do not outlive the process one that is made on the spot.
async fn opened_store(
    setting: &str,
    clock: Arc<dyn Clock>,
    given: Option<&str>,
    loopback: bool,
) -> Result<Sealed, Error> {
    // First what can be wrong without the store.
    let given = given.map(Secrets::parse).transpose()?;
    if given.is_none() && !loopback && !setting.starts_with("memory:") {
        return Err(no_secret());
    }
    let Opened { store, folder } = store::open(setting, clock).await?;
    let secrets = match (given, folder) {
        (Some(secrets), _) => secrets,
        (None, Some(folder)) => Secrets::load_or_create(&folder)?,
        // Other processes read these rows, and so does the next one.
        (None, None) if store.is_shared() => return Err(no_secret()),
        (None, None) => Secrets::generate()?,
    };
    Ok((store, secrets))
}

fn no_secret() -> Error {
    Error::configuration(
        "`ATPROTO_SECRET` is missing, with which stored sessions are encrypted; make one with \
         `atproto-oauth keygen`",
    )
}

fn url(text: &str, setting: &str) -> Result<Url, Error> {
    let http = |url: &Url| matches!(url.scheme(), "https" | "http") && url.has_host();
    Url::parse(text).ok().filter(http).ok_or_else(|| {
        Error::configuration(format!(
            "`{setting}` is `{text}`, which is not a URL; write it in full, with `https://`"
        ))
    })
}
