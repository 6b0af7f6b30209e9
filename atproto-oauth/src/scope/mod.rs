//! Permissions, which OAuth calls scopes: what a person lets an application do.
//!
//! [`Scope`] is one permission, [`ScopeSet`] what a token holds, [`DeclaredScopes`] what an
//! application may ever ask for, [`PermissionSet`] what stands behind an `include:`. The grammar is
//! written once, as `const fn`: the compiler runs it on the literals of `#[atproto_oauth]`, the
//! program runs the same code on what servers answer.
//!
//! It follows the AT Protocol specification "Permissions" and, for the transitional scopes, "OAuth".

mod asked;
mod build;
mod canonical;
mod covers;
mod declared;
mod entry;
mod expansion;
pub(crate) mod fail;
mod names;
mod one;
mod permission;
mod permission_set;
mod require;
mod rules;
mod set;
mod syntax;
mod text;

#[cfg(test)]
mod tests;

pub use build::{AccountAction, AccountAttr, IdentityAttr, RepoAction};
pub use declared::DeclaredScopes;
pub use one::Scope;
pub use permission_set::PermissionSet;
pub use require::{NoScopes, ScopesOf, require, require_nth};
pub use set::ScopeSet;

/// The text is a namespaced identifier, such as `app.bsky.feed.post`.
pub(crate) const fn is_nsid(text: &str) -> bool {
    // In a permission a `%` would be the start of an encoded byte; here it is refused as it is.
    names::is_nsid(text::Text::new(text.as_bytes())) && text::cut(text.as_bytes(), b'%').1.is_none()
}
