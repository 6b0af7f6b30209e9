//! The forms by which a person says who they are.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, StatusCode};

use super::device::{self, Visit};
use super::{pages, redirect};
use crate::testing::account::Account;
use crate::testing::form::Form;
use crate::testing::ledger::Pushed;
use crate::testing::state::{Hosting, Site};

pub(super) async fn sign_in(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let form = Form::parse(&body);
    let visit = match device::visit(&site, &headers, &form) {
        Ok(visit) => visit,
        Err(page) => return *page,
    };
    if form.get("decision") == Some("cancel") {
        return cancel(&site, &visit);
    }
    let identifier = form.get("identifier").unwrap_or_default();
    let account = site.state().accounts.find(identifier).cloned();
    let found = account
        .filter(|account| Some(account.password.as_str()) == form.get("password"))
        .filter(|account| site.speaks_for(&account.pds))
        .map(|account| account.did.to_string());
    match found {
        Some(did) => signed_in(&site, &visit, &did, form.get("remember").is_some()),
        None => again(&site, &visit, |hidden, request| {
            pages::sign_in(
                hidden,
                request,
                Some(identifier),
                Some("Wrong handle or password."),
            )
        }),
    }
}

pub(super) async fn sign_up(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let form = Form::parse(&body);
    let visit = match device::visit(&site, &headers, &form) {
        Ok(visit) => visit,
        Err(page) => return *page,
    };
    if form.get("decision") == Some("cancel") {
        return cancel(&site, &visit);
    }
    match create(&site, &form) {
        Ok(did) => signed_in(&site, &visit, &did, false),
        Err(error) => again(&site, &visit, |hidden, request| {
            pages::sign_up(hidden, request, Some(&error.to_string()))
        }),
    }
}

/// One of the accounts that this browser remembers.
pub(super) async fn choose(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let form = Form::parse(&body);
    let visit = match device::visit(&site, &headers, &form) {
        Ok(visit) => visit,
        Err(page) => return *page,
    };
    let did = form.get("did").unwrap_or_default();
    let device = site.state().authority.devices.get(&visit.device).cloned();
    let remembered =
        device.is_some_and(|device| device.remembered.iter().any(|known| known == did));
    if remembered {
        signed_in(&site, &visit, did, false)
    } else {
        again(&site, &visit, |hidden, request| {
            pages::sign_in(hidden, request, None, None)
        })
    }
}

fn create(site: &Site, form: &Form) -> Result<String, crate::error::Error> {
    let is_here = |pds: &&Hosting| pds.issuer == *site.origin;
    let hosting = site.shared.pds.iter().find(is_here);
    let pds = hosting.map_or(&*site.origin, |hosting| &hosting.url);
    let mut account = Account::new(form.get("identifier").unwrap_or_default(), pds)?;
    if let Some(password) = form.get("password") {
        password.clone_into(&mut account.password);
    }
    let did = account.did.to_string();
    site.state().accounts.add(account)?;
    Ok(did)
}

/// Notes who it is and goes on to the next page.
fn signed_in(site: &Site, visit: &Visit, did: &str, remember: bool) -> Response {
    let mut state = site.state();
    if remember
        && let Some(device) = state.authority.devices.get_mut(&visit.device)
        && !device.remembered.iter().any(|known| known == did)
    {
        device.remembered.push(did.to_owned());
    }
    let Some(request) = state.authority.requests.get_mut(&visit.request_uri) else {
        return pages::problem("There is no such request any more.");
    };
    request.subject = Some(did.to_owned());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &request.client.id)
        .append_pair("request_uri", &visit.request_uri)
        .finish();
    let location = format!("/oauth/authorize?{query}");
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// The person changed their mind.
pub(super) fn cancel(site: &Site, visit: &Visit) -> Response {
    let request = site.state().authority.requests.remove(&visit.request_uri);
    match request {
        Some(request) => redirect::with_error(&request, "access_denied", "The person said no."),
        None => pages::problem("There is no such request any more."),
    }
}

/// The page once more, with what was wrong.
fn again(
    site: &Site,
    visit: &Visit,
    page: impl FnOnce(&pages::Hidden<'_>, &Pushed) -> Response,
) -> Response {
    let request = site
        .state()
        .authority
        .requests
        .get(&visit.request_uri)
        .cloned();
    let hidden = pages::Hidden {
        request_uri: &visit.request_uri,
        form_token: &device::form_token(&visit.device),
    };
    match request {
        Some(request) => page(&hidden, &request),
        None => pages::problem("There is no such request any more."),
    }
}
