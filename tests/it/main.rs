//! Tests across modules, and of the house itself.

#[cfg(test)]
mod files;
#[cfg(test)]
mod layers;

mod callback;
mod discovery;
mod exchange;
mod flow;
mod identity;
mod subject;
mod support;
