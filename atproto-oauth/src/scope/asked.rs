//! What an application may ask for. Not everything that a server may answer: the compiler refuses what
//! servers do not know, and what they would read otherwise than it is meant.

use super::names::is_usable_did;
use super::permission::{Permission, Resource};
use super::syntax::Reason;

/// What is asked of a permission that an application declares, beyond being one.
pub(super) const fn check(permission: &Permission<'_>) -> Result<(), Reason> {
    if is_account_status(permission) {
        return Err(
            "the specification knows no such attribute, though some servers grant it; \
            write `account:email` or `account:repo`",
        );
    }
    if has_plus(permission) {
        return Err("some servers read a `+` after `?` as a space; write `%2B`");
    }
    match permission.audience() {
        Some(audience) if !is_usable_did(audience.cut(b'#').0) => Err(
            "the DID of the `aud` cannot be looked up; write `did:web:` and a host without path or \
            port, or `did:plc:` and its 24 characters",
        ),
        _ => Ok(()),
    }
}

const fn is_account_status(permission: &Permission<'_>) -> bool {
    match permission.names().take() {
        Some(attr) => matches!(permission.resource, Resource::Account) && attr.is("status"),
        None => false,
    }
}

const fn has_plus(permission: &Permission<'_>) -> bool {
    let mut parameters = permission.syntax.parameters();
    while let Some((_, value)) = parameters.take() {
        if value.has_bare(b'+') {
            return true;
        }
    }
    false
}
