//! Tests across modules, and of the house itself.
