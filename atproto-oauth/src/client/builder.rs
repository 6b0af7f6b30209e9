//! Settings, and the client made of them.

use std::fmt;
use std::sync::Arc;

use moka::sync::Cache;
use url::Url;

use super::beside::Beside;
use super::identity::{Plan, base_url};
use super::{Inner, Network, OAuthClient, Paths, discover, live, nonces, resolve};
use crate::jose::ClientKey;
use crate::protocol::client_metadata::Display;
use crate::protocol::endpoint::Servers;
use crate::scope::DeclaredScopes;
use crate::store::{self, Secrets, Store, Vault};
use crate::transport::{Guarded, GuardedBuilder, Transport};
use crate::types::{Clock, SystemClock};
use crate::{Error, ErrorKind};

/// The directory of `did:plc` accounts.
const PLC: &str = "https://plc.directory";

/// Servers remembered in each cache; hostile ones push each other out.
const CACHED: u64 = 10_000;

/// Configures an [`OAuthClient`].
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
    scopes: Vec<String>,
    optional_scopes: Vec<String>,
    pub(super) display: Display,
    extra_redirect_uris: Vec<String>,
    conventional_client_id: bool,
    pub(super) keys: Vec<ClientKey>,
    pub(super) secret: Option<String>,
    pub(super) store: Option<Arc<dyn Store>>,
    pub(super) store_url: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    pub(super) guard: GuardedBuilder,
    pub(super) servers: Servers,
    pub(super) plc: String,
    pub(super) handle_resolver: Option<String>,
    same_origin_endpoints: bool,
    clock: Arc<dyn Clock>,
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
            secret: None,
            store: None,
            store_url: None,
            transport: None,
            guard: Guarded::builder(),
            servers: Servers::Public,
            plc: PLC.into(),
            handle_resolver: None,
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

    /// A client key; the first signs new sessions, the others those that were made with them.
    pub fn client_key(mut self, key: ClientKey) -> Self {
        self.keys.push(key);
        self
    }

    /// The secret that seals rows: at least 32 bytes of base64; several, separated by spaces, for
    /// rotation.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// A store of one's own.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// A built-in store: `memory:` or `file:PATH`.
    pub fn store_url(mut self, url: impl Into<String>) -> Self {
        self.store_url = Some(url.into());
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

    /// Checks the settings, opens the store and starts the client's background work.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration): each names the setting and what to do; the store's
    /// own error if it cannot be opened.
    pub async fn build(self) -> Result<OAuthClient, Error> {
        let base_url = self.base_url.as_deref().ok_or_else(|| {
            wrong(
                "there is no base URL; set `ATPROTO_BASE_URL` to the https origin people visit, or to \
                 `http://127.0.0.1:3000` for development",
            )
        })?;
        let base_url = base_url_checked(base_url, self.servers)?;
        let loopback = base_url.is_loopback();
        let identity = Plan {
            base_url,
            paths: self.paths,
            scopes: self.scopes,
            optional_scopes: self.optional_scopes,
            extra_redirect_uris: self.extra_redirect_uris,
            keys: self.keys,
            display: self.display,
            conventional_client_id: self.conventional_client_id,
        }
        .build()?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => {
                let allowed = self.servers == Servers::Loopback;
                Arc::new(self.guard.allow_loopback(allowed).build()?)
            }
        };
        let network = Network {
            transport,
            servers: self.servers,
            plc: url(&self.plc, "ATPROTO_PLC_URL")?,
            handle_resolver: match &self.handle_resolver {
                Some(text) => Some(url(text, "ATPROTO_HANDLE_RESOLVER")?),
                None => None,
            },
            same_origin_endpoints: self.same_origin_endpoints,
        };
        let opened = match self.store {
            Some(store) => store::Opened {
                store,
                folder: None,
            },
            None => {
                let setting = self.store_url.as_deref().unwrap_or(store::DEFAULT);
                store::open(setting, self.clock.clone())?
            }
        };
        let secrets = secrets(self.secret.as_deref(), &opened, loopback)?;
        let vault = Vault::new(
            opened.store,
            &secrets,
            &identity.client_id,
            self.clock.clone(),
        );
        let inner = Arc::new(Inner {
            identity,
            network,
            vault,
            clock: self.clock,
            beside: self.beside,
            nonces: nonces::Nonces::new(),
            live: live::LiveSessions::new(),
            documents: Cache::builder()
                .max_capacity(CACHED)
                .time_to_live(resolve::IDENTITY_LIFE)
                .build(),
            issuers: Cache::builder()
                .max_capacity(CACHED)
                .time_to_live(discover::METADATA_LIFE)
                .build(),
            authorization_servers: Cache::builder()
                .max_capacity(CACHED)
                .time_to_live(discover::METADATA_LIFE)
                .build(),
        });
        inner.start_worker();
        Ok(OAuthClient(inner))
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

fn base_url_checked(text: &str, servers: Servers) -> Result<crate::types::Origin, Error> {
    let origin = base_url(text)?;
    if origin.is_https() && servers == Servers::Loopback {
        return Err(wrong(
            "`ATPROTO_ALLOW_LOOPBACK` is for development and cannot be used with an https base URL; \
             unset it",
        ));
    }
    if origin.is_loopback() && origin.host() == "localhost" {
        return Err(wrong(
            "the base URL is on `localhost`, which authorization servers refuse; write `127.0.0.1`",
        ));
    }
    Ok(origin)
}

/// The secret that was given; in development, or for rows that do not outlive the process, one that is
/// made on the spot.
fn secrets(given: Option<&str>, opened: &store::Opened, loopback: bool) -> Result<Secrets, Error> {
    match (given, &opened.folder) {
        (Some(text), _) => Secrets::parse(text),
        (None, Some(folder)) if loopback => Secrets::load_or_create(folder),
        (None, None) if loopback || !opened.store.is_shared() => Secrets::generate(),
        _ => Err(wrong(
            "`ATPROTO_SECRET` is missing, with which stored sessions are encrypted; make one with \
             `atproto-oauth keygen`",
        )),
    }
}

fn url(text: &str, setting: &str) -> Result<Url, Error> {
    Url::parse(text).ok().filter(Url::has_host).ok_or_else(|| {
        wrong(format!(
            "`{setting}` is `{text}`, which is not a URL; write it in full, with `https://`"
        ))
    })
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}
