//! Browsers at hand, so that a request costs a look into memory and not into the store.
//!
//! Where other processes use the store, too, they are believed for a short time only, see
//! [`ReadMark`]: somebody may have signed out there.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use moka::sync::Cache;

use super::browser::{Browser, BrowserId};
use crate::client::{ReadMark, SessionHandle};
use crate::store::Record;
use crate::types::Timestamp;

/// Browsers kept at hand; hostile ones push each other out.
const KEPT: u64 = 50_000;
const LIFE: Duration = Duration::from_mins(15);

/// A browser as the store has it.
pub(crate) struct Known {
    pub(crate) browser: Browser,
    pub(crate) read_at: ReadMark,
    /// The session of its active account, once somebody asked.
    pub(crate) active: OnceLock<SessionHandle>,
}

impl Known {
    pub(crate) fn new(browser: Browser, read_at: ReadMark) -> Arc<Self> {
        Arc::new(Self {
            browser,
            read_at,
            active: OnceLock::new(),
        })
    }
}

/// The browsers that were read last.
pub(crate) struct KnownBrowsers {
    kept: Cache<BrowserId, Arc<Known>>,
    changes: AtomicU64,
}

impl KnownBrowsers {
    pub(crate) fn new() -> Self {
        let kept = Cache::builder().max_capacity(KEPT).time_to_live(LIFE);
        Self {
            kept: kept.build(),
            changes: AtomicU64::new(0),
        }
    }

    /// A browser that is at hand and has not expired.
    pub(crate) fn get(&self, id: BrowserId, now: Timestamp) -> Option<Arc<Known>> {
        let known = self.kept.get(&id)?;
        let is_expired = known.browser.expires_at().is_some_and(|end| end <= now);
        (!is_expired).then_some(known)
    }

    /// To be taken before the store is read, and given to [`keep`](Self::keep) after.
    pub(crate) fn mark(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Keeps what was read, unless something was changed since the mark: it may have been this.
    pub(crate) fn keep(&self, known: &Arc<Known>, mark: u64) {
        let id = known.browser.id();
        self.kept.insert(id, known.clone());
        if self.mark() != mark {
            self.kept.invalidate(&id);
        }
    }

    /// A row has changed, or may have.
    pub(crate) fn changed(&self, id: BrowserId) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.kept.invalidate(&id);
    }
}

impl fmt::Debug for KnownBrowsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownBrowsers")
            .field("kept", &self.kept.entry_count())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Known, KnownBrowsers};
    use crate::OAuthApp;
    use crate::SessionKey;
    use crate::types::Timestamp;
    use crate::web::browser::{Browser, BrowserId};
    use crate::web::testing::{App, client_at};

    const NOW: Timestamp = Timestamp(1_800_000_000);

    async fn known() -> (BrowserId, Arc<Known>) {
        let client = client_at("http://127.0.0.1:3000", App::PATHS).await;
        let id = BrowserId::of_cookie("cookie");
        let key: SessionKey = format!("did:plc:{}:{}", "a".repeat(24), "A".repeat(43))
            .parse()
            .unwrap();
        let browser = Browser::new(id, vec![key], NOW);
        (id, Known::new(browser, client.read_mark()))
    }

    #[tokio::test]
    async fn what_was_read_before_a_change_is_not_kept() {
        let browsers = KnownBrowsers::new();
        let (id, known) = known().await;
        browsers.keep(&known, browsers.mark());
        assert!(browsers.get(id, NOW).is_some());
        let mark = browsers.mark();
        browsers.changed(id);
        assert!(browsers.get(id, NOW).is_none());
        browsers.keep(&known, mark);
        assert!(
            browsers.get(id, NOW).is_none(),
            "read before the change, kept after it"
        );
    }

    #[tokio::test]
    async fn an_expired_browser_is_not_known() {
        let browsers = KnownBrowsers::new();
        let (id, known) = known().await;
        browsers.keep(&known, browsers.mark());
        assert!(browsers.get(id, Timestamp(NOW.0 + 29 * 86_400)).is_some());
        assert!(browsers.get(id, Timestamp(NOW.0 + 30 * 86_400)).is_none());
    }
}
