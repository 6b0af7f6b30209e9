//! The tests of `atproto-oauth` that need more than one module: see `it/`, `ui/`, `stores/` and `real/`.

mod postgres_server;
mod redis_server;
mod running;

pub use postgres_server::{Holder, PostgresServer};
pub use redis_server::RedisServer;
