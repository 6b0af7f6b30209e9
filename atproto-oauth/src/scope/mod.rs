//! Permissions, which OAuth calls scopes: what a person lets an application do.
//!
//! [`Scope`] is one permission, [`ScopeSet`] what a token holds, [`DeclaredScopes`] what an
//! application may ever ask for. The grammar is written once, as `const fn`: the compiler runs it on
//! the literals of `#[atproto_oauth]`, the program runs the same code on what servers answer.
//!
//! It follows the AT Protocol specification "Permissions" and, for the transitional scopes, "OAuth".

mod canonical;
mod covers;
mod declared;
mod expansion;
pub(crate) mod fail;
mod names;
mod one;
mod permission;
mod require;
mod rules;
mod set;
mod syntax;
mod text;

#[cfg(test)]
mod tests;

pub use declared::DeclaredScopes;
pub use one::Scope;
pub use require::{NoScopes, ScopesOf, require};
pub use set::ScopeSet;
