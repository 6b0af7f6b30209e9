//! The guard against real servers on loopback (conformance SS-01 to SS-10).

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
