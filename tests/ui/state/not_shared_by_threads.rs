// mistakes: 3
// errors: 6, the compiler asks for each bound of the trait
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in, state = Rc<StateOfRc>)]
struct StateOfRc(OAuthClient);

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct CountsInRc {
    oauth: OAuthClient,
    visits: Rc<u64>,
}

#[atproto_oauth(callback = signed_in, state = Arc<CountsInCell>)]
struct CountsInCell {
    oauth: OAuthClient,
    visits: Cell<u64>,
}

fn main() {}
