//! The newest DPoP nonce of each origin, to seed new keys and restored sessions (decision: a session
//! keeps its own; this is only a first guess that saves a round trip).

use moka::sync::Cache;
use url::Url;

use crate::protocol::endpoint::origin_of;

/// Origins remembered; hostile ones push each other out.
const ORIGINS: u64 = 4_096;

#[derive(Clone, Debug)]
pub(crate) struct Nonces(Cache<String, String>);

impl Nonces {
    pub(crate) fn new() -> Self {
        let life = std::time::Duration::from_mins(10);
        Self(
            Cache::builder()
                .max_capacity(ORIGINS)
                .time_to_live(life)
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
