//! The laws of permissions. `atproto-oauth` tries them on random texts in every test run, the targets
//! here on what a fuzzer finds; they are written in one file for both.

pub(crate) mod scope {
    pub(crate) use atproto_oauth::{DeclaredScopes, Scope, ScopeSet};
}

#[path = "../../atproto-oauth/src/scope/tests/laws.rs"]
mod laws;

/// What holds for one text, whatever it is.
pub fn one(text: &str) {
    laws::one(text);
}

/// What holds for one list, as a server might send it.
pub fn list(text: &str) {
    laws::list(text);
}

/// What holds for three lists beside each other.
pub fn lists(a: &str, b: &str, c: &str) {
    laws::lists(a, b, c);
}
