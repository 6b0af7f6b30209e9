//! Tables and properties of the permission grammar.

mod build;
mod covers;
mod declarable;
mod declared;
mod invalid;
mod laws;
mod limits;
mod model;
mod permission_set;
mod properties;
mod set;
mod valid;

use super::Scope;

fn scope(text: &str) -> Scope {
    match text.parse() {
        Ok(scope) => scope,
        Err(error) => panic!("{error}"),
    }
}
