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
struct Alone {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(requires = ["repo:com.example.note?action=create"])]
struct BesideOthers {
    did: Did,
}

uses_authors!(App, Alone, BesideOthers);

fn main() {}
