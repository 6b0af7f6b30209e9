//! Which permissions have something in common.

use super::covers::{Gaps, has_audience, has_name};
use super::permission::{Permission, Resource};
use super::text::Text;

/// Something is allowed by both.
pub(super) fn overlaps(a: &Permission<'_>, b: &Permission<'_>) -> bool {
    use Resource::{Account, Email, Rpc};
    match (a.resource, b.resource) {
        // One may name the method and the other the service.
        (Rpc, Rpc) => share_method(a, b) && (has_audience(a, b) || has_audience(b, a)),
        // Whatever is allowed of the email, to read it is.
        (Email, Account) => has_name(b, EMAIL),
        (Account, Email) => has_name(a, EMAIL),
        // What all others have in common is a whole name of one of them.
        _ => gives_to(a, b) || gives_to(b, a),
    }
}

const EMAIL: Text<'_> = Text::new(b"email");

fn share_method(a: &Permission<'_>, b: &Permission<'_>) -> bool {
    let mut methods = a.names();
    while let Some(method) = methods.take() {
        if method.is("*") || has_name(b, method) {
            return true;
        }
    }
    false
}

fn gives_to(held: &Permission<'_>, wanted: &Permission<'_>) -> bool {
    let mut gaps = Gaps::of(*wanted);
    while let Some(gap) = gaps.take() {
        if gap.is_filled_by(held) {
            return true;
        }
    }
    false
}
