//! Hooks: the functions an application gives for after sign-in, after sign-out, and for errors.
//!
//! A hook is written like an axum handler: an `async fn` of up to 8 extractors whose result is a
//! response. It is not taken through axum's `Handler`, because the compiler's words about that trait
//! do not say what is wrong. Here the signature is read off the function ([`Signature`]) and every
//! requirement stands side by side on [`Hook::new`], so that each mistake is one error at the function:
//! not async, not a response, not an extractor for this state, a body before the last argument.

pub(crate) mod answer;
pub(crate) mod argument;
pub(crate) mod function;

use answer::{HookFuture, HookResponse};
use argument::{HookArg, HookLastArg};
use function::{Arguments, HookFn, Signature};

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;

use super::thread_safe::ThreadSafe;

/// A hook for routers of state `S`, whatever its arguments were.
///
/// ```
/// use atproto_oauth::Hook;
/// use axum::{extract::State, http::Uri};
///
/// async fn where_am_i(State(greeting): State<String>, uri: Uri) -> String {
///     format!("{greeting}, {uri}")
/// }
///
/// let hook = Hook::<String>::new(where_am_i);
/// # let _ = hook;
/// ```
pub struct Hook<S>(Arc<Run<S>>);

type Run<S> = dyn Fn(Request, S) -> Answer + Send + Sync;
type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

impl<S: 'static> Hook<S> {
    /// Makes a hook of an `async fn`.
    pub fn new<F, Sig, Via>(function: F) -> Self
    where
        S: ThreadSafe,
        F: HookFn<Sig>,
        Sig: Signature,
        Via: 'static,
        Sig::A1: HookArg<S>,
        Sig::A2: HookArg<S>,
        Sig::A3: HookArg<S>,
        Sig::A4: HookArg<S>,
        Sig::A5: HookArg<S>,
        Sig::A6: HookArg<S>,
        Sig::A7: HookArg<S>,
        Sig::Last: HookLastArg<S, Via>,
        Sig::Output: HookFuture + Send,
        <Sig::Output as HookFuture>::Out: HookResponse,
    {
        Self(Arc::new(move |request, state| {
            Box::pin(answer::<F, Sig, S, Via>(function.clone(), request, state))
        }))
    }

    /// Extracts the arguments and calls the function. An extractor that refuses answers in its place.
    pub async fn run(&self, request: Request, state: S) -> Response {
        (self.0)(request, state).await
    }
}

async fn answer<F, Sig, S, Via>(function: F, request: Request, state: S) -> Response
where
    F: HookFn<Sig>,
    Sig: Signature,
    S: Send + Sync,
    Sig::A1: HookArg<S>,
    Sig::A2: HookArg<S>,
    Sig::A3: HookArg<S>,
    Sig::A4: HookArg<S>,
    Sig::A5: HookArg<S>,
    Sig::A6: HookArg<S>,
    Sig::A7: HookArg<S>,
    Sig::Last: HookLastArg<S, Via>,
    Sig::Output: HookFuture + Send,
    <Sig::Output as HookFuture>::Out: HookResponse,
{
    match arguments::<Sig, S, Via>(request, &state).await {
        Ok(arguments) => function.call(arguments).into_future().await.into_response(),
        Err(refusal) => refusal,
    }
}

async fn arguments<Sig, S, Via>(request: Request, state: &S) -> Result<Arguments<Sig>, Response>
where
    Sig: Signature,
    S: Send + Sync,
    Sig::A1: HookArg<S>,
    Sig::A2: HookArg<S>,
    Sig::A3: HookArg<S>,
    Sig::A4: HookArg<S>,
    Sig::A5: HookArg<S>,
    Sig::A6: HookArg<S>,
    Sig::A7: HookArg<S>,
    Sig::Last: HookLastArg<S, Via>,
{
    let (mut parts, body) = request.into_parts();
    Ok((
        Sig::A1::take(&mut parts, state).await?,
        Sig::A2::take(&mut parts, state).await?,
        Sig::A3::take(&mut parts, state).await?,
        Sig::A4::take(&mut parts, state).await?,
        Sig::A5::take(&mut parts, state).await?,
        Sig::A6::take(&mut parts, state).await?,
        Sig::A7::take(&mut parts, state).await?,
        Sig::Last::take(Request::from_parts(parts, body), state).await?,
    ))
}

impl<S> Clone for Hook<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> fmt::Debug for Hook<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

#[cfg(test)]
mod tests;
