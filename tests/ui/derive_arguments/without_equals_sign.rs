// mistakes: 6
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[derive(SessionExtractor)]
#[session(app: App)]
struct Colon {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app(App))]
struct InParentheses {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app App)]
struct WithoutEquals {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, rejection: ApiError)]
struct RejectionColon {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, requires("repo:com.example.note?action=create"))]
struct RequiresInParentheses {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct WithInParentheses {
    did: Did,
    #[session(with(with_in_parentheses))]
    count: u8,
}

async fn with_in_parentheses(_: &AppSession, _: &App) -> Result<u8, String> {
    Ok(1)
}

uses_authors!(
    App,
    Colon,
    InParentheses,
    WithoutEquals,
    RejectionColon,
    RequiresInParentheses,
    WithInParentheses
);

fn main() {}
