//! The form by which a person allows the application something, or not.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;

use super::{device, pages, redirect, sign_in};
use crate::testing::form::Form;
use crate::testing::state::Site;

pub(super) async fn decide(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let form = Form::parse(&body);
    let visit = match device::visit(&site, &headers, &form) {
        Ok(visit) => visit,
        Err(page) => return *page,
    };
    if form.get("decision") != Some("allow") {
        return sign_in::cancel(&site, &visit);
    }
    let request = site.state().authority.requests.remove(&visit.request_uri);
    let Some((request, did)) = request.and_then(|request| {
        let did = request.subject.clone()?;
        Some((request, did))
    }) else {
        return pages::problem(
            "This browser is not signed in. Go back to the application and start again.",
        );
    };
    // `atproto` has no box to untick: without it there is no sign-in.
    let ticked = |scope: &&String| *scope == "atproto" || form.all("scope").any(|s| s == *scope);
    let allowed: Vec<String> = request.scope.iter().filter(ticked).cloned().collect();
    redirect::with_code(&site, request, &did, &allowed)
        .unwrap_or_else(|error| pages::problem(&error.to_string()))
}
