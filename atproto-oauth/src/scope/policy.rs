//! Limits of permissions. Public types repeat them as their own constants.

/// Longest permission, in bytes, with its special characters percent-encoded. A permission set of a large application,
/// written out, fits.
pub(super) const MAX_SCOPE_LEN: usize = 8192;

/// Longest scope parameter, in bytes. Four of the longest permissions.
pub(super) const MAX_SCOPE_SET_LEN: usize = 32 * 1024;

/// Longest document of a permission set, in bytes. Hundreds of entries with their texts in many languages.
pub(super) const MAX_PERMISSION_SET_LEN: usize = 256 * 1024;

/// Most entries of a permission set. Each is checked against what was asked for.
pub(super) const MAX_PERMISSION_SET_ENTRIES: usize = 1_000;

/// Longest DID in a permission, in bytes. The AT Protocol's own limit.
pub(super) const MAX_AUDIENCE_LEN: usize = 2048;

/// Longest part of a malformed permission that an error shows, in characters. Enough to recognise it.
pub(super) const MAX_SHOWN_SCOPE: usize = 100;

/// Longest authority of an NSID and longest host name of a `did:web`, in bytes. That of a domain name (RFC 1035).
pub(super) const MAX_DOMAIN_LEN: usize = 253;

/// Longest segment of an NSID and longest label of a host name, in bytes. That of a domain name (RFC 1035).
pub(super) const MAX_SEGMENT_LEN: usize = 63;

/// Longest piece of the compiler's message about a permission, in bytes. A longer one is cut, so that what follows it is
/// still read.
pub(super) const MAX_MESSAGE_PIECE: usize = 300;

/// Longest message of the compiler about a permission, in bytes. Room for the pieces of every message.
pub(super) const MAX_MESSAGE: usize = 1024;
