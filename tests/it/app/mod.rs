//! Applications with the generated routes and extractors, on an in-process network.

mod accounts;
mod callback;
mod consent;
mod derived;
mod documents;
mod ended;
mod harness;
mod hooks;
mod login;
mod logout;
mod odd_servers;
mod pages;
mod production;
mod refusals;
mod secrets;
mod serving;
mod session_cookie;
mod sessions;
mod start_up;
mod states;
mod store_calls;
mod store_trouble;
mod two_nodes;
mod unreadable;
