// mistakes: 4
use std::sync::Arc;

use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod no_field {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct App {
        name: String,
    }
    uses_app!();
}

mod parameter {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct App<C> {
        oauth: C,
    }
}

mod shared {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct App {
        oauth: Arc<OAuthClient>,
    }
    uses_app!();
}

mod unit_struct {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct App;
    uses_app!();
}

fn main() {}
