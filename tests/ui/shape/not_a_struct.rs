// mistakes: 10
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod on_constant {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    const APP: u8 = 1;
}

mod on_enum {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    enum App {
        Ready(OAuthClient),
    }
    uses_app!();
}

mod on_function {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    pub fn app() {}

    fn uses() {
        app();
    }
}

mod on_impl {
    use super::*;
    struct App(OAuthClient);

    #[atproto_oauth(callback = signed_in)]
    impl App {}
}

mod on_import {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    use atproto_oauth::Login;
}

mod on_macro_rules {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    macro_rules! app {
        () => {};
    }
}

mod on_module {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    mod app {}
}

mod on_trait {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    trait App {}
}

mod on_type_alias {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    type App = u8;
}

mod on_union {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone, Copy)]
    union App {
        number: u8,
    }
    uses_app!();
}

fn main() {}
