use atproto_oauth::prelude::*;
use axum::Router;
use std::sync::Arc;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Tuple((), OAuthClient);

#[atproto_oauth(callback = signed_in, client = 1)]
#[derive(Clone)]
struct Numbered(
    #[expect(dead_code, reason = "the second one signs people in")] OAuthClient,
    OAuthClient,
);

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct Only(atproto_oauth::OAuthClient);

#[atproto_oauth(callback = signed_in, client = oauth)]
#[derive(Clone)]
struct Shared {
    oauth: Arc<OAuthClient>,
}

#[atproto_oauth(callback = Self::signed_in)]
#[derive(Clone)]
struct Method {
    oauth: OAuthClient,
}

impl Method {
    async fn signed_in(_: Login<Self>) {}
}

#[atproto_oauth(callback = <Method as Handlers>::welcome)]
#[derive(Clone)]
struct Qualified {
    oauth: OAuthClient,
}

trait Handlers {
    fn welcome() -> impl Future<Output = ()> + Send;
}

impl Handlers for Method {
    async fn welcome() {}
}

#[atproto_oauth(callback = signed_in, state = Site)]
struct Held {
    oauth: OAuthClient,
}

#[derive(Clone)]
struct Site {
    app: Arc<Held>,
}

impl HasOAuth<Held> for Site {
    fn app(&self) -> &Held {
        &self.app
    }
}

async fn held(_: HeldSession) {}

#[atproto_oauth(callback = later)]
#[derive(Clone)]
struct Later {
    oauth: OAuthClient,
}

// By hand, which is as good as an `async fn`.
#[expect(clippy::manual_async_fn, reason = "it is what is tried here")]
fn later(_: Login<Later>) -> impl Future<Output = &'static str> + Send {
    async { "later" }
}

// Which would move the arguments at each run.
#[rustfmt::skip]
macro_rules! app {
    ($name:ident, $client:ident, $callback:path, $scope:literal, $prefix:literal, $ty:ty, $state:ty) => {
        #[atproto_oauth(
            callback = $callback,
            scopes = ["atproto", $scope],
            prefix = $prefix,
            client = $client,
            state = $state,
        )]
        #[derive(Clone)]
        struct $name {
            $client: $ty,
        }
    };
}
app!(
    FromMacro,
    auth,
    signed_in,
    "blob:*/*",
    "/auth",
    OAuthClient,
    Arc<FromMacro>
);

mod elsewhere {
    pub mod sub {
        pub async fn signed_in() {}
    }
}

#[atproto_oauth(callback = elsewhere::sub::signed_in,)]
#[derive(Clone)]
struct Elsewhere {
    oauth: OAuthClient,
}

async fn signed_in() {}

#[test]
fn compiles() {
    let _: Router<Tuple> = Tuple::oauth_routes();
    let _: Router<Numbered> = Numbered::oauth_routes();
    let _: Router<Only> = Only::oauth_routes();
    let _: Router<Shared> = Shared::oauth_routes();
    let _: Router<Method> = Method::oauth_routes();
    let _: Router<Qualified> = Qualified::oauth_routes();
    let _: Router<Site> = Held::oauth_routes().route("/", axum::routing::get(held));
    let _: Router<Later> = Later::oauth_routes();
    let _: Router<Arc<FromMacro>> = FromMacro::oauth_routes();
    let _: Router<Elsewhere> = Elsewhere::oauth_routes();
    let _: Option<FromMacroSession> = None;
}
