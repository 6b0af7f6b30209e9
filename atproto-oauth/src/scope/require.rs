//! What `#[session(requires = […])]` proves while compiling.

use std::marker::PhantomData;

use super::const_panic::fail;
use super::declared::DeclaredScopes;
use super::percent::same_bytes;
use super::permission::Permission;

/// Proves that an application named `app` declares the permission `text`.
///
/// Where `scopes` is `None`, or one of them is no permission, only `text` itself is looked at: the
/// other mistake is reported at its own place, and one mistake is one error.
///
/// ```
/// # use atproto_oauth::{DeclaredScopes, scope::require};
/// const SCOPES: DeclaredScopes = DeclaredScopes::new(&["atproto", "repo:app.bsky.feed.post"], &[]);
/// const _: () = require(Some(SCOPES), "App", "repo:app.bsky.feed.post?action=create");
/// ```
///
/// # Panics
///
/// Where `text` is no permission, or `scopes` do not cover it.
#[track_caller]
pub const fn require(scopes: Option<DeclaredScopes>, app: &str, text: &str) {
    let permission = match Permission::parse_declared(text) {
        Ok(permission) => permission,
        Err(_) if text.is_empty() => fail(&["an empty text is not a permission; remove it"]),
        Err(reason) => fail(&["`", text, "` is not a permission: ", reason]),
    };
    if let Some(scopes) = scopes
        && !scopes.covers_if_readable(text, permission)
        && scopes.is_readable()
    {
        if let Some(read) = scopes.only_read(text) {
            fail(&[
                "`",
                app,
                "` declares `",
                read,
                "`, which is there to read and not to manage; write `",
                text,
                "` in its place",
            ]);
        }
        if let Some(set) = scopes.set_of(text) {
            fail(&[
                "`",
                app,
                "` does not declare `",
                text,
                "`, unless it comes from `",
                set,
                "`; require that set by the same text, or add the permission to `scopes` or \
                 `optional_scopes` of its `#[atproto_oauth]`",
            ]);
        }
        fail(&[
            "`",
            app,
            "` does not declare `",
            text,
            "`; add it to `scopes` or `optional_scopes` of its `#[atproto_oauth]`",
        ]);
    }
}

/// As [`require`], for the `n`th of several permissions, none of which is there twice.
///
/// ```compile_fail,E0080
/// # use atproto_oauth::{DeclaredScopes, scope::require_nth};
/// const SCOPES: DeclaredScopes = DeclaredScopes::new(&["atproto", "blob:*/*"], &[]);
/// const REQUIRED: &[&str] = &["blob:*/*", "blob:*/*"];
/// const _: () = require_nth(Some(SCOPES), "App", REQUIRED, 1);
/// ```
///
/// # Panics
///
/// Where that permission is none, is required twice, or `scopes` do not cover it.
#[track_caller]
pub const fn require_nth(scopes: Option<DeclaredScopes>, app: &str, required: &[&str], n: usize) {
    let Some((before, [text, ..])) = required.split_at_checked(n) else {
        return;
    };
    require(scopes, app, text);
    let mut rest = before;
    while let Some((other, after)) = rest.split_first() {
        if same_bytes(other.as_bytes(), text.as_bytes()) {
            fail(&["`", text, "` is required twice; remove one"]);
        }
        rest = after;
    }
}

/// Looks up the scopes that the application `A` declares, for types that may be no application.
///
/// `ScopesOf::<A>::SCOPES` is `Some` by an inherent constant for an application, and `None` by [`NoScopes`] for any
/// other type.
#[derive(Debug)]
pub struct ScopesOf<A>(PhantomData<A>);

/// The scopes of a type that is no application: none.
pub trait NoScopes {
    /// `None`: the type declares no scopes.
    const SCOPES: Option<DeclaredScopes> = None;
}

impl<A> NoScopes for ScopesOf<A> {}
