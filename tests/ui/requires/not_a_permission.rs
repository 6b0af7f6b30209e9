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
#[session(app = App, requires = ["repo:com.example.*"])]
struct BadGrammar {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, requires = [""])]
struct EmptyString {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, requires = ["account:status"])]
struct Undeclarable {
    did: Did,
}

uses_authors!(App, BadGrammar, EmptyString, Undeclarable);

fn main() {}
