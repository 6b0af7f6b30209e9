//! The guard against real servers on loopback (conformance SS-01 to SS-10).

mod addresses;
