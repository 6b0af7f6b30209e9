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
#[session(app = App, requires = [5])]
struct Number {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, requires = "repo:com.example.note?action=create")]
struct OneString {
    did: Did,
}

uses_authors!(App, Number, OneString);

fn main() {}
