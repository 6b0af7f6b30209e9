//! Structs that a macro makes.

use ::core::clone::Clone;
use ::core::fmt::Debug;
use ::core::result::Result;
use ::sign_in::axum::http::StatusCode;
use ::sign_in::axum::routing::get;
use ::sign_in::axum::Router;
use ::sign_in::{atproto_oauth, Did, OAuthClient, Session, SessionExtractor};

macro_rules! make {
    ($(#[$doc:meta])* $app:ident, $client:ident, $callback:path, $ty:ty, $scope:literal) => {
        $(#[$doc])*
        #[atproto_oauth(callback = $callback, optional_scopes = [$scope], crate = ::sign_in)]
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct $app {
            /// The client.
            pub $client: $ty,
        }
    };
    ($name:ident of $app:ty, $loader:path, $scope:expr) => {
        /// An extractor.
        #[derive(Debug, SessionExtractor)]
        #[session(app = $app, requires = [$scope], crate = ::sign_in)]
        #[non_exhaustive]
        pub struct $name {
            /// Who it is.
            pub did: Did,
            /// Loaded.
            #[session(with = $loader)]
            pub loaded: u8,
        }
    };
    // All names but one are the macro's own.
    (all of $app:ident) => {
        async fn own() {}

        /// An application.
        #[atproto_oauth(callback = own, optional_scopes = ["blob:*/*"], crate = ::sign_in)]
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct $app(OAuthClient);

        async fn load_own(_: &Session<$app>, _: &$app) -> Result<u8, StatusCode> {
            Result::Ok(1)
        }

        /// Its extractor.
        #[derive(Debug, SessionExtractor)]
        #[session(app = $app, requires = ["blob:image/png"], crate = ::sign_in)]
        #[non_exhaustive]
        pub struct OfAll(#[session(with = load_own)] pub u8);
    };
}

make!(
    /// An application.
    Made, auth, signed_in, OAuthClient, "repo:app.bsky.feed.post"
);
make!(Author of Made, load, "repo:app.bsky.feed.post?action=create");
make!(all of All);

async fn signed_in() {}

async fn load(_: &MadeSession, _: &Made) -> Result<u8, StatusCode> {
    Result::Ok(1)
}

/// Adds pages that take them.
#[inline]
pub fn routes() -> (Router<Made>, Router<All>) {
    async fn page(_: Author) {}
    async fn all(_: OfAll) {}
    (
        Made::oauth_routes().route("/", get(page)),
        All::oauth_routes().route("/", get(all)),
    )
}
