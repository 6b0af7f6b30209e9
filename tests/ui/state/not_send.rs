use atproto_oauth::prelude::*;
use std::rc::Rc;

#[atproto_oauth(callback = signed_in, state = Rc<App>)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

fn main() {}
