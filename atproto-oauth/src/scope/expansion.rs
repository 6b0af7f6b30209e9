//! Permission sets as they come back: a server grants what a set holds in place of `include:`.
//! Permissions specification, "Namespace Authority".
//!
//! This is what can be said of a set without having read it; [`PermissionSet`](super::PermissionSet)
//! knows.

use super::percent::Text;
use super::permission::{Permission, Resource};

/// The permission can come from that `include`: it is a `repo` or `rpc` whose names are all under
/// the authority of the set, at the service that the set was included for or at any.
pub(super) const fn may_come_from(granted: &Permission<'_>, include: &Permission<'_>) -> bool {
    if !matches!(granted.resource, Resource::Repo | Resource::Rpc)
        || !matches!(include.resource, Resource::Include)
    {
        return false;
    }
    match (granted.audience(), include.audience()) {
        (None, _) => {}
        (Some(service), _) if service.is("*") => {}
        (Some(service), Some(inherited)) if service.same(inherited) => {}
        _ => return false,
    }
    let Some(set) = include.names().take() else {
        return false;
    };
    let mut names = granted.names();
    while let Some(name) = names.take() {
        if !is_under(set, name) {
            return false;
        }
    }
    true
}

/// In the same group as `set`, or in one below it.
pub(super) const fn is_under(mut set: Text<'_>, mut name: Text<'_>) -> bool {
    let mut group = group_length(set);
    while group > 0 {
        match (set.take(), name.take()) {
            (Some(a), Some(b)) if a == b => {}
            _ => return false,
        }
        group -= 1;
    }
    true
}

/// How many characters stand before the last segment of an NSID.
const fn group_length(mut nsid: Text<'_>) -> usize {
    let (mut length, mut group) = (0, 0);
    while let Some(byte) = nsid.take() {
        length += 1;
        if byte == b'.' {
            group = length;
        }
    }
    group
}
