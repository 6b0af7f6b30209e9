//! The flow, without a web framework.

mod paths;

pub use paths::Paths;
