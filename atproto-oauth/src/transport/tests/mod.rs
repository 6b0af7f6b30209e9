//! The guard against real servers on loopback.

mod addresses;
mod certificates;
mod http2;
mod limits;
mod names;
mod overrides;
mod redirects;
mod refusals;
mod requests;
mod support;
