#![doc = include_str!("../../README.md")]

mod error;

pub mod jose;
pub mod protocol;
pub mod scope;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transport;
pub mod types;

pub use error::{Error, ErrorKind};
pub use scope::{DeclaredScopes, Scope, ScopeSet};
pub use types::{Did, Handle};
