//! Extractors of one's own.

use ::core::clone::Clone;
use ::core::fmt::Debug;
use ::core::marker::Copy;
use ::core::result::Result;
use ::sign_in::axum::http::StatusCode;
use ::sign_in::axum::routing::get;
use ::sign_in::axum::Router;
use ::sign_in::{
    Did, Handle, OAuthClient, ScopeSet, SessionExtractor, SessionInfo, SessionRejection,
};
use ::std::borrow::ToOwned as _;
use ::std::format;
use ::std::string::String;
use ::std::sync::Arc;

use crate::application::{Person, PersonKey, Public};

const IMAGES: &str = "blob:image/png";

/// With every kind of field.
#[derive(Debug, SessionExtractor)]
#[session(
    app = Public,
    requires = ["repo:app.bsky.feed.post?action=create", IMAGES],
    rejection = SessionRejection,
    crate = ::sign_in,
)]
#[non_exhaustive]
pub struct Everything {
    /// Who it is.
    pub did: Did,
    /// Perhaps by name.
    pub handle: ::core::option::Option<Handle>,
    /// By name.
    pub certain: Handle,
    /// The session.
    pub session: Person,
    /// Its key.
    pub key: PersonKey,
    /// When it was made.
    pub info: SessionInfo,
    /// What it may.
    pub granted: ScopeSet,
    /// Loaded by functions whose names are those of the arguments they get.
    #[session(with = session)]
    pub first: String,
    /// The second one.
    #[session(with = app)]
    pub second: u8,
}

async fn session(session: &Person, _: &Public) -> Result<String, StatusCode> {
    Result::Ok(session.display_name().to_owned())
}

async fn app(_: &Person, app: &Public) -> Result<u8, StatusCode> {
    let Public { client } = app;
    let _: &OAuthClient = client;
    Result::Ok(1)
}

/// Without fields.
#[derive(Clone, Copy, Debug, SessionExtractor)]
#[session(app = Public, crate = ::sign_in)]
#[non_exhaustive]
pub struct Anybody;

#[derive(SessionExtractor)]
#[session(app = Public, requires = ["blob:image/gif"], crate = ::sign_in)]
struct Private(Did, #[session(with = app)] u8);

/// Adds a page that takes all of them.
#[inline]
pub fn routes() -> Router<Arc<Public>> {
    async fn page(_: Everything, _: Anybody, private: Private) -> String {
        format!("{} {}", private.0, private.1)
    }
    Public::oauth_routes().route("/", get(page))
}
