//! Tests across modules, and of the house itself.

#[cfg(test)]
mod files;
#[cfg(test)]
mod layers;

mod flow;
mod routes;
mod support;
#[cfg(test)]
mod web;
