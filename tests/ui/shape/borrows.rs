// mistakes: 2
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod borrows {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct App<'a> {
        oauth: OAuthClient,
        name: &'a str,
    }

    async fn signed_in(_: Login<App<'static>>) {}

    async fn me(_: AppSession) {}

    fn uses() {
        let _: axum::Router<App> = App::oauth_routes().route("/", axum::routing::get(me));
    }
}

mod several_lifetimes {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct App<'a, 'b: 'a> {
        oauth: OAuthClient,
        names: &'a [&'b str],
    }
    uses_app!();
}

fn main() {}
