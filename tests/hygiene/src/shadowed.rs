//! Types, traits, modules and functions under the names that everybody knows.
#![expect(
    non_snake_case,
    dead_code,
    unused_macros,
    reason = "names that shadow are not pretty"
)]

use ::sign_in::{atproto_oauth, OAuthClient, SessionExtractor};

mod core {}
mod std {}
mod alloc {}
mod axum {}
mod atproto_oauth {}
mod sign_in {}
mod own {}

type Option = u8;
type Result = u8;
type Vec = u8;
type Box = u8;
struct String;
struct Session;
struct SessionKey;
struct Hook;
struct Hooks;
struct Paths;
struct Router;
struct DeclaredScopes;
struct OAuthClientBuilder;
struct Error;
struct NotMade;
struct SessionRejection;
struct Parts;
trait Send {}
trait Sync {}
trait Clone {}
trait Default {}
trait Future {}
trait From {}
trait Into {}
trait OAuthApp {}
trait FromSession {}
trait FromRequestParts {}
const fn Ok() {}
const fn Err() {}
const fn Some() {}
const fn None() {}
const fn load() {}
const fn extract() {}
const fn require() {}
const fn serve() {}
const fn oauth_from_env() {}
macro_rules! unreachable {
    () => {};
}
macro_rules! compile_error {
    () => {};
}

/// An application.
#[atproto_oauth(
    callback = App::signed_in,
    optional_scopes = ["blob:image/*"],
    crate = ::sign_in,
)]
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
#[non_exhaustive]
pub struct App {
    oauth: OAuthClient,
}

impl App {
    async fn signed_in() {}
}

/// An extractor.
#[derive(::core::fmt::Debug, SessionExtractor)]
#[session(app = App, requires = ["blob:image/png"], crate = ::sign_in)]
#[non_exhaustive]
pub struct Author {
    /// Who it is.
    pub did: ::sign_in::Did,
    /// Perhaps by name.
    pub handle: ::core::option::Option<::sign_in::Handle>,
    /// Loaded.
    #[session(with = loaded)]
    pub loaded: Result,
}

async fn loaded(
    _: &AppSession,
    _: &App,
) -> ::core::result::Result<Result, ::sign_in::axum::http::StatusCode> {
    ::core::result::Result::Ok(1)
}

/// Adds a page that takes it.
#[inline]
pub fn routes() -> ::sign_in::axum::Router<App> {
    async fn page(_: Author) {}
    App::oauth_routes().route("/", ::sign_in::axum::routing::get(page))
}
