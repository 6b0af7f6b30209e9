// mistakes: 3
use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in, crate = ::auth)]
#[derive(Clone)]
struct Renamed(OAuthClient);

#[atproto_oauth(callback = signed_in, crate = ::atproto_oath)]
#[derive(Clone)]
struct Unknown(OAuthClient);

#[atproto_oauth(callback = signed_in, crate = crate::vendored)]
#[derive(Clone)]
struct UnknownModule(OAuthClient);

fn main() {}
