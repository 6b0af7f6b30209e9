use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

type L = Login<App>;

async fn signed_in(_: L, _: L, _: L, _: L, _: L, _: L, _: L, _: L, _: L) {}

fn main() {}
