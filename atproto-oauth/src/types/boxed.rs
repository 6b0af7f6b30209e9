//! The future of a trait object's method.

use std::pin::Pin;

/// A boxed future that can be sent to another thread: what [`Store`](crate::Store) and
/// [`Transport`](crate::transport::Transport) return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
