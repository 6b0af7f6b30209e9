//! Permissions that stand in a `static`, and what else a field may hold.

use atproto_oauth::prelude::*;
use axum::Router;

static NOTE: &str = "repo:com.example.note";
static BLOB: &str = "blob:*/*";

#[atproto_oauth(callback = signed_in, scopes = ["atproto", NOTE], optional_scopes = [BLOB])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

type Show = fn(&Did) -> &str;

#[derive(SessionExtractor)]
#[session(app = App, requires = [NOTE, BLOB])]
struct Author {
    #[session(with = show)]
    show: fn(&Did) -> &str,
}

async fn show(_: &AppSession, _: &App) -> Result<Show, String> {
    Ok(Did::as_str)
}

#[test]
fn compiles() {
    let _: Router<App> = App::oauth_routes();
    assert_eq!(App::SCOPES.all(), "atproto repo:com.example.note blob:*/*");
    assert_eq!(Author::REQUIRES, [NOTE, BLOB]);
    let _ = |author: Author| author.show;
}
