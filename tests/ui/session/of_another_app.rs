use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Other {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn greet(_: &AppSession) {}

fn main() {
    let _ = |session: OtherSession| greet(&session);
}
