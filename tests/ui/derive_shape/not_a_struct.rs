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
enum OnEnum {
    Person(Did),
}

#[derive(SessionExtractor)]
#[session(app = App)]
union OnUnion {
    did: u8,
}

uses_authors!(App, OnEnum, OnUnion);

fn main() {}
