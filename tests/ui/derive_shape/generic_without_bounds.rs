use atproto_oauth::prelude::*;
use axum::routing::get;

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[atproto_oauth(callback = done, state = std::sync::Arc<Site<D>>)]
struct Site<D> {
    oauth: OAuthClient,
    data: D,
}

#[derive(SessionExtractor)]
#[session(app = Site<D>)]
struct Author<D> {
    session: SiteSession<D>,
}

fn main() {}
