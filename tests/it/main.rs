//! Tests across modules, and of the house itself.

#[cfg(test)]
mod files;
#[cfg(test)]
mod layers;

mod callback;
mod flow;
mod support;
