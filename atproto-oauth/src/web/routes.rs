//! The generated routes.

mod accounts;
mod callback;
pub(crate) mod documents;
mod login;
mod logout;
mod start;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use futures_util::future::BoxFuture;
use http::StatusCode;
use http::header::{ALLOW, HeaderValue};
use http::request::Parts;
use tracing::Instrument;

use super::{HasOAuth, OAuthApp, around, fetch, host};
use crate::{Error, ErrorKind, OAuthClient};

/// Our own forms are smaller.
const MAX_FORM: usize = 16 * 1024;

/// The address that consent pages show as the bare domain.
pub(crate) const CONVENTIONAL: &str = "/oauth-client-metadata.json";

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
        if let Some(elsewhere) = host::misdirected(&client, &parts) {
            return Box::pin(std::future::ready(elsewhere));
        }
        let asked = parts.clone();
        let answer = handler(state, Request::from_parts(parts, body));
        // A hook may have answered with an `XrpcError`.
        Box::pin(async move { around::for_its_reader(answer.await, &asked, &client) })
    }
}

async fn only_get() -> Response {
    (
        StatusCode::METHOD_NOT_ALLOWED,
        [(ALLOW, HeaderValue::from_static("GET"))],
    )
        .into_response()
}

/// A POST must come from one of our own pages.
fn check_own_post(client: &OAuthClient, parts: &Parts) -> Result<(), Error> {
    if fetch::is_own_post(&parts.headers, client.base_url()) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::CrossSiteRequest,
        "this POST did not come from one of the application's own pages; use the form of the page",
    ))
}

/// Runs to its end even if the browser hangs up. A panic is an error.
async fn detached<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
    what: &'static str,
) -> Result<T, Error> {
    tokio::spawn(work.in_current_span())
        .await
        .map_err(|broken| {
            Error::new(
                ErrorKind::Configuration,
                format!("{what} broke off; see the logs"),
            )
            .with_source(broken)
        })
}

/// The fields of a form.
async fn form<T: serde::de::DeserializeOwned>(request: Request) -> Result<T, Error> {
    use axum::extract::{Form, FromRequest};
    match Form::<T>::from_request(request, &()).await {
        Ok(Form(fields)) => Ok(fields),
        Err(refused) => Err(malformed("the form").with_source(refused)),
    }
}

/// The fields of a query string.
fn query<T: serde::de::DeserializeOwned>(parts: &Parts) -> Result<T, Error> {
    match axum::extract::Query::<T>::try_from_uri(&parts.uri) {
        Ok(axum::extract::Query(fields)) => Ok(fields),
        Err(refused) => Err(malformed("the query string").with_source(refused)),
    }
}

fn malformed(what: &str) -> Error {
    Error::new(
        ErrorKind::InvalidRequest,
        format!("{what} cannot be read; each field may stand once"),
    )
}
