//! Settings become a client.

use std::sync::Arc;

use url::Url;

use super::builder::OAuthClientBuilder;
use super::identity::{Plan, base_url};
use super::permission_sets::PermissionSets;
use super::remembered::Remembered;
use super::{
    Inner, Network, OAuthClient, discover, doubt, drain, held, keys, nonces, resolve, skew,
};
use crate::protocol::endpoint::Servers;
use crate::store::{self, Opened, Secrets, Store, Vault};
use crate::types::{Clock, Origin};
use crate::{Error, ErrorKind};

impl OAuthClientBuilder {
    /// Checks the settings, opens the store and starts the client's background work.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration): each names the setting and what to do; the store's
    /// own error if it cannot be opened, or if it does not say since when the client's keys are published.
    pub async fn build(self) -> Result<OAuthClient, Error> {
        let base_url = self.base_url.as_deref().ok_or_else(|| {
            wrong(
                "there is no base URL; set `ATPROTO_BASE_URL` to the https origin people visit, or to \
                 `http://127.0.0.1:3000` for development",
            )
        })?;
        let base_url = base_url_checked(base_url, self.servers, self.in_a_test)?;
        let loopback = base_url.is_loopback();
        let identity = Plan {
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
            transport,
            servers: self.servers,
            plc: url(&self.plc, "ATPROTO_PLC_URL")?,
            handle_resolver: match &self.handle_resolver {
                Some(text) => Some(url(text, "ATPROTO_HANDLE_RESOLVER")?),
                None => None,
            },
            same_origin_endpoints: self.same_origin_endpoints,
        };
        let given = self.secret.as_deref();
        let (store, secrets) = match (self.store, &self.store_url) {
            (Some(store), _) => own_store(store, given, loopback)?,
            (None, setting) => {
                let setting = setting.as_deref().unwrap_or(store::DEFAULT);
                opened_store(setting, self.clock.clone(), given, loopback).await?
            }
        };
        let client_id = &identity.client_id;
        let vault = Vault::new(store, &secrets, client_id, self.clock.clone());
        let inner = Arc::new(Inner {
            identity,
            staleness: vault.is_shared().then_some(self.store_staleness),
            min_refresh_interval: self.min_refresh_interval,
            network,
            vault,
            clock: self.clock,
            beside: self.beside,
            keys: keys::KnownKeys::default(),
            starts: tokio::sync::Semaphore::new(super::authorize::STARTS),
            nonces: nonces::Nonces::new(),
            skew: skew::Skew::new(),
            live: held::LiveSessions::new(),
            doubts: doubt::Doubts::new(),
            work: drain::Work::default(),
            documents: Remembered::new(resolve::IDENTITY_LIFE),
            issuers: Remembered::new(discover::METADATA_LIFE),
            authorization_servers: Remembered::new(discover::METADATA_LIFE),
            permission_sets: PermissionSets::new(self.lexicon_authority),
        });
        if !inner.identity.keys.is_empty() {
            inner.compare_keys().await?;
        }
        inner.start_worker();
        Ok(OAuthClient(inner))
    }
}

fn base_url_checked(text: &str, servers: Servers, in_a_test: bool) -> Result<Origin, Error> {
    let origin = base_url(text)?;
    if origin.is_https() && servers == Servers::Loopback && !in_a_test {
        return Err(wrong(
            "`ATPROTO_ALLOW_LOOPBACK` is for development and cannot be used with an https base URL; \
             unset it",
        ));
    }
    if origin.is_loopback() && origin.host() == "localhost" {
        return Err(wrong(
            "`ATPROTO_BASE_URL` is on `localhost`, which authorization servers refuse; write \
             `http://127.0.0.1:PORT` for development, else the https origin people visit",
        ));
    }
    Ok(origin)
}

type Sealed = (Arc<dyn Store>, Secrets);

/// Nobody knows how long the rows of such a store live, so the secret has to live as long.
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
        // Others read these rows, and so does the next process.
        (None, None) if store.is_shared() => return Err(no_secret()),
        (None, None) => Secrets::generate()?,
    };
    Ok((store, secrets))
}

fn no_secret() -> Error {
    wrong(
        "`ATPROTO_SECRET` is missing, with which stored sessions are encrypted; make one with \
         `atproto-oauth keygen`",
    )
}

fn url(text: &str, setting: &str) -> Result<Url, Error> {
    let http = |url: &Url| matches!(url.scheme(), "https" | "http") && url.has_host();
    Url::parse(text).ok().filter(http).ok_or_else(|| {
        wrong(format!(
            "`{setting}` is `{text}`, which is not a URL; write it in full, with `https://`"
        ))
    })
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}
