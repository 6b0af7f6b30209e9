//! The tests of `atproto-oauth` that need more than one module: see `it/`, `ui/`, `stores/` and `real/`.

mod redis_server;

pub use redis_server::RedisServer;
