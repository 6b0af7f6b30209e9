//! An attribute macro sees the fields before `#[cfg]` takes some away.

use atproto_oauth::prelude::*;
use axum::Router;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Gone {
    #[cfg(any())]
    old: OAuthClient,
    oauth: OAuthClient,
}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct OneName {
    #[cfg(test)]
    oauth: OAuthClient,
    #[cfg(any())]
    oauth: OAuthClient,
}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct OneOfTwoTypes {
    #[cfg(any())]
    oauth: u8,
    #[cfg(test)]
    oauth: OAuthClient,
}

#[atproto_oauth(callback = signed_in, client = 0)]
#[derive(Clone)]
struct Said(#[cfg(any())] u8, OAuthClient);

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct After(OAuthClient, #[cfg(any())] OAuthClient);

async fn signed_in() {}

#[test]
fn compiles() {
    let _: Router<Gone> = Gone::oauth_routes();
    let _: Router<OneName> = OneName::oauth_routes();
    let _: Router<OneOfTwoTypes> = OneOfTwoTypes::oauth_routes();
    let _: Router<Said> = Said::oauth_routes();
    let _: Router<After> = After::oauth_routes();
}
