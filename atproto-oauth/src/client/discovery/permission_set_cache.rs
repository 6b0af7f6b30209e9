//! Caches permission sets, and failures to look them up.

use std::sync::Arc;

use moka::sync::Cache;
use tokio::sync::Mutex;

use super::ttl_cache::TtlCache;
use crate::client::policy::{MAX_CACHED_SETS, SET_FAILURE_PAUSE, SET_LIFETIME, SET_MAX_LIFETIME};
use crate::error::{Error, ErrorKind};
use crate::scope::PermissionSet;
use crate::types::Timestamp;

/// Permission sets by name.
pub(super) struct PermissionSetCache {
    known: TtlCache<String, (Timestamp, Arc<PermissionSet>)>,
    /// The error of the last lookup, to answer with it again.
    failed: TtlCache<String, (ErrorKind, Arc<str>)>,
    /// One task looks a set up; the others wait for its answer.
    pub(super) turns: Cache<String, Arc<Mutex<()>>>,
}

impl PermissionSetCache {
    pub(super) fn new() -> Self {
        Self {
            known: TtlCache::with_capacity(MAX_CACHED_SETS, SET_MAX_LIFETIME),
            failed: TtlCache::with_capacity(MAX_CACHED_SETS, SET_FAILURE_PAUSE),
            turns: Cache::new(MAX_CACHED_SETS),
        }
    }

    /// The cached answer, if there is a current one.
    pub(super) fn cached(
        &self,
        nsid: &str,
        now: Timestamp,
    ) -> Option<Result<Arc<PermissionSet>, Error>> {
        let key = nsid.to_owned();
        let known = self.known.get(&key, now);
        if let Some((since, set)) = &known
            && now < since.plus(SET_LIFETIME)
        {
            return Some(Ok(set.clone()));
        }
        let (kind, message) = self.failed.get(&key, now)?;
        Some(match known {
            Some((_, set)) => Ok(set),
            None => Err(Error::new(kind, &*message)),
        })
    }

    pub(super) fn put(&self, nsid: &str, set: &Arc<PermissionSet>, now: Timestamp) {
        self.known.put(nsid.to_owned(), (now, set.clone()), now);
    }

    pub(super) fn put_failure(&self, nsid: &str, error: &Error, now: Timestamp) {
        let failure = (error.kind(), error.to_string().into());
        self.failed.put(nsid.to_owned(), failure, now);
    }

    /// The cached set although it has expired, for when it cannot be looked up.
    pub(super) fn outdated(&self, nsid: &str, now: Timestamp) -> Option<Arc<PermissionSet>> {
        self.known.get(&nsid.to_owned(), now).map(|(_, set)| set)
    }
}
