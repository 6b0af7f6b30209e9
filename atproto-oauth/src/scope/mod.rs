//! Permissions, which OAuth calls scopes: what a person lets an application do.
//!
//! [`Scope`] is one permission, [`ScopeSet`] what a token holds, [`DeclaredScopes`] what an
//! application may ever ask for, [`PermissionSet`] what stands behind an `include:`. The grammar is
//! written once, as `const fn`: the compiler runs it on the literals of `#[atproto_oauth]`, the
//! program runs the same code on what servers answer.
//!
//! It follows the AT Protocol specification "Permissions" and, for the transitional scopes, "OAuth".

mod build;
mod canonical;
pub(crate) mod const_panic;
mod covers;
mod declarable;
mod declared;
mod entry;
mod expansion;
mod media_type;
mod nsid;
mod percent;
mod permission;
mod permission_set;
mod policy;
pub(crate) mod require;
mod resources;
#[expect(clippy::module_inception, reason = "the scope itself")]
mod scope;
mod set;
mod syntax;

#[cfg(test)]
mod tests;

pub use build::{AccountAction, AccountAttr, IdentityAttr, RepoAction};
pub use declared::DeclaredScopes;
pub use permission_set::PermissionSet;
pub use require::require;
pub use scope::Scope;
pub use set::ScopeSet;

/// The text is a namespaced identifier, such as `app.bsky.feed.post`.
pub(crate) const fn is_nsid(text: &str) -> bool {
    // In a permission a `%` would be the start of an encoded byte; here it is refused as it is.
    nsid::is_nsid(percent::Text::new(text.as_bytes()))
        && percent::cut(text.as_bytes(), b'%').1.is_none()
}
