// mistakes: 13
use atproto_oauth::prelude::*;
use axum::extract::State;

async fn signed_in() {}

#[atproto_oauth(callback = borrowed)]
#[derive(Clone)]
struct Borrowed(OAuthClient);

async fn borrowed(_: &Login<Borrowed>) {}

#[atproto_oauth(callback = last_is_not_an_extractor)]
#[derive(Clone)]
struct LastIsNotAnExtractor(OAuthClient);

async fn last_is_not_an_extractor(_: Login<LastIsNotAnExtractor>, _: u8) {}

#[atproto_oauth(callback = not_an_extractor)]
#[derive(Clone)]
struct NotAnExtractor(OAuthClient);

async fn not_an_extractor(_: u8, _: Login<NotAnExtractor>) {}

#[atproto_oauth(callback = Method::signed_in)]
#[derive(Clone)]
struct Method(OAuthClient);

impl Method {
    async fn signed_in(&self) {}
}

#[atproto_oauth(callback = ConsumingMethod::signed_in)]
#[derive(Clone)]
struct ConsumingMethod(OAuthClient);

impl ConsumingMethod {
    async fn signed_in(self, _: Login<ConsumingMethod>) {}
}

#[atproto_oauth(callback = generic_app)]
#[derive(Clone)]
struct GenericApp<D: Database> {
    oauth: OAuthClient,
    database: D,
}

trait Database: Clone + Send + Sync + 'static {}

async fn generic_app<D: Database>(_: u8, _: Login<GenericApp<D>>) {}

#[atproto_oauth(callback = state_of_another_router)]
#[derive(Clone)]
struct StateOfAnotherRouter(OAuthClient);

#[derive(Clone)]
struct Other;

async fn state_of_another_router(_: State<Other>, _: Login<StateOfAnotherRouter>) {}

mod login_of_another_app {
    use super::*;
    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct App(OAuthClient);

    #[atproto_oauth(callback = other_signed_in)]
    #[derive(Clone)]
    struct Other {
        oauth: OAuthClient,
    }

    async fn other_signed_in(_: Login<Other>) {}

    async fn signed_in(_: Login<Other>) {}
}

#[atproto_oauth(callback = signed_in, error = error_borrowed)]
#[derive(Clone)]
struct ErrorBorrowed(OAuthClient);

async fn error_borrowed(_: &OAuthError) {}

#[atproto_oauth(callback = signed_in, error = error_of_io)]
#[derive(Clone)]
struct ErrorOfIo(OAuthClient);

async fn error_of_io(error: std::io::Error) -> String {
    error.to_string()
}

#[atproto_oauth(callback = signed_in, error = own_error_type)]
#[derive(Clone)]
struct OwnErrorType(OAuthClient);

async fn own_error_type(error: Error) -> String {
    error.to_string()
}

#[atproto_oauth(callback = signed_in, logout = logout_of_the_app)]
#[derive(Clone)]
struct LogoutOfTheApp(OAuthClient);

async fn logout_of_the_app(_: LoggedOut<LogoutOfTheApp>, _: LogoutOfTheApp) {}

mod logout_of_another_app {
    use super::*;
    #[atproto_oauth(callback = signed_in, logout = signed_out)]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn signed_out(_: LoggedOut<Other>) {}

    #[atproto_oauth(callback = signed_in)]
    #[derive(Clone)]
    struct Other {
        oauth: OAuthClient,
    }
}

fn main() {}
