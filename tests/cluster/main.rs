//! A fleet: several processes, one store, the reference server.
//!
//! No account is signed out by our hand, and no refresh token is spent twice. They need what `tests/run` installs, so
//! a plain `cargo test` leaves all of them out and says so. With `ATPROTO_REAL=$(tests/real/install)` they run
//! alone: `cargo test -p atproto-oauth-tests --test cluster -- --ignored --test-threads 1 --nocapture`.
//! `tests/long` runs them for as long, and with as many rows, as `docs/scaling.md` reports.

#[cfg(test)]
mod backend;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod rotations;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod stage;
#[cfg(test)]
#[path = "../real/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "not all of it is needed here")]
mod support;

/// One form for every day, and one for the figures.
#[cfg(test)]
fn long_or<T>(short: T, long: T) -> T {
    match std::env::var_os("ATPROTO_TEST_LONG") {
        Some(_) => long,
        None => short,
    }
}
