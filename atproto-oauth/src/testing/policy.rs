//! Limits and lifetimes of the test network, and how long tests wait.

use std::time::Duration;

/// How long a test waits for an event. Far longer than any takes: other programs may keep the machine busy.
pub const EVENT_LIMIT: Duration = Duration::from_mins(1);

/// How long an access token is good for, unless the test says otherwise. That of the reference server.
pub(super) const TOKEN_LIFETIME: Duration = Duration::from_hours(1);

/// How long a session of a public client lasts. The specification's limit.
pub(super) const PUBLIC_SESSION_LIFETIME: Duration = Duration::from_hours(14 * 24);

/// How long a session of a confidential client lasts without a refresh. The reference server gives three months, too.
pub(super) const IDLE_SESSION_LIFETIME: Duration = Duration::from_hours(90 * 24);

/// How long a pushed request can be opened. That of the reference server.
pub(super) const PUSHED_LIFETIME: Duration = Duration::from_mins(5);

/// How long a code can be redeemed. Clients redeem it at once.
pub(super) const CODE_LIFETIME: Duration = Duration::from_mins(1);

/// Longest life of a client assertion, in seconds. It is used at once (RFC 7523 §3).
pub(super) const MAX_ASSERTION_AGE: u64 = 60;

/// How old a DPoP proof may be, in seconds. The specification leaves it open; clients make one for each request.
pub(super) const MAX_PROOF_AGE: u64 = 60;

/// How far ahead a client's clock may be, in seconds. Clocks that are set differ by less.
pub(super) const MAX_PROOF_LEAD: u64 = 10;

/// Shortest `jti` of a proof or an assertion, in bytes. 96 random bits in base64url (RFC 9449 §4.2).
pub(super) const MIN_JTI_LEN: usize = 16;

/// Shortest `state` of a pushed request, in bytes. 128 random bits in base64url.
pub(super) const MIN_STATE_LEN: usize = 22;

/// Largest client metadata document or key set, in bytes. Real ones have a few KiB.
pub(super) const MAX_CLIENT_DOCUMENT: usize = 64 << 10;

/// Largest request to the network, in bytes. No test sends more.
pub(super) const MAX_REQUEST: usize = 16 << 20;

/// Largest page of an application, in bytes. No test has a larger one.
pub(super) const MAX_PAGE: usize = 16 << 20;

/// How long a server of the network may take to answer. None is slower, unless a fault makes it hang.
pub(super) const FETCH_DEADLINE: Duration = Duration::from_secs(20);

/// Largest answer of a server of the network, in bytes. No page or document is larger.
pub(super) const MAX_FETCHED: u64 = 1 << 20;

/// Pause after a connection could not be accepted. Tests close some file handles meanwhile.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(20);
