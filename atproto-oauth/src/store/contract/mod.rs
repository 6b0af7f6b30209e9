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

mod concurrent;
mod passes;
mod sets;
mod single;
mod support;

pub use concurrent::{increments_once_each, take_once};
pub use passes::reads_through;
pub use sets::{lists_by_group, replaces_expired, sweeps_expired};
pub use single::{all_or_nothing, compare_and_swap, exact_bytes, refuses_misuse};

use std::sync::Arc;

use super::{Store, StoreError};

/// What the store got wrong.
#[derive(Debug, thiserror::Error)]
pub enum Violation {
    /// It answered, wrongly.
    #[error("the store breaks its contract: {0}")]
    Broken(String),
    /// It failed where it should have answered.
    #[error("the store failed during `{0}`")]
    Failed(&'static str, #[source] StoreError),
}

type Check = Result<(), Violation>;

/// Every check of this module, one after the other.
///
/// # Errors
/// The first [`Violation`].
pub async fn check_all(store: &Arc<dyn Store>) -> Check {
    exact_bytes(store).await?;
    compare_and_swap(store).await?;
    all_or_nothing(store).await?;
    take_once(store).await?;
    increments_once_each(store).await?;
    lists_by_group(store).await?;
    reads_through(store).await?;
    replaces_expired(store).await?;
    sweeps_expired(store).await?;
    refuses_misuse(store).await
}

#[cfg(test)]
mod tests;
