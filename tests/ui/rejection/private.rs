use atproto_oauth::prelude::*;
use axum::routing::get;

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
pub struct App {
    oauth: OAuthClient,
}

async fn done() {}

struct ApiError;

impl From<atproto_oauth::SessionRejection> for ApiError {
    fn from(_: atproto_oauth::SessionRejection) -> Self {
        Self
    }
}

impl axum::response::IntoResponse for ApiError {
    fn into_response(self) -> axum::response::Response {
        ().into_response()
    }
}

#[derive(SessionExtractor)]
#[session(app = App, rejection = ApiError)]
pub struct Author {
    pub did: Did,
}

async fn page(_: Author, _: Option<Author>) {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes().route("/", get(page));
}
