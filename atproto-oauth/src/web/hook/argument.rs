//! What a hook takes: extractors.

use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::function::Absent;

/// An argument before the last one. Everything that implements [`FromRequestParts`] is one.
#[diagnostic::on_unimplemented(
    message = "the hook takes `{Self}`, which is not an extractor for the state `{S}`, or reads the body and is not the last; put it last, or take types that implement `FromRequestParts<{S}>`",
    label = "`{Self}` is not an extractor here"
)]
pub trait HookArg<S>: Sized + Send {
    /// Extracts it; the error is the extractor's own answer.
    fn take(parts: &mut Parts, state: &S) -> impl Future<Output = Result<Self, Response>> + Send;
}

#[diagnostic::do_not_recommend]
impl<S: Sync, T: FromRequestParts<S> + Send> HookArg<S> for T {
    async fn take(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        T::from_request_parts(parts, state)
            .await
            .map_err(IntoResponse::into_response)
    }
}

/// The last argument, which may read the body. Everything that implements [`FromRequest`] is one.
///
/// `Via` is axum's mark of whether it reads the body; it is inferred.
#[diagnostic::on_unimplemented(
    message = "the hook takes `{Self}`, which is not an extractor for the state `{S}`; take owned types that implement `FromRequestParts<{S}>` or `FromRequest<{S}>`",
    label = "`{Self}` is not an extractor here"
)]
pub trait HookLastArg<S, Via>: Sized + Send {
    /// Extracts it; the error is the extractor's own answer.
    fn take(request: Request, state: &S) -> impl Future<Output = Result<Self, Response>> + Send;
}

#[diagnostic::do_not_recommend]
impl<S: Sync, Via, T: FromRequest<S, Via> + Send> HookLastArg<S, Via> for T {
    async fn take(request: Request, state: &S) -> Result<Self, Response> {
        T::from_request(request, state)
            .await
            .map_err(IntoResponse::into_response)
    }
}

impl<S: Sync> FromRequestParts<S> for Absent {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}
