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
#[session(app = App, scope = "repo")]
struct Scope {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, 5)]
struct Literal {
    did: Did,
}

uses_authors!(App, Scope, Literal);

fn main() {}
