//! Nothing that is generated is the user's to answer for.
#![deny(warnings, missing_docs, unreachable_pub, unnameable_types, private_interfaces)]
#![deny(missing_debug_implementations, single_use_lifetimes, unused_qualifications)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

use atproto_oauth::prelude::*;

/// A public application, of which nothing is used.
#[atproto_oauth(
    callback = signed_in,
    scopes = ["atproto", "blob:image/*"],
    optional_scopes = ["repo:app.bsky.feed.post"],
    accounts = 2,
)]
#[derive(Clone, Debug)]
pub struct Public {
    oauth: OAuthClient,
}

async fn signed_in() {}

mod inner {
    use atproto_oauth::prelude::*;

    #[atproto_oauth(callback = super::signed_in)]
    #[derive(Clone, Debug)]
    pub(crate) struct Crate {
        pub(crate) oauth: OAuthClient,
    }

    /// Deeper.
    pub(super) mod deeper {
        use atproto_oauth::prelude::*;

        #[atproto_oauth(callback = signed_in)]
        #[derive(Clone, Debug)]
        pub(in super::super) struct Path {
            oauth: OAuthClient,
        }

        async fn signed_in() {}
    }
}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Private {
    oauth: OAuthClient,
}

async fn me(_: inner::CrateSession, _: inner::deeper::PathSession) {}

fn main() {
    let _: axum::Router<inner::Crate> = inner::Crate::oauth_routes();
    let _: axum::Router<Private> = atproto_oauth::routes::<Private>();
    let _ = me;
    let _ = |app: inner::Crate| app.oauth;
}
