// mistakes: 7
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

struct Profile;

async fn app_in_an_arc(_: &AppSession, _: &std::sync::Arc<App>) -> Result<Profile, String> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct AppInAnArc {
    #[session(with = app_in_an_arc)]
    profile: Profile,
}

async fn by_value(_: AppSession, _: &App) -> Result<Profile, String> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct ByValue {
    #[session(with = by_value)]
    profile: Profile,
}

impl App {
    async fn load(&self, _: &AppSession) -> Result<Profile, String> {
        Ok(Profile)
    }
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Method {
    #[session(with = App::load)]
    profile: Profile,
}

async fn one_argument(_: &AppSession) -> Result<Profile, String> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct OneArgument {
    #[session(with = one_argument)]
    profile: Profile,
}

async fn swapped(_: &App, _: &AppSession) -> Result<Profile, String> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Swapped {
    #[session(with = swapped)]
    profile: Profile,
}

async fn three_arguments(_: &AppSession, _: &App, _: &Did) -> Result<Profile, String> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct ThreeArguments {
    #[session(with = three_arguments)]
    profile: Profile,
}

async unsafe fn unsafe_function(_: &AppSession, _: &App) -> Result<Profile, String> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct UnsafeFunction {
    #[session(with = unsafe_function)]
    profile: Profile,
}

uses_authors!(
    App,
    AppInAnArc,
    ByValue,
    Method,
    OneArgument,
    Swapped,
    ThreeArguments,
    UnsafeFunction
);

fn main() {}
