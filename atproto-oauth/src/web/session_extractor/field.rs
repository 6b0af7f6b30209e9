//! Fields that are parts of a session.

use std::marker::PhantomData;

use super::loader::Movable;
use crate::client::{Session, SessionInfo, SessionKey};
use crate::error::{Error, ErrorKind};
use crate::scope::ScopeSet;
use crate::types::{Did, Handle};

/// Part of a session of the application `A`: a field of a struct that derives `SessionExtractor`, without
/// a loader.
///
/// Implemented for [`Did`], [`Handle`], `Option<Handle>`, [`Session`], [`SessionKey`], [`SessionInfo`] and
/// [`ScopeSet`] (what was granted). An application can implement it for its own types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not part of a session of `{A}`; take `Did`, `Option<Handle>`, `ScopeSet`, the session or its key, or load it with `#[session(with = load)]`",
    label = "not part of a session of `{A}`"
)]
pub trait FromSession<A>: Sized + Movable {
    /// Takes it out of the session, without a request.
    ///
    /// # Errors
    /// The session has none.
    fn from_session(session: &Session<A>) -> Result<Self, Error>;
}

/// Takes a field out of the session: what the derive writes for one without a loader.
///
/// # Errors
/// The session has none.
pub fn take<A, T: FromSession<A>>(session: &Session<A>) -> Result<T, Error> {
    T::from_session(session)
}

impl<A> FromSession<A> for Did {
    fn from_session(session: &Session<A>) -> Result<Self, Error> {
        Ok(session.did().clone())
    }
}

impl<A> FromSession<A> for Option<Handle> {
    fn from_session(session: &Session<A>) -> Result<Self, Error> {
        Ok(session.handle().cloned())
    }
}

/// An account without a handle that leads back to it is refused with `invalid_handle`, the code for a handle
/// and an account that do not point at each other. Most pages are better off with `Option<Handle>`.
impl<A> FromSession<A> for Handle {
    fn from_session(session: &Session<A>) -> Result<Self, Error> {
        session.handle().cloned().ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidHandle,
                "the account has no handle that points back to it, and this page needs one; repair the \
                 handle at your server, then sign in again",
            )
        })
    }
}

impl<A> FromSession<A> for Session<A> {
    fn from_session(session: &Session<A>) -> Result<Self, Error> {
        Ok(session.clone())
    }
}

impl<A> FromSession<A> for SessionKey<A> {
    fn from_session(session: &Session<A>) -> Result<Self, Error> {
        Ok(session.key())
    }
}

impl<A> FromSession<A> for SessionInfo {
    fn from_session(session: &Session<A>) -> Result<Self, Error> {
        Ok(session.info())
    }
}

impl<A> FromSession<A> for ScopeSet {
    fn from_session(session: &Session<A>) -> Result<Self, Error> {
        Ok(session.scopes())
    }
}

/// For structs with a type parameter that no field uses.
impl<A, T: ?Sized> FromSession<A> for PhantomData<T>
where
    Self: Movable,
{
    fn from_session(_: &Session<A>) -> Result<Self, Error> {
        Ok(Self)
    }
}
