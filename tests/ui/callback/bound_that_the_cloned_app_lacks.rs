use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App<D> {
    oauth: OAuthClient,
    database: D,
}

trait Database: Send + Sync + 'static {}

async fn signed_in<D: Database>(_: Login<App<D>>) {}

fn main() {}
