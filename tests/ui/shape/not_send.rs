// errors: 7, for one mistake: the compiler asks for each bound at each place that needs it
use atproto_oauth::prelude::*;
use std::rc::Rc;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
    visits: Rc<u64>,
}

async fn signed_in() {}

fn main() {}
