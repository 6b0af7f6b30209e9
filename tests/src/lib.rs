//! The tests of `atproto-oauth` that need more than one module: see `it/`, `ui/`, `stores/` and `real/`.

mod port;
mod postgres_server;
mod redis_server;
mod running;
mod waiting;

pub use port::free_ports;
pub use postgres_server::{Holder, PostgresServer};
pub use redis_server::RedisServer;
pub use waiting::{ended, eventually, lines, soon};
