//! What servers said a moment ago, for as long as it may be believed.

use std::hash::Hash;
use std::time::Duration;

use moka::sync::Cache;

use crate::types::Timestamp;

/// Entries in each cache; hostile servers push each other out.
const CAPACITY: u64 = 10_000;

/// A bounded cache that tells age by the client's clock.
pub(crate) struct Remembered<K, V> {
    entries: Cache<K, (Timestamp, V)>,
    life: Duration,
}

impl<K, V> Remembered<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(crate) fn new(life: Duration) -> Self {
        Self::of(CAPACITY, life)
    }

    /// For values that are larger, or fewer.
    pub(crate) fn of(capacity: u64, life: Duration) -> Self {
        // Only memory depends on this second limit; the first look decides by the clock.
        let entries = Cache::builder()
            .max_capacity(capacity)
            .time_to_live(life)
            .build();
        Self { entries, life }
    }

    /// The value, unless it is too old, or from a time that has not come yet.
    pub(crate) fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let (since, value) = self.entries.get(key)?;
        (since <= now && now < since.plus(self.life)).then_some(value)
    }

    pub(crate) fn put(&self, key: K, value: V, now: Timestamp) {
        self.entries.insert(key, (now, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_believed_for_longer_than_its_life() {
        let remembered = Remembered::new(Duration::from_mins(5));
        remembered.put("a", 1, Timestamp(1_000));
        for (now, found) in [
            (999, None),
            (1_000, Some(1)),
            (1_299, Some(1)),
            (1_300, None),
        ] {
            assert_eq!(remembered.get(&"a", Timestamp(now)), found, "at {now}");
        }
        remembered.put("a", 2, Timestamp(1_300));
        assert_eq!(remembered.get(&"a", Timestamp(1_301)), Some(2));
        assert_eq!(remembered.get(&"b", Timestamp(1_301)), None);
    }
}
