use atproto_oauth::prelude::*;
use axum::response::Redirect;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

fn signed_in(login: Login<App>) -> Redirect {
    Redirect::to(login.return_to())
}

fn main() {}
