//! The generated routes and the extractors: the attribute, the client and an in-process network.

mod binding;
mod callback;
mod login;
mod options;
mod person;
mod site;
