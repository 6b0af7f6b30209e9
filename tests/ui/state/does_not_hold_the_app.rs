// mistakes: 5
// errors: 6, the compiler looks at the state and at what is extracted from it
use std::sync::Arc;

use atproto_oauth::prelude::*;

async fn signed_in() {}

#[derive(Clone)]
struct Site;

#[atproto_oauth(callback = signed_in, state = Site)]
struct NothingInIt(OAuthClient);

#[atproto_oauth(callback = of_the_login, state = Site)]
struct OfTheLogin(OAuthClient);

async fn of_the_login(_: Login<OfTheLogin>) {}

#[atproto_oauth(callback = signed_in, state = Arc<Other>)]
struct OfAnotherApp(OAuthClient);

struct Other;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct SessionOfAForeignState(OAuthClient);

fn needs<T: axum::extract::FromRequestParts<u8>>() {}

fn uses_session_of_a_foreign_state() {
    needs::<SessionOfAForeignStateSession>();
}

#[atproto_oauth(callback = signed_in, state = ())]
struct Unit(OAuthClient);

fn main() {}
