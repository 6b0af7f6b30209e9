//! Sign-in: from what a person typed to a stored session.

mod authorize;
pub(super) mod callback;
pub(super) mod options;
mod redeem;
mod target;
