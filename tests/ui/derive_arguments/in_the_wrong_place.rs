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
#[session(app = App)]
struct OnAField {
    #[session(app = App)]
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, with = load)]
struct OnTheStruct {
    did: Did,
}

uses_authors!(App, OnAField, OnTheStruct);

fn main() {}
