//! Ports for programs that have to be told theirs.

use std::net::TcpListener;

/// A port of 127.0.0.1 where nothing listens.
///
/// It lies below those that systems give to connections and to listeners at port 0, so only a test that asks here can
/// get it too, and that is one of thousands.
///
/// # Panics
/// Hundreds of them are taken.
#[must_use]
pub fn free_port() -> u16 {
    (0..500)
        .map(|_| fastrand::u16(12_000..30_000))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port between 12000 and 30000")
}

/// What `start` makes of a free port. Another one is tried where that fails, as it may be taken by then.
pub(crate) fn on_free_port<T>(mut start: impl FnMut(u16) -> Option<T>) -> Option<T> {
    (0..5).find_map(|_| start(free_port()))
}
