// mistakes: 3
// errors: 4, the compiler itself wants a literal after `=`
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[derive(SessionExtractor)]
#[session]
struct Nothing {
    did: Did,
}

#[derive(SessionExtractor)]
#[session]
#[session(app = App)]
struct FirstOfTwo {
    did: Did,
}

#[derive(SessionExtractor)]
#[session = App]
struct Equals {
    did: Did,
}

uses_authors!(App, Nothing, FirstOfTwo, Equals);

fn main() {}
