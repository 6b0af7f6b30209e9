use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App<D: Database> {
    oauth: OAuthClient,
    database: D,
}

trait Database: Clone + Send + Sync + 'static {}

async fn signed_in<D: Database>(_: u8, _: Login<App<D>>) {}

fn main() {}
