#![expect(non_snake_case, dead_code, reason = "names that shadow are not pretty")]

use ::atproto_oauth::prelude::*;

mod core {}
mod std {}
mod axum {}
mod atproto_oauth {}
struct Hook;
struct Hooks;
struct Paths;
struct Router;
struct Send;
struct String;
type Option = u8;
type Result = u8;
trait Default {}
fn Ok() {}
fn Some() {}

#[atproto_oauth(callback = Hook::signed_in)]
#[derive(::core::clone::Clone)]
struct App {
    oauth: OAuthClient,
}

impl Hook {
    async fn signed_in() {}
}

#[test]
fn compiles() {
    let _ = App::oauth_routes();
    drop(App::oauth_from_env());
}
