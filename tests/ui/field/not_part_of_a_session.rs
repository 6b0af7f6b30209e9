// mistakes: 4
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[atproto_oauth(callback = done)]
#[derive(Clone)]
struct Other {
    oauth: OAuthClient,
}

struct Profile;

#[derive(SessionExtractor)]
#[session(app = App)]
struct KeyOfAnotherApp(OtherSessionKey);

#[derive(SessionExtractor)]
#[session(app = App)]
struct OptionalDid {
    did: Option<Did>,
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct SessionOfAnotherApp {
    session: OtherSession,
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct WithoutLoader {
    profile: Profile,
}

uses_authors!(
    App,
    KeyOfAnotherApp,
    OptionalDid,
    SessionOfAnotherApp,
    WithoutLoader
);

fn main() {}
