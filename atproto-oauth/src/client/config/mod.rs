//! Configuration: the builder, the environment, and the client's registration.

pub(super) mod builder;
pub(super) mod env;
pub(super) mod extensions;
pub(super) mod paths;
pub(super) mod registration;
