//! The generated routes.

mod accounts;
mod callback;
pub(crate) mod documents;
mod login;
mod login_params;
mod logout;
mod request;

use crate::types::BoxFuture;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use http::StatusCode;
use http::header::{ALLOW, HeaderValue};

use super::app::{HasOAuth, OAuthApp};
use super::policy::MAX_FORM;
use super::{loopback_host, middleware};
use documents::CONVENTIONAL;

/// Every route of the application `A`: sign-in, callback, documents, sign-out, accounts.
///
/// | route | what it does |
/// |---|---|
/// | `GET /oauth/login` | the sign-in page; with `?handle=` the start of a sign-in; also `return_to`, `scope`, `prompt` |
/// | `POST /oauth/login` | the form of that page |
/// | `GET /oauth/callback` | completes a sign-in, then runs the `callback` hook |
/// | `GET /oauth/client-metadata.json` | the client metadata document |
/// | `GET /oauth/jwks.json` | the public keys |
/// | `GET` and `POST /oauth/logout` | signs out, then runs the `logout` hook; a GET from elsewhere asks first |
/// | `GET /oauth/accounts`, `POST /oauth/switch` | the accounts of this browser, when it may hold several |
///
/// With [`conventional_client_id`](crate::OAuthClientBuilder::conventional_client_id) the document is at
/// `/oauth-client-metadata.json`. As two applications in one router would both claim that path, only
/// the routes below the default prefix have it; [`serve`](crate::serve) serves it for any prefix.
///
/// Add the application's own routes to it, or merge it into them.
pub fn routes<A: OAuthApp>() -> Router<A::State> {
    let paths = A::PATHS;
    let mut router = Router::new()
        .route(
            &paths.login(),
            get(guarded(login::get::<A>)).post(guarded(login::post::<A>)),
        )
        .route(
            &paths.callback(),
            // A program that only looks at the link must not use up its code.
            on(MethodFilter::GET, guarded(callback::get::<A>))
                .head(only_get)
                .fallback(only_get),
        )
        .route(
            &paths.client_metadata(),
            get(documents::client_metadata::<A>),
        )
        .route(&paths.jwks(), get(documents::key_set::<A>))
        .route(
            &paths.logout(),
            get(guarded(logout::get::<A>)).post(guarded(logout::post::<A>)),
        );
    if paths.prefix() == "/oauth" {
        router = router.route(CONVENTIONAL, get(documents::conventional::<A>));
    }
    if A::ACCOUNTS > 1 {
        router = router
            .route(&paths.accounts(), get(guarded(accounts::get::<A>)))
            .route(
                &paths.switch(),
                axum::routing::post(guarded(accounts::switch::<A>)),
            );
    }
    router.layer(DefaultBodyLimit::max(MAX_FORM))
}

/// The handler, for requests to the client's own host.
fn guarded<S, A, F, Fut>(
    handler: F,
) -> impl Fn(State<S>, Request) -> BoxFuture<'static, Response> + Clone + Send + Sync + 'static
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
    F: Fn(S, Request) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Response> + Send + 'static,
{
    move |State(state), request| {
        let (parts, body) = request.into_parts();
        let client = state.app().oauth().clone();
        if let Some(elsewhere) = loopback_host::misdirected(&client, &parts) {
            return Box::pin(std::future::ready(elsewhere));
        }
        let asked = parts.clone();
        let answer = handler(state, Request::from_parts(parts, body));
        // A hook may have answered with an `XrpcError`.
        Box::pin(async move { middleware::for_its_reader(answer.await, &asked, &client) })
    }
}

async fn only_get() -> Response {
    (
        StatusCode::METHOD_NOT_ALLOWED,
        [(ALLOW, HeaderValue::from_static("GET"))],
    )
        .into_response()
}
