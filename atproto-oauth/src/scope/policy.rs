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
