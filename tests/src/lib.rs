//! The tests of `atproto-oauth` that need more than one module: see `it/`, `ui/` and `real/`.
