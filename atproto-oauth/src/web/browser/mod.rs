//! Browsers: the sessions each one holds, its row in the store, its cookies.

pub(super) mod cache;
pub(super) mod commit;
pub(super) mod cookie;
pub(super) mod record;
pub(super) mod store;
