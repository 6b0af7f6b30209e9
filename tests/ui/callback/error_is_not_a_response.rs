use atproto_oauth::prelude::*;
use axum::response::Redirect;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in(_: Login<App>) -> Result<Redirect, std::io::Error> {
    Ok(Redirect::to("/"))
}

fn main() {}
