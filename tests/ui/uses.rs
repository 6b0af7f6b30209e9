// What a program uses of what the macros write. It is there also where an argument is mistaken, so that
// the compiler reports the mistake and nothing else.

#[allow(unused_macros)]
macro_rules! uses_app {
    () => {
        async fn me(_: AppSession, _: Option<AppSession>) {}

        fn uses() {
            let _: Option<AppSessionKey> = None;
            let _ = App::oauth_builder();
            let _ = App::oauth_from_env();
            let _: axum::Router<App> = App::oauth_routes().route("/", axum::routing::get(me));
        }
    };
}

#[allow(unused_macros)]
macro_rules! uses_authors {
    ($app:ident, $($author:ident),*) => {
        fn uses() {
            let _: axum::Router<$app> = $app::oauth_routes()$(.route(stringify!($author), {
                async fn page(_: $author, _: Option<$author>) {}
                axum::routing::get(page)
            }))*;
        }
    };
}
