//! Loaders: functions that make a field of a session. The bounds are flat, each with words of its own, so
//! that one mistake in a loader is one error at its name.

use std::convert::Infallible;

use crate::types::BoxFuture;
use axum::response::{IntoResponse, Response};

use super::not_made::NotMade;
use crate::client::Session;

/// A function that takes `(&Session<A>, &A)`.
#[diagnostic::on_unimplemented(
    message = "the loader cannot be called with `(&Session<{A}>, &{A})`; write `async fn load(session: &Session<{A}>, app: &{A}) -> Result<T, impl IntoResponse>`",
    label = "cannot be called with `(&Session<{A}>, &{A})`"
)]
pub trait Loader<'a, A, R, Takes> {
    /// Calls it.
    fn call(self, session: &'a Session<A>, app: &'a A) -> R;
}

#[diagnostic::do_not_recommend]
impl<'a, A: 'a, R, F: FnOnce(&'a Session<A>, &'a A) -> R> Loader<'a, A, R, (Session<A>, A)> for F {
    fn call(self, session: &'a Session<A>, app: &'a A) -> R {
        self(session, app)
    }
}

/// Applies to no function. With a second impl the compiler reports a wrong loader with the message of [`Loader`]; with
/// only one it would report what that impl requires.
#[diagnostic::do_not_recommend]
impl<'a, A: 'a, R, F: Into<Infallible> + Into<R>> Loader<'a, A, R, Infallible> for F {
    fn call(self, _: &'a Session<A>, _: &'a A) -> R {
        <Self as Into<R>>::into(self)
    }
}

/// What a loader gives: a future. Every [`Future`] is one.
#[diagnostic::on_unimplemented(
    message = "the loader is not async: it returns `{Self}`; make it an `async fn`",
    label = "not an `async fn`"
)]
pub trait LoaderFuture {
    /// What the future gives.
    type Out;

    /// The future itself.
    fn into_future(self) -> impl Future<Output = Self::Out> + Send
    where
        Self: Send;
}

#[diagnostic::do_not_recommend]
impl<F: Future> LoaderFuture for F {
    type Out = F::Output;

    fn into_future(self) -> impl Future<Output = F::Output> + Send
    where
        Self: Send,
    {
        self
    }
}

/// What a loader's future gives: `Result<T, E>`, where `E` is the answer that is given instead.
#[diagnostic::on_unimplemented(
    message = "the loader gives `{Self}`; return `Result<{T}, E>`, where `E` implements `IntoResponse` as `StatusCode` and `XrpcError` do",
    label = "not `Result<{T}, impl IntoResponse>`"
)]
pub trait Loaded<T> {
    /// The value, or the answer.
    ///
    /// # Errors
    /// The loader's own.
    #[expect(
        clippy::result_large_err,
        reason = "an answer is what there is to give"
    )]
    fn loaded(self) -> Result<T, Response>;
}

#[diagnostic::do_not_recommend]
impl<T, E: IntoResponse> Loaded<T> for Result<T, E> {
    fn loaded(self) -> Result<T, Response> {
        self.map_err(IntoResponse::into_response)
    }
}

/// A value that can be a field: implemented for every [`Send`] type, as a handler may continue on another thread.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent between threads, as what a handler takes has to; hold an `Arc`, or the plain data",
    label = "not `Send`"
)]
pub trait Movable {}

#[diagnostic::do_not_recommend]
impl<T: Send> Movable for T {}

/// Runs a loader. No `async fn`: its opaque future would repeat every bound that is not met.
///
/// # Errors
/// The loader's own, as an answer.
pub fn load<'a, A, F, R, T, Takes>(
    loader: F,
    session: &'a Session<A>,
    app: &'a A,
) -> BoxFuture<'a, Result<T, NotMade>>
where
    A: Sync,
    F: Loader<'a, A, R, Takes>,
    T: Movable,
    R: LoaderFuture<Out: Loaded<T>> + Send + 'a,
{
    let future = loader.call(session, app);
    Box::pin(async move { future.into_future().await.loaded().map_err(NotMade::Answer) })
}
