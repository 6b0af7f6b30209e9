//! Limits and lifetimes of routes, cookies and pages.

use std::time::Duration;

/// How long a browser that makes no request stays signed in. A month, as people expect of a site they use.
pub(crate) const BROWSER_IDLE: Duration = Duration::from_hours(24 * 30);

/// How long a browser stays signed in after its last sign-in, however busy it is. Also the life of the session
/// cookie.
pub(crate) const BROWSER_LIFETIME: Duration = Duration::from_hours(24 * 365);

/// How long a browser's old cookie works after a sign-in gave it a new one. For requests that are on their way.
pub(crate) const COOKIE_GRACE: Duration = Duration::from_secs(30);

/// How often the last visit of a browser is written to its row. Requests must not write.
pub(crate) const LAST_SEEN_PERIOD: Duration = Duration::from_hours(24);

/// Most browsers whose rows are cached in memory. Hostile ones push each other out.
pub(crate) const MAX_CACHED_BROWSERS: u64 = 50_000;

/// How long a browser's row is cached in memory.
pub(crate) const BROWSER_CACHE_LIFETIME: Duration = Duration::from_mins(15);

/// Most attempts to change a browser's row that changes meanwhile. Two tabs need two.
pub(crate) const BROWSER_CHANGE_ATTEMPTS: usize = 8;

/// Most accounts that one browser may hold, whatever the application configures. They are one row, and some pages
/// list them all.
pub(crate) const MAX_ACCOUNTS: u16 = 100;

/// How many accounts one browser may hold, unless the application says otherwise. People have a few; each is a line on the
/// page of accounts.
pub(crate) const DEFAULT_ACCOUNTS: u16 = 5;

/// How long a person is not led to consent again for the same scopes. A page with a link is shown instead.
pub(crate) const CONSENT_ASKED_LIFETIME: Duration = Duration::from_hours(1);

/// Most sign-ins that one browser may have started and not finished. The oldest makes room.
pub(crate) const MAX_PENDING_SIGN_INS: usize = 8;

/// Largest form that the routes read, in bytes. Their own forms are smaller.
pub(crate) const MAX_FORM: usize = 16 * 1024;

/// Longest `return_to` path, in bytes. It travels in addresses, which browsers and proxies bound.
pub(crate) const MAX_RETURN_PATH: usize = 2_048;

/// Most permissions that a page lists one by one. More are counted.
pub(crate) const MAX_LISTED_PERMISSIONS: usize = 12;

/// Longest text of another server, or of a cause, on a page, in characters.
pub(crate) const MAX_SHOWN_TEXT: usize = 500;

/// Longest name of a permission, a service or a collection on a page, in characters.
pub(crate) const MAX_SHOWN_NAME: usize = 200;

/// Most causes of an error that a page for developers shows.
pub(crate) const MAX_SHOWN_CAUSES: usize = 8;

/// Longest name of an XRPC error that is passed on to a browser, in bytes. Real ones are a few words; the server may be
/// hostile.
pub(crate) const MAX_XRPC_ERROR_NAME: usize = 64;
