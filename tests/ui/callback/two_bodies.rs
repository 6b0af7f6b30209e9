use atproto_oauth::prelude::*;
use axum::extract::Request;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in(_: Request, _: String) {}

fn main() {}
