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
#[session(app = "App")]
struct AppArgument {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, rejection = "ApiError")]
struct Rejection {
    did: Did,
}

uses_authors!(App, AppArgument, Rejection);

fn main() {}
