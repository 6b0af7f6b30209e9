use atproto_oauth::prelude::*;
use axum::extract::{Form, State};

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in(_: Form<Vec<(String, String)>>, _: State<App>) {}

fn main() {}
