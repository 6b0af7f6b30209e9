//! Tests across modules, and of the house itself.

#[cfg(test)]
mod house;
#[cfg(test)]
mod requirements;
#[cfg(test)]
mod rust_version;

mod app;
mod builder;
mod callback;
mod client_keys;
mod confidential;
mod discovery;
mod dpop;
mod drain;
mod environment;
mod exchange;
mod flow;
mod identity;
mod included;
mod outrun;
mod permission_sets;
mod refresh;
mod refresh_failures;
mod refresh_fleet;
mod refresh_order;
mod refresh_safety;
mod refresh_store;
mod requests;
mod revocation;
mod secrets;
mod sessions;
mod staleness;
mod start;
mod subject;
mod support;
mod transport;
mod unreadable;
