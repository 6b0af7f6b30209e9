//! The generated routes and the extractors: the attribute, the client and an in-process network.

mod binding;
mod callback;
mod callback_hook;
mod error_hook;
mod hooked;
mod login;
mod logout;
mod logout_server;
mod many_accounts;
mod options;
mod pages;
mod person;
mod production;
mod refusals;
mod rotation;
mod secrets;
mod serving;
mod sessions;
mod site;
mod states;
