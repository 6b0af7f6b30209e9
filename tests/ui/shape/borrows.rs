use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App<'a> {
    oauth: OAuthClient,
    name: &'a str,
}

async fn signed_in(_: Login<App<'static>>) {}

async fn me(_: AppSession) {}

fn main() {
    let _: axum::Router<App> = App::oauth_routes().route("/", axum::routing::get(me));
}
