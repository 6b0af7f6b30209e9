//! Type parameters, by the names that are used inside.

use ::core::clone::Clone;
use ::core::fmt::Debug;
use ::core::marker::{PhantomData, Send, Sync};
use ::core::result::Result;
use ::sign_in::axum::http::StatusCode;
use ::sign_in::axum::routing::get;
use ::sign_in::axum::Router;
use ::sign_in::{atproto_oauth, Login, OAuthClient, Session, SessionExtractor};

/// What the rest of an application is.
pub trait Database: Clone + Send + Sync + 'static {}

/// An application with a parameter.
#[atproto_oauth(
    callback = signed_in,
    optional_scopes = ["repo:app.bsky.feed.post"],
    crate = ::sign_in,
)]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generic<S: Database, const N: usize = 2> {
    /// The client.
    pub oauth: OAuthClient,
    /// The rest.
    pub data: [S; N],
}

async fn signed_in<S: Database, const N: usize>(_: Login<Generic<S, N>>) {}

/// An extractor with the same parameters.
#[derive(Debug, SessionExtractor)]
#[session(
    app = Generic<S, N>,
    requires = ["repo:app.bsky.feed.post?action=create"],
    crate = ::sign_in,
)]
#[non_exhaustive]
pub struct Of<S: Database, const N: usize> {
    /// The session.
    pub session: Session<Generic<S, N>>,
    /// Loaded.
    #[session(with = load)]
    pub data: [S; N],
    /// Nothing.
    pub nothing: PhantomData<S>,
}

async fn load<S: Database, const N: usize>(
    _: &Session<Generic<S, N>>,
    app: &Generic<S, N>,
) -> Result<[S; N], StatusCode> {
    Result::Ok(app.data.clone())
}

/// Adds a page that takes it.
#[inline]
pub fn routes<S: Database>() -> Router<Generic<S>> {
    async fn page<S: Database>(_: Of<S, 2>, _: GenericSession<S, 2>) {}
    Generic::oauth_routes().route("/", get(page))
}
