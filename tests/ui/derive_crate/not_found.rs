// mistakes: 2
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[derive(SessionExtractor)]
#[session(app = App, crate = ::atproto_oath)]
struct Unknown {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, crate = crate::vendored)]
struct UnknownModule {
    did: Did,
}

uses_authors!(App, Unknown, UnknownModule);

fn main() {}
