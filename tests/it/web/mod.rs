//! The web floor: an application, its visitors and everybody else.

#![expect(
    clippy::unused_async,
    reason = "hooks and handlers are async, whatever they do"
)]

mod accounts;
mod app;
mod callback;
mod consent;
mod cost;
mod derived;
mod derived_kinds;
mod documents;
mod extract;
mod hooks;
mod include;
mod lifetime;
mod login;
mod logout;
mod wire;
