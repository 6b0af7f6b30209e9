//! The middleware that `serve` puts around every route, those of the application included.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use http::request::Parts;

use super::respond::{Context, for_people};
use super::routes::documents::{self, CONVENTIONAL};
use super::state::WebState;
use super::{loopback_host, return_to, url};
use crate::client::OAuthClient;

/// Requests for another host than the loopback client's go elsewhere; the conventional client id is
/// served below any prefix; a person sees a page where a handler failed with an
/// [`XrpcError`](crate::XrpcError).
pub(crate) async fn every_request(client: &OAuthClient, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(elsewhere) = loopback_host::misdirected(client, &parts) {
        return elsewhere;
    }
    let is_get_or_head = matches!(parts.method, Method::GET | Method::HEAD);
    if is_get_or_head && parts.uri.path() == CONVENTIONAL && documents::is_conventional(client) {
        return documents::json(client.client_metadata());
    }
    let asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    for_its_reader(response, &asked, client)
}

/// A page in place of the JSON of an [`XrpcError`](crate::XrpcError), where a person asked.
pub(crate) fn for_its_reader(response: Response, asked: &Parts, client: &OAuthClient) -> Response {
    for_people(response, || {
        let path = Some(url::original_path(asked));
        let back = path.filter(|path| asked.method == Method::GET && return_to::is_local(path));
        Context::new(asked, client, WebState::of(client).pages.clone()).return_to(back)
    })
}
