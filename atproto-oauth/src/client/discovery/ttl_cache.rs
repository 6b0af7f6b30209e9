//! A bounded TTL cache on the client's clock.

use std::hash::Hash;
use std::time::Duration;

use moka::sync::Cache;

use crate::client::policy::MAX_CACHED;
use crate::types::Timestamp;

/// What servers answered, for as long as it may be used.
pub(crate) struct TtlCache<K, V> {
    entries: Cache<K, (Timestamp, V)>,
    lifetime: Duration,
}

impl<K, V> TtlCache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self::with_capacity(MAX_CACHED, lifetime)
    }

    /// For values that are larger, or fewer.
    pub(crate) fn with_capacity(capacity: u64, lifetime: Duration) -> Self {
        // This limit is for memory alone; `get` decides by the client's clock.
        let entries = Cache::builder()
            .max_capacity(capacity)
            .time_to_live(lifetime)
            .build();
        Self { entries, lifetime }
    }

    /// The value, unless it is too old, or from a time that has not come yet.
    pub(crate) fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let (since, value) = self.entries.get(key)?;
        (since <= now && now < since.plus(self.lifetime)).then_some(value)
    }

    pub(crate) fn put(&self, key: K, value: V, now: Timestamp) {
        self.entries.insert(key, (now, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_used_for_its_lifetime_onlytime() {
        let cache = TtlCache::new(Duration::from_mins(5));
        cache.put("a", 1, Timestamp(1_000));
        for (now, found) in [
            (999, None),
            (1_000, Some(1)),
            (1_299, Some(1)),
            (1_300, None),
        ] {
            assert_eq!(cache.get(&"a", Timestamp(now)), found, "at {now}");
        }
        cache.put("a", 2, Timestamp(1_300));
        assert_eq!(cache.get(&"a", Timestamp(1_301)), Some(2));
        assert_eq!(cache.get(&"b", Timestamp(1_301)), None);
    }
}
