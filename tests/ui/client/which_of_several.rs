// mistakes: 4
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod two_fields {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct App {
        people: OAuthClient,
        robots: OAuthClient,
    }
    uses_app!();
}

mod two_fields_and_one_cfg {
    use super::*;
    #[atproto_oauth(callback = done)]
    #[derive(Clone)]
    struct App {
        #[cfg(any())]
        old: OAuthClient,
        oauth: OAuthClient,
        other: OAuthClient,
    }

    async fn done() {}

    fn uses() {
        let _: axum::Router<App> = App::oauth_routes();
    }
}

mod cfg_before_it {
    use super::*;
    #[atproto_oauth(callback = done)]
    #[derive(Clone)]
    struct App(#[cfg(any())] u8, OAuthClient);

    async fn done() {}

    fn uses() {
        let _: axum::Router<App> = App::oauth_routes();
    }
}

mod cfg_with_two_names {
    use super::*;
    #[atproto_oauth(callback = done)]
    #[derive(Clone)]
    struct App {
        #[cfg(any())]
        old: OAuthClient,
        #[cfg(all())]
        new: OAuthClient,
    }

    async fn done() {}

    fn uses() {
        let _: axum::Router<App> = App::oauth_routes();
    }
}

fn main() {}
