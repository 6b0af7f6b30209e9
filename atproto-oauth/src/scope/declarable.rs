//! Scopes that an application may declare. Servers may grant more than these: the compiler refuses what servers do
//! not know, and what they would read otherwise than it is meant.

use super::nsid::is_usable_did;
use super::permission::{Permission, Resource};
use super::syntax::Reason;

impl<'a> Permission<'a> {
    /// As [`parse`](Self::parse), and something that a client may ask for.
    pub(super) const fn parse_declared(text: &'a str) -> Result<Self, Reason> {
        match Self::parse(text) {
            Ok(permission) => match check(&permission) {
                Ok(()) => Ok(permission),
                Err(reason) => Err(reason),
            },
            Err(reason) => Err(reason),
        }
    }
}

/// What is asked of a permission that an application declares, beyond being one.
const fn check(permission: &Permission<'_>) -> Result<(), Reason> {
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
