//! Tests across modules, and of the house itself.

#[cfg(test)]
mod files;
#[cfg(test)]
mod layers;

mod callback;
mod exchange;
mod flow;
mod subject;
mod support;
