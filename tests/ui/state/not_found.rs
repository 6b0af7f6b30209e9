// mistakes: 3
use std::sync::Arc;

use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in, state = arc<LowerCase>)]
struct LowerCase(OAuthClient);

#[atproto_oauth(callback = signed_in, state = Stat)]
#[derive(Clone)]
struct Unknown(OAuthClient);

#[atproto_oauth(callback = signed_in, state = Arc<UnknownParameter<E>>)]
struct UnknownParameter<D> {
    oauth: OAuthClient,
    database: D,
}

fn main() {}
