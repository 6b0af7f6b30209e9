//! What the routes have in common: the CSRF check, forms and queries, tasks that outlive their request.

use axum::extract::Request;
use http::request::Parts;
use tracing::Instrument;

use crate::client::OAuthClient;
use crate::error::{Error, ErrorKind};
use crate::web::csrf;

/// Refuses a POST that does not come from a page of this site.
pub(super) fn check_own_post(client: &OAuthClient, parts: &Parts) -> Result<(), Error> {
    if csrf::is_own_post(&parts.headers, client.base_url()) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::CrossSiteRequest,
        "this POST did not come from one of the application's own pages; use the form of the page",
    ))
}

/// Runs to its end even if the browser hangs up. A panic is an error.
pub(super) async fn detached<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
    what: &'static str,
) -> Result<T, Error> {
    tokio::spawn(work.in_current_span())
        .await
        .map_err(|broken| {
            Error::new(
                ErrorKind::Configuration,
                format!("{what} was interrupted by a panic; see the logs"),
            )
            .with_source(broken)
        })
}

/// The fields of a form.
pub(super) async fn form<T: serde::de::DeserializeOwned>(request: Request) -> Result<T, Error> {
    use axum::extract::{Form, FromRequest};
    match Form::<T>::from_request(request, &()).await {
        Ok(Form(fields)) => Ok(fields),
        Err(refused) => Err(malformed("the form").with_source(refused)),
    }
}

/// The fields of a query string.
pub(super) fn query<T: serde::de::DeserializeOwned>(parts: &Parts) -> Result<T, Error> {
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
