//! Limits of names and of what people type.

/// Longest text that a person types or pastes, in bytes. Longer than any DID or URL that leads somewhere.
pub(super) const MAX_INPUT_LEN: usize = 4096;

/// Longest DID, in bytes. The AT Protocol's own limit.
pub(super) const MAX_DID_LEN: usize = 2048;

/// Longest handle, in bytes. That of a domain name (RFC 1035).
pub(super) const MAX_HANDLE_LEN: usize = 253;

/// Longest label of a handle, in bytes. That of a domain name (RFC 1035).
pub(super) const MAX_LABEL_LEN: usize = 63;

/// Longest origin, in bytes. Room for the longest domain name, a scheme and a port.
pub(super) const MAX_ORIGIN_LEN: usize = 300;
