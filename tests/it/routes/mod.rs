//! The generated routes and the extractors: the attribute, the client and an in-process network.

mod accounts_extractor;
mod binding;
mod callback;
mod callback_hook;
mod cancelled;
mod error_hook;
mod hooked;
mod login;
mod logout;
mod logout_server;
mod many_accounts;
mod odd_servers;
mod options;
mod own_start;
mod pages;
pub(crate) mod person;
mod production;
mod published;
mod refusals;
mod rotation;
mod secrets;
mod serving;
mod sessions;
mod site;
mod start_up;
mod states;
mod store_trouble;
