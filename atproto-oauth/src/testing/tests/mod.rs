//! The network against a small client that is written out by hand.

mod client;
mod client_ids;
mod faults;
mod happy;
mod limit;
mod network;
mod pages;
mod proofs;
mod requests;
mod resource;
mod tokens;
mod visits;
mod web;
