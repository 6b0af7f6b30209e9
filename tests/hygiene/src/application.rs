//! Applications, of which nothing is used.

use ::core::assert;
use ::core::clone::Clone;
use ::core::fmt::Debug;
use ::core::marker::Sized;
use ::sign_in::axum::routing::get;
use ::sign_in::axum::Router;
use ::sign_in::{atproto_oauth, Login, OAuthApp as _, OAuthClient, OAuthError};

/// With every argument.
#[atproto_oauth(
    callback = signed_in,
    logout = signed_out,
    error = sorry,
    scopes = ["atproto", "blob:image/*"],
    optional_scopes = ["repo:app.bsky.feed.post"],
    prefix = "/auth",
    client = client,
    accounts = 2,
    session = Person,
    session_key = PersonKey,
    state = ::std::sync::Arc<Public>,
    crate = ::sign_in,
)]
#[derive(Debug)]
#[non_exhaustive]
pub struct Public {
    /// The client.
    pub client: OAuthClient,
}

async fn signed_in(_: Login<Public>) {}

async fn signed_out() {}

async fn sorry(_: OAuthError) {}

pub(crate) mod inner {
    use ::core::clone::Clone;
    use ::core::fmt::Debug;
    use ::sign_in::{atproto_oauth, OAuthClient};

    #[atproto_oauth(callback = super::signed_out, crate = ::sign_in)]
    #[derive(Clone, Debug)]
    pub(crate) struct Crate {
        pub(crate) oauth: OAuthClient,
    }

    pub(super) mod deeper {
        use ::core::clone::Clone;
        use ::core::fmt::Debug;
        use ::sign_in::{atproto_oauth, OAuthClient};

        #[atproto_oauth(callback = signed_in, crate = ::sign_in)]
        #[derive(Clone, Debug)]
        pub(in crate::application) struct Path {
            pub(in crate::application) oauth: OAuthClient,
        }

        async fn signed_in() {}
    }
}

#[atproto_oauth(callback = signed_out, crate = ::sign_in)]
#[derive(Clone)]
struct Private(OAuthClient);

/// Makes applications that no other module can name.
#[inline]
#[must_use]
pub fn applications(client: OAuthClient) -> (impl Clone, impl Clone, impl Clone) {
    let deep = inner::deeper::Path {
        oauth: client.clone(),
    };
    let near = inner::Crate {
        oauth: client.clone(),
    };
    (deep, near, Private(client))
}

/// Gives the routes of one of them.
#[inline]
pub fn routes() -> Router<impl Sized> {
    async fn page(_: inner::CrateSession) {}
    inner::Crate::oauth_routes().route("/", get(page))
}

const _: () = assert!(Public::ACCOUNTS == 2, "`accounts = 2`");
