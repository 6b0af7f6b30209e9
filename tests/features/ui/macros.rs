// mistakes: 1
use atproto_oauth::OAuthClient;

#[atproto_oauth::atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
