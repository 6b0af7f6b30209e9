//! The newest DPoP nonce of each origin. A session keeps its own nonces; this cache is a first guess for new keys and
//! restored sessions, which saves a round trip.

use moka::sync::Cache;
use url::Url;

use crate::client::policy::{MAX_NONCE_ORIGINS, NONCE_LIFETIME};
use crate::protocol::endpoint::origin_of;

#[derive(Clone, Debug)]
pub(crate) struct Nonces(Cache<String, String>);

impl Nonces {
    pub(crate) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(MAX_NONCE_ORIGINS)
                .time_to_live(NONCE_LIFETIME)
                .build(),
        )
    }

    pub(crate) fn get(&self, url: &Url) -> Option<String> {
        self.0.get(&origin_of(url))
    }

    pub(crate) fn put(&self, url: &Url, nonce: &str) {
        self.0.insert(origin_of(url), nonce.to_owned());
    }
}
