//! Limits, lifetimes and retries of sign-in, sessions, refresh and revocation.

use std::time::Duration;

// Sign-in.

/// How long a pending sign-in waits for its callback, and the cookie that binds it to its browser lives. Long enough to find a password; the server's own request
/// expires sooner.
pub(crate) const PENDING_LIFETIME: Duration = Duration::from_mins(10);

/// Most sign-ins that one process starts at the same time. Each opens connections to servers that a stranger names.
pub(super) const MAX_CONCURRENT_STARTS: usize = 128;

/// How long to wait after too many sign-ins were started, as `Retry-After`. A start takes a few seconds.
pub(super) const START_RETRY_AFTER: Duration = Duration::from_secs(5);

/// How long the pushed authorization request may take, with every repetition. A person waits for it.
pub(super) const PAR_DEADLINE: Duration = Duration::from_secs(10);

/// How long the exchange of the code may take. The code cannot be sent again, so the client waits for slow servers.
pub(super) const CODE_EXCHANGE_DEADLINE: Duration = Duration::from_secs(20);

/// How long revoking refused tokens may take in a callback. A person waits for it.
pub(super) const REFUSED_REVOKE_DEADLINE: Duration = Duration::from_secs(2);

/// Longest `app_state` of a sign-in, in bytes. It stands in a row, not in an address; more belongs into the
/// application's own store.
pub(super) const MAX_APP_STATE: usize = 4 * 1024;

/// Longest `return_to` of a sign-in, in bytes. Browsers and proxies refuse longer addresses.
pub(super) const MAX_RETURN_TO: usize = 4 * 1024;

// Requests to authorization servers.

/// Largest answer of an authorization server's endpoints, in bytes. Tokens of 16 KiB fit.
pub(super) const MAX_SERVER_ANSWER: u64 = 64 * 1024;

/// Most origins whose DPoP nonce is cached. Hostile ones push each other out.
pub(super) const MAX_NONCE_ORIGINS: u64 = 4_096;

/// How long the DPoP nonce of an origin is cached. Servers change their nonces every few minutes; an old one costs one more request.
pub(super) const NONCE_LIFETIME: Duration = Duration::from_mins(10);

/// Most origins whose clock skew is cached. Hostile ones push each other out.
pub(super) const MAX_SKEW_ORIGINS: u64 = 4_096;

/// How long the clock skew of an origin is cached. A clock that is set right is noticed after this time.
pub(super) const SKEW_LIFETIME: Duration = Duration::from_hours(1);

/// Largest clock skew that is believed, in seconds. A day: more is a broken server.
pub(super) const MAX_CLOCK_SKEW: i64 = 24 * 60 * 60;

/// Smallest clock skew that explains a refusal, in seconds. Headers have whole seconds.
pub(super) const MIN_CLOCK_SKEW: i64 = 2;

// Discovery.

/// How long a handle may take to resolve. A person waits for it, and most lookups are quick.
pub(super) const HANDLE_DEADLINE: Duration = Duration::from_secs(3);

/// Largest answer to a handle lookup, in bytes. A DID has at most 2 KiB.
pub(super) const MAX_HANDLE_ANSWER: u64 = 10 * 1024;

/// Most redirects of a handle's well-known document. The specification allows them and names no number.
pub(super) const MAX_HANDLE_REDIRECTS: u8 = 3;

/// How long a DID document or server metadata may take. A person waits for it.
pub(super) const DOCUMENT_DEADLINE: Duration = Duration::from_secs(10);

/// Largest DID document or server metadata, in bytes. Real ones have a few KiB.
pub(super) const MAX_DOCUMENT: u64 = 256 * 1024;

/// How long a DID document is cached. The specification allows ten minutes for sign-in.
pub(super) const IDENTITY_LIFETIME: Duration = Duration::from_mins(5);

/// How long server metadata is cached. Keys and endpoints may change at any time.
pub(super) const METADATA_LIFETIME: Duration = Duration::from_mins(1);

/// Most entries of each discovery cache. Hostile servers push each other out.
pub(super) const MAX_CACHED: u64 = 10_000;

/// How long a permission set counts as current. At least the life of an access token, says the specification.
pub(super) const SET_LIFETIME: Duration = Duration::from_hours(1);

/// How long a permission set stands in for one that cannot be fetched. At most a day, says the specification.
pub(super) const SET_MAX_LIFETIME: Duration = Duration::from_hours(24);

/// How long a permission set that could not be fetched is not asked for again. Its server may be down.
pub(super) const SET_FAILURE_PAUSE: Duration = Duration::from_mins(1);

/// Most permission sets that are cached. Applications use few, and one may have 256 KiB.
pub(super) const MAX_CACHED_SETS: u64 = 256;

/// How long the lookup of one permission set may take, from its name to its record.
pub(super) const SET_DEADLINE: Duration = Duration::from_secs(5);

/// How long the DNS part of a permission set's lookup may take. It is the first of three steps.
pub(super) const SET_DNS_DEADLINE: Duration = Duration::from_secs(3);

/// Most permission sets that are looked up for one list of scopes. Each may cost three requests.
pub(super) const MAX_SETS: usize = 32;

/// How long a sign-in waits for permission sets after everything else is done. A later refresh finds what was
/// missed.
pub(super) const SET_WAIT: Duration = Duration::from_millis(500);

// Sessions.

/// How long a request may be answered from what was read earlier, unless configured. Other processes' logouts are
/// seen within it.
pub(super) const STORE_STALENESS: Duration = Duration::from_secs(5);

/// How long requests are answered from memory while the store is down. A logout cannot be written then either.
pub(super) const OUTAGE_GRACE: Duration = Duration::from_mins(1);

/// How often a store that is down is asked again. Each try may take seconds.
pub(super) const OUTAGE_RETRY: Duration = Duration::from_secs(1);

/// How long an unreadable row is retried before it counts as gone. A replica that lags catches up.
pub(super) const UNREADABLE_GRACE: Duration = Duration::from_mins(1);

/// Most unreadable rows that are tracked. A bound on memory.
pub(super) const MAX_UNREADABLE_ROWS: u64 = 10_000;

/// How long an unreadable row that no request asks for is tracked.
pub(super) const UNREADABLE_IDLE: Duration = Duration::from_hours(1);

/// Most sessions that are kept in memory after their last use. Some 3 KiB each.
pub(super) const MAX_CACHED_SESSIONS: u64 = 50_000;

/// How long a session is kept in memory after its last use. A person who reads a page comes back within it.
pub(super) const SESSION_IDLE: Duration = Duration::from_mins(15);

/// How often the last use of a session is written to its row. Requests must not write.
pub(super) const LAST_USED_PERIOD: Duration = Duration::from_hours(24);

/// How long a public client's session lasts after sign-in. The specification's limit.
pub(super) const PUBLIC_SESSION_LIFETIME: Duration = Duration::from_hours(24 * 14);

/// How long a confidential client's session lasts after its last refresh. The specification's limit.
pub(super) const CONFIDENTIAL_SESSION_LIFETIME: Duration = Duration::from_hours(24 * 180);

// Refresh.

/// How long a refresh request may take, with every repetition. Shorter than its lease, so that the answer is
/// written within it.
pub(super) const REFRESH_DEADLINE: Duration = Duration::from_secs(10);

/// How long a refresh lease excludes other processes. What is left after the deadline is for writing the answer,
/// and for clocks that differ.
pub(super) const REFRESH_LEASE: Duration = Duration::from_secs(20);

const _: () = assert!(REFRESH_DEADLINE.as_secs() + 10 <= REFRESH_LEASE.as_secs());

/// How long a refresh waits after an outage of the store. Another process may still hold unwritten tokens; it
/// retries every second.
pub(super) const OUTAGE_REFRESH_DELAY: Duration = Duration::from_secs(5);

/// Shortest time between two refreshes for a PDS that rejects even fresh tokens. Without it every request would refresh.
pub(super) const FUTILE_REFRESH_PAUSE: Duration = Duration::from_mins(1);

/// How long a token is used before an early refresh, unless configured. Each refresh is a moment in which a crash
/// costs the session.
pub(super) const MIN_REFRESH_INTERVAL: Duration = Duration::from_secs(5);

/// First wait between two reads of a row that another process is refreshing.
pub(super) const LEASE_POLL: Duration = Duration::from_millis(50);

/// Longest wait between two reads of a row that another process is refreshing. A refresh takes some 100 ms.
pub(super) const MAX_LEASE_POLL: Duration = Duration::from_millis(250);

/// How long a request waits for refreshes of others, in this process and elsewhere, however many come one after the
/// other.
pub(super) const REFRESH_WAIT: Duration = Duration::from_secs(45);

/// Most attempts to write fresh tokens while another process writes the same row.
pub(super) const SAVE_ATTEMPTS: usize = 8;

/// First wait before a failed write of fresh tokens is retried. Requests wait for it once the store is back.
pub(super) const SAVE_RETRY: Duration = Duration::from_millis(200);

/// Longest wait before a failed write of fresh tokens is retried.
pub(super) const MAX_SAVE_RETRY: Duration = Duration::from_secs(1);

/// First wait after a failed refresh; it doubles with each failure.
pub(super) const BACKOFF_FIRST: Duration = Duration::from_secs(5);

/// Longest wait after failed refreshes, unless the server asks for more. A server that is back is found within it.
pub(super) const BACKOFF_MAX: Duration = Duration::from_secs(40);

/// Longest `Retry-After` of a refresh that is honoured. A server that asks for longer is asked after this time.
pub(super) const MAX_RETRY_AFTER: Duration = Duration::from_mins(5);

/// How long before its expiry a token is refreshed. A sixth of its lifetime where that is shorter.
pub(super) const REFRESH_EARLY: Duration = Duration::from_mins(1);

/// How long before its expiry a token is not used any more. The reference server deletes a session whose token
/// expires while it handles a request.
pub(super) const EXPIRY_MARGIN: Duration = Duration::from_secs(5);

// Logout and revocation.

/// How long a logout waits for the authorization server. A person waits for it.
pub(super) const LOGOUT_WAIT: Duration = Duration::from_secs(4);

/// How long each revocation request may take. The server may be down.
pub(super) const REVOKE_DEADLINE: Duration = Duration::from_secs(3);

/// How soon a failed revocation is tried again; the wait doubles with each failure.
pub(super) const REVOKE_RETRY: Duration = Duration::from_mins(1);

/// Most times that the wait before a revocation is tried again doubles. It then stays at 256 minutes, so that a server
/// which is back is found the same day.
pub(super) const REVOKE_DOUBLINGS: u32 = 8;

/// How long a revocation is tried. Tokens that live longer end with their session at the server.
pub(super) const REVOKE_LIFETIME: Duration = Duration::from_hours(24 * 30);

/// Refusals after which a revocation is given up. A server that refuses over hours will not accept it later.
pub(super) const MAX_REVOKE_REFUSALS: u32 = 10;

/// Most attempts to queue a revocation that changes meanwhile.
pub(super) const ENQUEUE_ATTEMPTS: usize = 4;

/// Entries of the revocation queue that are read at a time.
pub(super) const QUEUE_PAGE: usize = 100;

/// Most revocations at the same time. One server that does not answer must not hold up the others.
pub(super) const REVOKE_CONCURRENCY: usize = 16;

/// How long one pass over the revocation queue may take. The next pass goes on.
pub(super) const QUEUE_PASS: Duration = Duration::from_mins(5);

/// How long the oldest revocation may wait before the log warns. Short outages of servers are normal.
pub(super) const QUEUE_WARN_AFTER: Duration = Duration::from_hours(1);

// Background work.

/// How often the revocation queue, expired rows and client keys are processed.
pub(super) const BACKGROUND_PERIOD: Duration = Duration::from_mins(1);

/// Shortest interval between two background reads of the client keys. A shorter staleness applies to requests only.
pub(super) const MIN_KEY_SYNC: Duration = Duration::from_secs(1);

/// Most expired rows that are deleted at a time. A long transaction would hold up others.
pub(super) const SWEEP_BATCH: usize = 10_000;

// Client keys.

/// How long an authorization server may cache a key set. The reference server does so for ten minutes.
pub(super) const KEY_SET_CACHE: Duration = Duration::from_mins(10);

/// Most attempts to change a client key's record that changes meanwhile.
pub(super) const KEY_EDIT_ATTEMPTS: usize = 16;

/// Records of client keys that are read at a time.
pub(super) const KEY_PAGE: usize = 100;

/// How often the sessions of a client key are counted. A count reads every session.
pub(super) const KEY_COUNT_PERIOD: Duration = Duration::from_hours(24);

/// How long the record of a key that no process has is kept. Its sessions end after 180 days without use.
pub(super) const KEY_FORGET_AFTER: Duration = Duration::from_hours(24 * 365);

/// Sessions that one step of a count reads. A step fits into memory.
pub(super) const KEY_COUNT_STEP: usize = 250;

/// Pause between two steps of a count. A million sessions take some minutes and slow down no request.
pub(super) const KEY_COUNT_PAUSE: Duration = Duration::from_millis(20);

// Requests to a PDS.

/// How long a request to a PDS may take, unless it says otherwise.
pub(super) const XRPC_TIMEOUT: Duration = Duration::from_secs(30);

/// Most other tokens that a request to a PDS is tried with. A refresh in another process makes servers reject the
/// one before.
pub(super) const MAX_TOKEN_RETRIES: u8 = 3;

/// Largest answer of a PDS, unless the request says otherwise, in bytes.
pub(super) const MAX_XRPC_ANSWER: u64 = 16 * 1024 * 1024;

/// Largest answer that is read to see why a PDS refuses, in bytes. Errors are small.
pub(super) const MAX_XRPC_REFUSAL: u64 = 1024 * 1024;

/// Longest text of a PDS's error that is kept, in characters. Enough for a sentence; the server may be hostile.
pub(super) const MAX_XRPC_ERROR_TEXT: usize = 300;

/// Longest name of an XRPC method, in bytes. The AT Protocol's own limit of an NSID.
pub(super) const MAX_NSID_LEN: usize = 317;
