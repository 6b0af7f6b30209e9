// mistakes: 2
use std::sync::Arc;

use atproto_oauth::prelude::*;

trait Database: Send + Sync + 'static {}

#[atproto_oauth(callback = shared_app, state = Arc<SharedApp<D>>)]
struct SharedApp<D> {
    oauth: OAuthClient,
    database: D,
}

async fn shared_app<D: Database>(_: Login<SharedApp<D>>) {}

#[atproto_oauth(callback = cloned_app)]
#[derive(Clone)]
struct ClonedApp<D> {
    oauth: OAuthClient,
    database: D,
}

async fn cloned_app<D: Database>(_: Login<ClonedApp<D>>) {}

fn main() {}
