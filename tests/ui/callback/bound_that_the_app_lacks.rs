use atproto_oauth::prelude::*;
use std::sync::Arc;

#[atproto_oauth(callback = signed_in, state = Arc<App<D>>)]
struct App<D> {
    oauth: OAuthClient,
    database: D,
}

trait Database: Send + Sync + 'static {}

async fn signed_in<D: Database>(_: Login<App<D>>) {}

fn main() {}
