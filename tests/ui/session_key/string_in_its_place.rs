use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

async fn restore(app: App, key: String) -> Result<AppSession, Error> {
    app.oauth.session(&key).await
}

fn main() {}
