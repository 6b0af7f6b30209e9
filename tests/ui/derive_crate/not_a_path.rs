// mistakes: 3
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[derive(SessionExtractor)]
#[session(app = App, crate = atproto_oauth<App>)]
struct Generic {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, crate = 1)]
struct Number {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, crate = "atproto_oauth")]
struct String {
    did: Did,
}

uses_authors!(App, Generic, Number, String);

fn main() {}
