//! In-memory cache of browser rows.
//!
//! Where other processes write to the store, too, an entry answers requests only while its [`ReadMark`] is current:
//! the browser may have signed out in another process.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use moka::sync::Cache;

use super::record::{Browser, BrowserId};
use crate::client::{ReadMark, SessionHandle};
use crate::store::Record;
use crate::types::Timestamp;
use crate::web::policy::{BROWSER_CACHE_LIFETIME, MAX_CACHED_BROWSERS};

/// A browser as it was read from the store.
pub(crate) struct CachedBrowser {
    pub(crate) browser: Browser,
    pub(crate) read_at: ReadMark,
    /// The session of its active account, once a request needed it.
    pub(crate) active: OnceLock<SessionHandle>,
}

impl CachedBrowser {
    pub(crate) fn new(browser: Browser, read_at: ReadMark) -> Arc<Self> {
        Arc::new(Self {
            browser,
            read_at,
            active: OnceLock::new(),
        })
    }
}

/// The browsers that were read last.
pub(crate) struct BrowserCache {
    entries: Cache<BrowserId, Arc<CachedBrowser>>,
    changes: AtomicU64,
}

impl BrowserCache {
    pub(crate) fn new() -> Self {
        let entries = Cache::builder()
            .max_capacity(MAX_CACHED_BROWSERS)
            .time_to_live(BROWSER_CACHE_LIFETIME);
        Self {
            entries: entries.build(),
            changes: AtomicU64::new(0),
        }
    }

    /// A cached browser that has not expired.
    pub(crate) fn get(&self, id: BrowserId, now: Timestamp) -> Option<Arc<CachedBrowser>> {
        let known = self.entries.get(&id)?;
        let is_expired = known.browser.expires_at().is_some_and(|end| end <= now);
        (!is_expired).then_some(known)
    }

    /// To be taken before the store is read, and given to [`insert`](Self::insert) after.
    pub(crate) fn mark(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Caches what was read, unless any row changed since the mark: it may have been this one.
    pub(crate) fn insert(&self, browser: &Arc<CachedBrowser>, mark: u64) {
        let id = browser.browser.id();
        self.entries.insert(id, browser.clone());
        if self.mark() != mark {
            self.entries.invalidate(&id);
        }
    }

    /// Drops an entry whose row changed, or may have.
    pub(crate) fn invalidate(&self, id: BrowserId) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.entries.invalidate(&id);
    }
}

impl fmt::Debug for BrowserCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserCache")
            .field("entries", &self.entries.entry_count())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{BrowserCache, CachedBrowser};
    use crate::client::SessionKey;
    use crate::types::Timestamp;
    use crate::web::OAuthApp;
    use crate::web::browser::record::{Browser, BrowserId};
    use crate::web::testing::{App, client_at};

    const NOW: Timestamp = Timestamp(1_800_000_000);

    async fn known() -> (BrowserId, Arc<CachedBrowser>) {
        let client = client_at("http://127.0.0.1:3000", App::PATHS).await;
        let id = BrowserId::of_cookie("cookie");
        let key: SessionKey = format!("did:plc:{}:{}", "a".repeat(24), "A".repeat(43))
            .parse()
            .unwrap();
        let browser = Browser::new(id, vec![key], NOW);
        (id, CachedBrowser::new(browser, client.read_mark()))
    }

    #[tokio::test]
    async fn what_was_read_before_a_change_is_not_cached() {
        let browsers = BrowserCache::new();
        let (id, known) = known().await;
        browsers.insert(&known, browsers.mark());
        assert!(browsers.get(id, NOW).is_some());
        let mark = browsers.mark();
        browsers.invalidate(id);
        assert!(browsers.get(id, NOW).is_none());
        browsers.insert(&known, mark);
        assert!(
            browsers.get(id, NOW).is_none(),
            "read before the change, kept after it"
        );
    }

    #[tokio::test]
    async fn an_expired_browser_is_not_served() {
        let browsers = BrowserCache::new();
        let (id, known) = known().await;
        browsers.insert(&known, browsers.mark());
        assert!(browsers.get(id, Timestamp(NOW.0 + 29 * 86_400)).is_some());
        assert!(browsers.get(id, Timestamp(NOW.0 + 30 * 86_400)).is_none());
    }
}
