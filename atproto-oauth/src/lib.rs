#![doc = include_str!("../../README.md")]
#![cfg_attr(
    not(all(feature = "axum", feature = "internals")),
    allow(
        dead_code,
        unnameable_types,
        unreachable_pub,
        unused_imports,
        reason = "what only the web floor uses, and what only tests reach inside for; `lint` checks all features"
    )
)]

#[macro_use]
mod internals;

mod client;
mod error;

#[cfg(not(feature = "internals"))]
mod jose;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod jose;
#[cfg(not(feature = "internals"))]
mod protocol;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod protocol;
pub mod scope;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transport;
pub mod types;
#[cfg(feature = "axum")]
pub mod web;

#[cfg(feature = "axum")]
mod serve;

pub use client::{
    Authorization, AuthorizeOptions, BlobRef, ClientKeyInfo, CreatedRecord, KeyState, OAuthClient,
    OAuthClientBuilder, Paths, Session, SessionInfo, SessionKey, SignedIn, XrpcError, XrpcRequest,
};
pub use error::{Error, ErrorKind};
pub use jose::{ClientKey, PrivateKey, PublicKey};
pub use protocol::par::Prompt;
pub use scope::{DeclaredScopes, Scope, ScopeSet};
pub use store::Store;
pub use types::{Did, Handle};

#[cfg(feature = "macros")]
pub use atproto_oauth_macros::{SessionExtractor, atproto_oauth};
#[cfg(feature = "axum")]
pub use axum;
#[cfg(feature = "axum")]
pub use serve::{oauth_from_env, serve};
#[cfg(feature = "axum")]
pub use web::session_extractor::SessionExtractor;
#[cfg(feature = "axum")]
pub use web::{
    Accounts, HasOAuth, Hook, Hooks, LoggedOut, Login, OAuthApp, OAuthError, SessionRejection,
    routes,
};

/// What only the macros name. Not for use by hand: it changes without notice.
#[cfg(feature = "axum")]
#[doc(hidden)]
pub mod __macro {
    pub use axum;

    pub use crate::scope::require::{NoScopes, ScopesOf, require_nth};

    /// What [`Hook::new`](crate::Hook::new) asks of a function.
    pub mod hook {
        pub use crate::web::hook::answer::{HookFuture, HookResponse};
        pub use crate::web::hook::argument::{HookArg, HookLastArg};
        pub use crate::web::hook::function::{Absent, Arguments, HookFn, Signature};
    }

    pub mod session_extractor {
        pub use crate::web::SessionRejection;
        pub use crate::web::session_extractor::field::take;
        pub use crate::web::session_extractor::loader::{
            Loaded, Loader, LoaderFuture, Movable, load,
        };
        pub use crate::web::session_extractor::proof::{
            Answer, OfRejection, Proved, app, rejection, thread_safe,
        };
        pub use crate::web::session_extractor::{NotMade, extract, extract_optional};
    }
}

/// What a file that uses sign-in needs: `use atproto_oauth::prelude::*;`.
#[cfg(feature = "axum")]
pub mod prelude {
    #[cfg(feature = "macros")]
    pub use crate::atproto_oauth;
    pub use crate::{
        Accounts, Did, Error, Handle, HasOAuth, LoggedOut, Login, OAuthApp, OAuthClient,
        OAuthError, Scope, ScopeSet, Session, SessionExtractor, SessionKey, XrpcError, serve,
    };
    #[doc(no_inline)]
    pub use serde_json::json;
}
