// mistakes: 5
use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Other {
    oauth: OAuthClient,
}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Session(OAuthClient);

fn greet(_: &SessionSession) {}

fn uses_session() {
    let _ = |session: OtherSession| greet(&session);
}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Key(OAuthClient);

fn mix(key: KeySessionKey) -> OtherSessionKey {
    key
}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct KeyOfTheBrowser(OAuthClient);

async fn switch(accounts: Accounts<KeyOfTheBrowser>, key: OtherSessionKey) {
    let _ = accounts.session(&key).await;
}

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Restored {
    oauth: OAuthClient,
}

async fn restore(app: Restored, key: OtherSessionKey) -> Result<RestoredSession, Error> {
    app.oauth.session(&key).await
}

mod string_in_its_place {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct App {
        oauth: OAuthClient,
    }

    async fn restore(app: App, key: String) -> Result<AppSession, Error> {
        app.oauth.session(&key).await
    }
}

fn main() {}
