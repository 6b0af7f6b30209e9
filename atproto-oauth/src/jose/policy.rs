//! Limits of keys and signatures.

/// Longest compact signature that is checked, in bytes. Tokens of servers are about a kilobyte.
pub(super) const MAX_JWS_LEN: usize = 16 * 1024;

/// Longest `kid` of a client key, in bytes. It stands in every client assertion and in the record of every session.
pub(super) const MAX_KID_LEN: usize = 200;
