//! Limits of keys and signatures.

/// Longest compact signature that is checked, in bytes. Tokens of servers are about a kilobyte.
pub(super) const MAX_JWS_LEN: usize = 16 * 1024;
