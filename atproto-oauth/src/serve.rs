//! Running an application: settings from the environment, a listener, a report of what is served.

#[cfg(feature = "devnet")]
mod devnet;
mod from_env;
mod listen;
mod policy;
mod report;
mod shutdown;

pub use from_env::oauth_from_env;

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use tokio::sync::oneshot;

use crate::client::OAuthClient;
use crate::error::{Error, ErrorKind};
use crate::scope::DeclaredScopes;
use crate::web::middleware::every_request;
use crate::web::{HasOAuth, OAuthApp};

/// Serves `router` until the process is asked to stop (`SIGINT`, `SIGTERM`), then lets requests finish, and
/// whatever would cost a session if it were broken off ([`drain`](OAuthClient::drain)): within 25 seconds.
///
/// Binds `ATPROTO_LISTEN`, by default the loopback client's own address or `127.0.0.1:3000`, and prints
/// what is served and what a deployment must set. In development a request for `localhost` is led to
/// `127.0.0.1`, and one for any other host is refused, also on the application's own routes.
///
/// This is a convenience: `axum::serve` works as well.
///
/// ```no_run
/// # use atproto_oauth::prelude::*;
/// # #[atproto_oauth(callback = signed_in)]
/// # #[derive(Clone)]
/// # struct App { oauth: OAuthClient }
/// # async fn signed_in() {}
/// # async fn f() -> Result<(), atproto_oauth::Error> {
/// let oauth = App::oauth_from_env().await?;
/// serve(App::oauth_routes(), App { oauth }).await
/// # }
/// ```
///
/// # Errors
/// [`Configuration`](ErrorKind::Configuration): the address cannot be bound, or it is not the one of the
/// loopback client, or the client was built for another application.
pub async fn serve<A, S>(router: Router<S>, state: S) -> Result<(), Error>
where
    A: OAuthApp,
    S: HasOAuth<A> + Clone + Send + Sync + 'static,
{
    let client = state.app().oauth().clone();
    belongs_to::<A>(&client)?;
    let setting = std::env::var("ATPROTO_LISTEN").ok();
    let listener = listen::bind(&client, setting.as_deref()).await?;
    let address = listener.local_addr().map_err(broken)?;
    let report = report::of::<A>(&client, address);
    // A closed standard output is no reason not to serve.
    drop(write!(std::io::stdout(), "{report}"));
    let service = wrap(router.with_state(state), client.clone())
        .into_make_service_with_connect_info::<SocketAddr>();
    let signal = shutdown::Signal::new().map_err(broken)?.arrives();
    let (stop, stopped) = oneshot::channel();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async {
        drop(stopped.await);
    });
    let serving = async { serving.await.map_err(broken) };
    shutdown::until(signal, stop, serving, &client).await
}

/// What holds for every route, the application's own too.
fn wrap(router: Router, client: OAuthClient) -> Router {
    let client = Arc::new(client);
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        let client = client.clone();
        async move { every_request(&client, request, next).await }
    }))
}

/// The client has the application's paths and may ask for its permissions.
fn belongs_to<A: OAuthApp>(client: &OAuthClient) -> Result<(), Error> {
    let declared: Vec<&str> = client.declared_scope().split(' ').collect();
    let scopes: DeclaredScopes = A::SCOPES;
    let mut asked = scopes.scopes().iter().chain(scopes.optional());
    if client.paths() == A::PATHS && asked.all(|scope| declared.contains(scope)) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Configuration,
        "the client has other paths or permissions than the application; build it with \
         `oauth_builder()` or `oauth_from_env()`",
    ))
}

fn broken(error: std::io::Error) -> Error {
    Error::new(
        ErrorKind::Configuration,
        "the listener failed; see the cause",
    )
    .with_source(error)
}
