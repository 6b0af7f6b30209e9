use vendored::auth::prelude::*;

mod vendored {
    pub use ::atproto_oauth as auth;
}

// A decoy: what is generated must not look here.
mod atproto_oauth {}

#[vendored::auth::atproto_oauth(
    callback = signed_in,
    scopes = ["atproto", "blob:image/*"],
    crate = crate::crate_path::vendored::auth,
)]
#[derive(Clone)]
struct Absolute {
    oauth: OAuthClient,
}

#[vendored::auth::atproto_oauth(callback = signed_in, crate = vendored::auth)]
#[derive(Clone)]
struct Relative {
    oauth: OAuthClient,
}

async fn signed_in() {}

#[test]
fn compiles() {
    let _ = (Absolute::oauth_routes(), Relative::oauth_routes());
}
