//! The stores of several processes, against the real servers.
//!
//! They need what `tests/run` installs, so a plain `cargo test` leaves them out and says so, but for what
//! earlier versions wrote into files. Alone:
//! `cargo test -p atproto-oauth-tests --test stores -- --ignored`.

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod measured;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod redis;
