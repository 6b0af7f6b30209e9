//! Requests to the account's own PDS.

pub(super) mod call;
mod query;
pub(super) mod request;
