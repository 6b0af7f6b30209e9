// mistakes: 4
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[derive(SessionExtractor)]
#[session(app = Apps)]
struct AppArgument {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = Apps, requires = ["repo:com.example.note?action=create"])]
struct AppWithRequires {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, rejection = ApiError)]
struct Rejection {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Field {
    did: Didd,
}

uses_authors!(App, AppArgument, AppWithRequires, Rejection, Field);

fn main() {}
