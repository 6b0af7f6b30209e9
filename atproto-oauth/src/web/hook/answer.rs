//! What a hook returns: a future of a response.

use axum::response::{IntoResponse, Response};

/// What calling a hook gives: a future. Every [`Future`] is one.
#[diagnostic::on_unimplemented(
    message = "the hook is not async: it returns `{Self}`; make it an `async fn`",
    label = "not an `async fn`"
)]
pub trait HookFuture {
    /// What the future gives.
    type Out;

    /// The future itself.
    fn into_future(self) -> impl Future<Output = Self::Out> + Send
    where
        Self: Send;
}

#[diagnostic::do_not_recommend]
impl<F: Future> HookFuture for F {
    type Out = F::Output;

    fn into_future(self) -> impl Future<Output = F::Output> + Send
    where
        Self: Send,
    {
        self
    }
}

/// What the future of a hook gives. Everything that implements [`IntoResponse`] is one.
#[diagnostic::on_unimplemented(
    message = "the hook returns `{Self}`, which is not a response; return something that implements `IntoResponse`, such as `Redirect` or `Html<String>`",
    label = "`{Self}` does not implement `IntoResponse`"
)]
pub trait HookResponse {
    /// The response itself.
    fn into_response(self) -> Response;
}

#[diagnostic::do_not_recommend]
impl<R: IntoResponse> HookResponse for R {
    fn into_response(self) -> Response {
        IntoResponse::into_response(self)
    }
}
