// mistakes: 6
use atproto_oauth::prelude::*;
use axum::response::Redirect;

async fn signed_in() {}

#[atproto_oauth(callback = not_a_response)]
#[derive(Clone)]
struct NotAResponse(OAuthClient);

async fn not_a_response() -> u64 {
    1
}

#[atproto_oauth(callback = error_is_not_a_response)]
#[derive(Clone)]
struct ErrorIsNotAResponse(OAuthClient);

async fn error_is_not_a_response(
    _: Login<ErrorIsNotAResponse>,
) -> Result<Redirect, std::io::Error> {
    Ok(Redirect::to("/"))
}

#[atproto_oauth(callback = signed_in, error = error_not_a_response)]
#[derive(Clone)]
struct ErrorNotAResponse(OAuthClient);

async fn error_not_a_response(_: OAuthError) -> Page {
    Page
}

struct Page;

#[atproto_oauth(callback = signed_in, error = error_of_the_error)]
#[derive(Clone)]
struct ErrorOfTheError(OAuthClient);

async fn error_of_the_error(_: OAuthError) -> Result<String, std::fmt::Error> {
    Ok(String::new())
}

#[atproto_oauth(callback = signed_in, logout = logout_not_a_response)]
#[derive(Clone)]
struct LogoutNotAResponse(OAuthClient);

async fn logout_not_a_response() -> u8 {
    1
}

#[atproto_oauth(callback = signed_in, logout = logout_error_is_not_a_response)]
#[derive(Clone)]
struct LogoutErrorIsNotAResponse(OAuthClient);

async fn logout_error_is_not_a_response(
    _: LoggedOut<LogoutErrorIsNotAResponse>,
) -> Result<(), Trouble> {
    Err(Trouble)
}

struct Trouble;

fn main() {}
