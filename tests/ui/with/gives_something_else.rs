// mistakes: 3
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

struct Profile;

async fn another_type(_: &AppSession, _: &App) -> Result<u8, String> {
    Ok(1)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct AnotherType {
    #[session(with = another_type)]
    profile: Profile,
}

async fn error_is_not_a_response(_: &AppSession, _: &App) -> Result<Profile, std::io::Error> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct ErrorIsNotAResponse {
    #[session(with = error_is_not_a_response)]
    profile: Profile,
}

async fn not_a_result(_: &AppSession, _: &App) -> Profile {
    Profile
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct NotAResult {
    #[session(with = not_a_result)]
    profile: Profile,
}

uses_authors!(App, AnotherType, ErrorIsNotAResponse, NotAResult);

fn main() {}
