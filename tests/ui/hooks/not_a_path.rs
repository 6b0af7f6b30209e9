// mistakes: 22
use atproto_oauth::prelude::*;
use axum::response::Redirect;

include!("../uses.rs");

async fn signed_in() {}

mod block {
    use super::*;
    #[atproto_oauth(callback = async { "hello" })]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod called {
    use super::*;
    #[atproto_oauth(callback = signed_in())]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod closure {
    use super::*;
    #[atproto_oauth(callback = |login: Login<App>| async { "hello" })]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod closure_of_two {
    use super::*;
    #[atproto_oauth(callback = |_: axum::http::Method, _: axum::http::Uri| async { "text" })]
    #[derive(Clone)]
    struct App(OAuthClient);

    fn uses() {
        let _: axum::Router<App> = App::oauth_routes();
    }
}

mod dotted {
    use super::*;
    #[atproto_oauth(callback = pages.signed_in)]
    #[derive(Clone)]
    struct App(OAuthClient);

    mod pages {
        pub async fn signed_in() {}
    }
    uses_app!();
}

mod half_typed_path {
    use super::*;
    #[atproto_oauth(callback = pages::)]
    #[derive(Clone)]
    struct App(OAuthClient);

    mod pages {}
    uses_app!();
}

mod in_braces {
    use super::*;
    #[atproto_oauth(callback = { signed_in })]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod in_quotes {
    use super::*;
    #[atproto_oauth(callback = "signed_in")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod list {
    use super::*;
    #[atproto_oauth(callback = [signed_in, welcome])]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn welcome() {}
    uses_app!();
}

mod number {
    use super::*;
    #[atproto_oauth(callback = 5)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod reference {
    use super::*;
    #[atproto_oauth(callback = &signed_in)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod route {
    use super::*;
    #[atproto_oauth(callback = "/callback")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod without_turbofish {
    use super::*;
    #[atproto_oauth(callback = signed_in<u8>)]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn signed_in<T>() {}
}

mod error_called {
    use super::*;
    #[atproto_oauth(callback = signed_in, error = sorry())]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn sorry() {}
    uses_app!();
}

mod error_closure {
    use super::*;
    #[atproto_oauth(callback = signed_in, error = |error| error.to_string())]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod error_closure_of_two {
    use super::*;
    #[atproto_oauth(callback = done, error = |_: axum::http::Method, _: axum::http::Uri| async { "text" })]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn done() {}

    fn uses() {
        let _: axum::Router<App> = App::oauth_routes();
    }
}

mod error_number {
    use super::*;
    #[atproto_oauth(callback = signed_in, error = 500)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod error_route {
    use super::*;
    #[atproto_oauth(callback = signed_in, error = "/sorry")]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod logout_called {
    use super::*;
    #[atproto_oauth(callback = signed_in, logout = signed_out())]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn signed_out() {}
    uses_app!();
}

mod logout_number {
    use super::*;
    #[atproto_oauth(callback = signed_in, logout = 5)]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod logout_redirect {
    use super::*;
    #[atproto_oauth(callback = signed_in, logout = Redirect::to("/"))]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod logout_route {
    use super::*;
    #[atproto_oauth(callback = signed_in, logout = "/")]
    #[derive(Clone)]
    struct App(OAuthClient);
}

fn main() {}
