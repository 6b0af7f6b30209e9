// mistakes: 3
use std::sync::Arc;

use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in, state = &Borrowed)]
struct Borrowed(OAuthClient);

#[atproto_oauth(callback = signed_in, state = Arc<WithoutGenerics>)]
struct WithoutGenerics<D> {
    oauth: OAuthClient,
    database: D,
}

#[atproto_oauth(callback = signed_in, state = Arc)]
struct WithoutItsParameter(OAuthClient);

fn main() {}
