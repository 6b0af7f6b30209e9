#![deny(warnings)]

use atproto_oauth::prelude::*;

#[test]
fn compiles() {
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct App {
        oauth: OAuthClient,
    }

    async fn signed_in(_: Login<App>) {}

    async fn me(_: AppSession) {
        let _: Option<AppSessionKey> = None;
    }

    let _ = App::oauth_builder();
    let _: axum::Router<App> = App::oauth_routes().route("/", axum::routing::get(me));
}
