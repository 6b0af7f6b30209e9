use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, error = sorry)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

async fn sorry(_: OAuthError) -> Result<String, std::fmt::Error> {
    Ok(String::new())
}

fn main() {}
