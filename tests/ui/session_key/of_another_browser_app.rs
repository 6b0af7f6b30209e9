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

async fn switch(accounts: Accounts<App>, key: OtherSessionKey) {
    let _ = accounts.session(&key).await;
}

fn main() {}
