// mistakes: 4
use std::sync::{Arc, Mutex};

use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod locked {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = oauth)]
    #[derive(Clone)]
    struct App {
        oauth: Arc<Mutex<OAuthClient>>,
    }
    uses_app!();
}

mod option {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = oauth)]
    #[derive(Clone)]
    struct App {
        oauth: Option<OAuthClient>,
    }
    uses_app!();
}

mod same_name_other_type {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct App {
        oauth: other::OAuthClient,
    }

    mod other {
        #[derive(Clone)]
        pub struct OAuthClient;
    }
    uses_app!();
}

mod wrong_type {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = name)]
    #[derive(Clone)]
    struct App {
        name: String,
    }
    uses_app!();
}

fn main() {}
