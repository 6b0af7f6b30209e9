//! Limits of what is read from servers and browsers, and the times of client assertions.

use std::time::Duration;

/// Longest query of a callback that is read, in bytes. Servers send a code, a state and an issuer, about 300 bytes.
pub(crate) const MAX_CALLBACK_QUERY: usize = 16 * 1024;

/// Longest `state` of a callback, in bytes. Ours have 43; anything longer is not ours.
pub(crate) const MAX_STATE: usize = 128;

/// Longest DPoP nonce that is taken from a server, in bytes. It travels in the header of every request.
pub(crate) const MAX_NONCE: usize = 512;

/// Most challenges of a `WWW-Authenticate` that are read. A server has one or two; the rest is noise.
pub(crate) const MAX_CHALLENGES: usize = 16;

/// Longest URL that is taken from a server, in bytes. Longer ones are refused by servers and proxies.
pub(crate) const MAX_URL: usize = 2_048;

/// Longest token that is kept, in bytes. It has to fit into a request header, for which servers take 8 to 16 KiB.
pub(crate) const MAX_TOKEN: usize = 16 * 1024;

/// Longest life of an access token that is believed. More would overflow arithmetic with times.
pub(crate) const MAX_TOKEN_LIFETIME: Duration = Duration::from_hours(24 * 365);

/// Longest handle that DNS is asked for, in bytes. With `_atproto.` before it a DNS name has 253.
pub(crate) const MAX_DNS_HANDLE: usize = 244;

/// Longest name that DNS is asked for, in bytes. The limit is that of DNS (RFC 1035 §2.3.4).
pub(crate) const MAX_DNS_NAME: usize = 253;

/// Size of a client metadata document from which on a warning is logged, in bytes. Servers may stop reading there.
pub(crate) const SENSIBLE_METADATA_SIZE: usize = 5 * 1024;

/// How long a client assertion is good for, in seconds. It is used at once; servers refuse long ones.
pub(crate) const ASSERTION_LIFETIME: u64 = 60;

/// How far in the past a client assertion is issued, in seconds. Servers refuse one that lies in their future.
pub(crate) const ASSERTION_BACKDATE: u64 = 5;

/// Longest error code or description of a server's refusal that is kept, in characters. Enough for a sentence; the server
/// may be hostile.
pub(crate) const MAX_FAILURE_TEXT: usize = 300;

/// Longest part of a malformed NSID that an error shows, in characters. Enough to recognise it.
pub(crate) const MAX_SHOWN_NSID: usize = 100;
