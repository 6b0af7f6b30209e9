//! A reference server, a store, people who are signed in, and what the token endpoint saw.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use atproto_oauth::store::{self, Store};
use atproto_oauth::types::SystemClock;
use atproto_oauth::{AuthorizeOptions, OAuthClient, Session};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::backend::Backend;
use crate::support::{Decision, Network, User};

/// A public constant: it protects nothing.
const SECRET: &str = "3v5l0PoV0ykzYBQ5y8bNqXzuIqYvCjAPxf0yQbKp6sU";
const BASE: &str = "http://127.0.0.1:4998";

pub(crate) struct Stage {
    pub(crate) network: Network,
    pub(crate) backend: Backend,
}

/// A request to the token endpoint; tokens are hashes.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TokenRequest {
    grant: String,
    spent: Option<String>,
    issued: Option<String>,
    error: Option<String>,
    #[expect(dead_code, reason = "shown where something fails")]
    words: Option<String>,
}

impl Stage {
    pub(crate) fn new(backend: Backend) -> Self {
        Self {
            network: Network::boot(&["--accounts", "alice"]),
            backend,
        }
    }

    /// A process of the application: this one.
    pub(crate) async fn client(&self) -> OAuthClient {
        self.client_on(self.open().await).await
    }

    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        let url = self.backend.url();
        let opened = store::open(&url, Arc::new(SystemClock)).await;
        opened.unwrap().store
    }

    pub(crate) async fn client_on(&self, store: Arc<dyn Store>) -> OAuthClient {
        let builder = OAuthClient::builder()
            .base_url(BASE)
            .scopes(["atproto", "transition:generic"])
            .secret(SECRET)
            .store(store)
            .plc_url(&self.network.ready.plc)
            .handle_resolver(&self.network.pds(0).url)
            .allow_loopback(true);
        builder.build().await.unwrap()
    }

    /// What another process needs.
    pub(crate) fn plan(&self, keys: &[String], tasks: usize, pause: Duration) -> Value {
        json!({
            "base_url": BASE, "secret": SECRET, "store": self.backend.url(),
            "plc": self.network.ready.plc, "resolver": self.network.pds(0).url,
            "keys": keys, "tasks": tasks, "pause_ms": pause.as_millis() as u64,
        })
    }

    /// Access tokens issued from now on live so long.
    pub(crate) async fn tokens_live(&self, time: Duration) {
        let time = json!({ "ms": time.as_millis() as u64 });
        self.network.control("token-max-age", time).await;
    }

    pub(crate) async fn sign_in(&self, client: &OAuthClient) -> Session {
        let alice = self.network.account("alice");
        let authorization = client
            .authorize(&alice.handle, AuthorizeOptions::default())
            .await;
        let authorization = authorization.unwrap();
        let mut user = User::new(&self.network);
        let allow = Decision::Allow(alice);
        let back = user.authorize(authorization.url(), allow).await.unwrap();
        let binding = Some(authorization.binding());
        let query = back.query().unwrap_or_default();
        client
            .callback(query, binding)
            .await
            .unwrap()
            .into_session()
    }

    /// What the token endpoint was asked for since last asked.
    pub(crate) async fn token_requests(&self) -> Vec<TokenRequest> {
        serde_json::from_value(self.network.control("tokens", json!({})).await).unwrap()
    }

    /// Whether the authorization server answers no request.
    pub(crate) async fn server_is_away(&self, on: bool) {
        self.network.control("outage", json!({ "on": on })).await;
    }
}

/// The refresh tokens that were spent: how often each, and with how many answers of success.
#[derive(Debug, Default)]
pub(crate) struct Spent {
    /// Refreshes that succeeded.
    pub(crate) rotations: usize,
    /// Requests for a token that had been spent before, and what they were told.
    pub(crate) again: Vec<(String, Option<String>)>,
    /// First requests that were refused.
    pub(crate) refused: Vec<Option<String>>,
    /// Tokens of sessions that the server ended, as an access token ran out on its way to it. That is a busy machine's
    /// doing, with tokens that live for two seconds. Requests for such a token are refused, and do not count.
    pub(crate) outrun: BTreeSet<String>,
}

impl Spent {
    pub(crate) fn of(requests: &[TokenRequest]) -> Self {
        let mut spent = Self::default();
        let mut seen = BTreeMap::<&str, bool>::new();
        let expired = requests.iter().filter(|request| request.grant == "expired");
        spent.outrun = expired
            .filter_map(|request| request.spent.clone())
            .collect();
        for request in requests.iter().filter(|r| r.grant == "refresh_token") {
            let token = request.spent.as_deref().unwrap();
            let succeeded = request.issued.is_some();
            match seen.insert(token, true) {
                _ if !succeeded && spent.outrun.contains(token) => {}
                Some(_) => spent.again.push((token.to_owned(), request.error.clone())),
                None if succeeded => spent.rotations += 1,
                None => spent.refused.push(request.error.clone()),
            }
        }
        spent
    }
}

/// Looks until it is so.
pub(crate) async fn eventually(
    what: &str,
    patience: Duration,
    mut look: impl AsyncFnMut() -> bool,
) {
    let end = Instant::now() + patience;
    while !look().await {
        assert!(Instant::now() < end, "{what}: not within {patience:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// One request with a session, and whether it succeeds.
pub(crate) async fn works(session: &Session) -> Result<(), atproto_oauth::XrpcError> {
    let _: Value = session.query("com.atproto.server.getSession", &()).await?;
    Ok(())
}
