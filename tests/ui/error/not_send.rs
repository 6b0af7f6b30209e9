use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, error = sorry)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

async fn sorry(_: OAuthError) {
    let shared = std::rc::Rc::new(1);
    tick().await;
    drop(shared);
}

async fn tick() {}

fn main() {}
