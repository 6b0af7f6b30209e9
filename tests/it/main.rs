//! Tests across modules, and of the house itself.

#[cfg(test)]
mod files;
#[cfg(test)]
mod layers;

mod callback;
mod exchange;
mod flow;
mod routes;
mod subject;
mod support;
#[cfg(test)]
mod web;
