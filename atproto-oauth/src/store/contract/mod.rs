//! What every [`Store`] has to keep, as checks for one's own implementation.
//!
//! ```
//! # async fn my_store_keeps_the_contract() -> Result<(), atproto_oauth::store::contract::Violation> {
//! use std::sync::Arc;
//! use atproto_oauth::store::{MemoryStore, Store, contract};
//!
//! let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
//! contract::check_all(&store).await
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(my_store_keeps_the_contract()).unwrap();
//! ```
//!
//! Run it on a multi-threaded runtime, so that the concurrent checks mean something. Every run uses
//! names of its own, so the store need not be empty; expired rows of others may be swept.
//!
//! | the store | check |
//! |---|---|
//! | any | [`check_all`] |
//! | lets several processes in | [`check_handles`], with handles that were opened one by one |
//! | outlives its process | [`survives_kill`]: what was answered is there after `kill -9` |
//! | asks a server | [`survives_outage`]: calls fail, and soon, and all is well afterwards |
//!
//! What a power failure leaves no check can tell; look how the store writes to its disk.

mod concurrent;
mod handles;
mod killed;
mod lease;
mod outage;
mod passes;
mod sets;
mod single;
mod support;
mod tampered;

pub use concurrent::{any_order, create_once, increments_once_each, take_once};
pub use handles::check_handles;
pub use killed::survives_kill;
pub use lease::{leases, leases_that_expire};
pub use outage::survives_outage;
pub use passes::reads_through;
pub use sets::{lists_by_group, replaces_expired, sweeps_expired};
pub use single::{all_or_nothing, compare_and_swap, exact_bytes, refuses_misuse};
pub use tampered::refuses_tampered;

use std::sync::Arc;

use super::{Store, StoreError};

/// What the store got wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// It answered, wrongly.
    #[error("the store breaks its contract: {0}")]
    Broken(String),
    /// It failed where it should have answered.
    #[error("the store failed during `{0}`")]
    Failed(&'static str, #[source] StoreError),
}

type Check = Result<(), Violation>;

/// Every check that needs nothing but the store, one after the other.
///
/// # Errors
/// The first [`Violation`].
pub async fn check_all(store: &Arc<dyn Store>) -> Check {
    exact_bytes(store).await?;
    compare_and_swap(store).await?;
    all_or_nothing(store).await?;
    create_once(store).await?;
    take_once(store).await?;
    increments_once_each(store).await?;
    any_order(store).await?;
    leases(store).await?;
    leases_that_expire(store).await?;
    lists_by_group(store).await?;
    reads_through(store).await?;
    replaces_expired(store).await?;
    sweeps_expired(store).await?;
    refuses_tampered(store).await?;
    refuses_misuse(store).await
}

#[cfg(test)]
mod tests;
