// errors: 3, for one mistake: the compiler asks for each bound of the trait
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
