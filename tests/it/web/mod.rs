//! The web floor: an application, its visitors and everybody else.

mod accounts;
mod app;
mod callback;
mod documents;
mod extract;
mod hooks;
mod login;
mod logout;
mod wire;
