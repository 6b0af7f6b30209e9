// errors: 6
use atproto_oauth::prelude::*;

#[atproto_oauth(
    callback = signed_in,
    scopes = [
        "atproto",
        "repo:app.bsky.*",
        "rpc:*?aud=*",
        "blob:*/png",
        "repo:%ZZ",
        "account:status",
    ],
    optional_scopes = ["repo:x y"],
)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
