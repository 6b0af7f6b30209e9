use atproto_oauth::prelude::*;

macro_rules! app {
    ($callback:vis $name:ident) => {
        #[atproto_oauth(callback = $callback)]
        #[derive(Clone)]
        struct $name {
            oauth: OAuthClient,
        }
    };
}

app!(App);

async fn me(_: AppSession, _: Option<AppSession>) {}

fn main() {
    let _: Option<AppSessionKey> = None;
    let _ = App::oauth_builder();
    let _ = App::oauth_from_env();
    let _: axum::Router<App> = App::oauth_routes().route("/", axum::routing::get(me));
}
