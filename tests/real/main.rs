//! Against the reference servers, unmodified, on loopback; and in a real browser.
//!
//! They need what `tests/run` installs, so a plain `cargo test` leaves all of them out and says so.
//! With `ATPROTO_REAL=$(tests/real/install)` they run alone:
//! `cargo test -p atproto-oauth-tests --test real -- --ignored`.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod confidential;
#[cfg(test)]
mod deployed;
#[cfg(test)]
mod hello;
#[cfg(test)]
mod included;
#[cfg(test)]
mod loopback;
#[cfg(test)]
mod network;
#[cfg(test)]
mod scopes;
#[cfg(test)]
mod statusphere;
#[cfg(test)]
mod support;
#[cfg(test)]
mod upgrade;
#[cfg(test)]
mod user;
