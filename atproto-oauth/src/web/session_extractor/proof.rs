//! What the macros prove about the types in their arguments before they write them anywhere else.

use axum::response::IntoResponse;

use crate::web::app::OAuthApp;
use crate::web::respond::SessionRejection;
use crate::web::thread_safe::ThreadSafe;

/// The type itself, once a proof about it compiles.
///
/// The derive writes `<App as Proved<{ session_extractor::app::<App>() }>>::This` where others write `App`. If the call
/// does not compile, which is one error, the constant is none and neither is the type: the compiler says
/// nothing more of whatever is made with it, axum's bounds at a route included.
pub trait Proved<const IS: bool> {
    /// The type itself.
    type This;
}

impl<T> Proved<true> for T {
    type This = T;
}

/// Proves that people can sign in to `A`.
#[must_use]
pub const fn app<A: OAuthApp>() -> bool {
    true
}

/// Proves that `R` can be the answer in place of a value.
#[must_use]
pub const fn rejection<R: OfRejection + Answer>() -> bool {
    true
}

/// Proves that `S` can be the state of a router.
#[must_use]
pub const fn thread_safe<S: ThreadSafe>() -> bool {
    true
}

/// A type that a [`SessionRejection`] turns into. Everything with that `From` is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made of a rejection; implement `From<SessionRejection>` for it",
    label = "does not implement `From<SessionRejection>`"
)]
pub trait OfRejection {}

#[diagnostic::do_not_recommend]
impl<R: From<SessionRejection>> OfRejection for R {}

/// A type that is an answer. Everything that implements [`IntoResponse`] is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response; implement `IntoResponse` for it",
    label = "does not implement `IntoResponse`"
)]
pub trait Answer {}

#[diagnostic::do_not_recommend]
impl<R: IntoResponse> Answer for R {}
