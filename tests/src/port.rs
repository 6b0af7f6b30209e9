//! Ports for programs that have to be told theirs.

use std::net::TcpListener;

/// A port of 127.0.0.1 where nothing listens.
///
/// It lies below those that systems give to connections and to listeners at port 0, so only a test that asks here can
/// get it too, and that is one of thousands.
fn free_port() -> u16 {
    (0..500)
        .map(|_| fastrand::u16(12_000..30_000))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port between 12000 and 30000")
}

/// Ports to try one after another: each may be taken by another program until it is listened at.
pub fn free_ports() -> impl Iterator<Item = u16> {
    (0..5).map(|_| free_port())
}
