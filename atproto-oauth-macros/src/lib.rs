//! The macros of `atproto-oauth`. Use them through that crate.
