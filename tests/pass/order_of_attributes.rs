use atproto_oauth::prelude::*;

#[derive(Clone)]
#[atproto_oauth(callback = signed_in)]
/// A comment below.
#[derive(Debug)]
#[non_exhaustive]
struct Below {
    oauth: OAuthClient,
}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone, Debug)]
struct Above {
    oauth: OAuthClient,
}

async fn signed_in() {}

#[test]
fn compiles() {
    let _ = (Below::oauth_routes(), Above::oauth_routes());
}
