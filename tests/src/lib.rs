//! The tests of `atproto-oauth` that need more than one module: see `it/`, `ui/`, `stores/` and `real/`.

mod postgres_server;

pub use postgres_server::{Holder, PostgresServer};
