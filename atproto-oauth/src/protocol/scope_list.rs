//! The `scope` parameter: a list of scopes, separated by single spaces (RFC 6749 §3.3).

use std::collections::BTreeSet;

use crate::error::Error;

/// Checks a space-separated list of scopes: `atproto` is in it, no scope stands twice, one space separates each
/// two (AT Protocol OAuth: Client ID Metadata Document).
///
/// # Errors
/// [`Configuration`](crate::error::ErrorKind::Configuration), with what to change.
pub(crate) fn check_scope(scope: &str) -> Result<(), Error> {
    let allowed = |b: u8| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    let mut seen = BTreeSet::new();
    for one in scope.split(' ') {
        if one.is_empty() || !one.bytes().all(allowed) {
            return Err(Error::configuration(format!(
                "`{}` is not a list of scopes; put one space between each two",
                scope.escape_default()
            )));
        }
        if !seen.insert(one) {
            return Err(Error::configuration(format!(
                "the scope `{one}` is declared twice; remove one"
            )));
        }
    }
    if seen.contains("atproto") {
        Ok(())
    } else {
        Err(Error::configuration("the scopes lack `atproto`; add it"))
    }
}
