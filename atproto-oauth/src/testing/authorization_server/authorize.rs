//! `GET /oauth/authorize`: opens a pushed request and decides what the person has to do next.

use std::collections::HashSet;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};

use super::{device, pages, redirect};
use crate::testing::form::Form;
use crate::testing::ledger::{Authority, Pushed};
use crate::testing::state::Site;

pub(super) async fn serve(
    State(site): State<Site>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|v| v == value);
    if !is("sec-fetch-mode", "navigate") || !is("sec-fetch-dest", "document") {
        return pages::problem("This address is for browsers: it must be opened as a page.");
    }
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    // A client that adds anything leaks what belongs into the pushed request (RFC 9126 §4).
    let (Some(client_id), Some(request_uri), 2) = (
        query.get("client_id"),
        query.get("request_uri"),
        query.0.len(),
    ) else {
        return pages::problem("There must be client_id and request_uri, and nothing else.");
    };
    let known = device::known(&site, &headers);
    let device = match known.clone().map_or_else(|| device::register(&site), Ok) {
        Ok(device) => device,
        Err(error) => return pages::problem(&error.to_string()),
    };
    let mut response = match open(&site, client_id, request_uri, &device) {
        Ok(request) => next(&site, &device, request_uri, request),
        Err(response) => *response,
    };
    if known.is_none()
        && let Ok(cookie) = HeaderValue::from_str(&device::cookie(&site, &device))
    {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Finds the request and binds it to this browser.
fn open(
    site: &Site,
    client_id: &str,
    request_uri: &str,
    device: &str,
) -> Result<Pushed, Box<Response>> {
    let mut state = site.state();
    let requests = &mut state.authority.requests;
    let request = requests
        .get_mut(request_uri)
        .filter(|request| request.client.id == client_id && request.issuer == *site.origin);
    let Some(request) = request else {
        let why = "This request is unknown, or was used before. Go back and start again.";
        return Err(Box::new(pages::problem(why)));
    };
    let bound = request.device.get_or_insert_with(|| device.to_owned());
    let elsewhere = bound != device;
    if elsewhere || request.expires <= site.now() {
        let why = if elsewhere {
            "This request was initiated from another device."
        } else {
            "This request has expired."
        };
        let response = redirect::with_error(request, "access_denied", why);
        requests.remove(request_uri);
        return Err(Box::new(response));
    }
    Ok(request.clone())
}

/// Sign in, choose an account, consent, or straight back.
fn next(site: &Site, device: &str, request_uri: &str, request: Pushed) -> Response {
    let form = pages::Hidden {
        request_uri,
        form_token: &device::form_token(device),
    };
    let prompt = request.prompt.as_deref();
    let Some(did) = request.subject.clone() else {
        let remembered = remembered(site, device, &request);
        return match (prompt, remembered.as_slice()) {
            (Some("create"), _) => pages::sign_up(&form, &request, None),
            (Some("none"), [did]) => silent(site, request_uri, request, &did.clone()),
            (Some("none"), _) => {
                site.state().authority.requests.remove(request_uri);
                redirect::with_error(&request, "login_required", "This browser is not signed in.")
            }
            (Some("login"), _) | (_, []) => pages::sign_in(&form, &request, None, None),
            (Some("select_account"), dids) => choose(site, &form, &request, dids),
            (_, [did]) => subject(site, &form, request, did),
            (_, dids) => choose(site, &form, &request, dids),
        };
    };
    subject(site, &form, request, &did)
}

/// The account is signed in: consent, unless it was given before.
fn subject(site: &Site, form: &pages::Hidden<'_>, request: Pushed, did: &str) -> Response {
    if request.prompt.as_deref() != Some("consent") && consented(site, &request, did) {
        return silent(site, form.request_uri, request, did);
    }
    let handle = {
        let mut state = site.state();
        if let Some(request) = state.authority.requests.get_mut(form.request_uri) {
            request.subject = Some(did.to_owned());
        }
        let account = state.accounts.by_did(did);
        account.map(|account| account.handle.to_string())
    };
    pages::consent(form, &request, handle.as_deref().unwrap_or(did))
}

/// No page at all.
fn silent(site: &Site, request_uri: &str, request: Pushed, did: &str) -> Response {
    let consented = consented(site, &request, did);
    site.state().authority.requests.remove(request_uri);
    if !consented {
        return redirect::with_error(&request, "consent_required", "Consent is needed.");
    }
    let scope = request.scope.clone();
    redirect::with_code(site, request, did, &scope)
        .unwrap_or_else(|error| pages::problem(&error.to_string()))
}

/// Public clients ask every time: any program could pretend to be one.
fn consented(site: &Site, request: &Pushed, did: &str) -> bool {
    let key = (did.to_owned(), request.client.id.clone());
    let state = site.state();
    let Authority { consents, .. } = &state.authority;
    let none = HashSet::new();
    let allowed = consents.get(&key).unwrap_or(&none);
    request.credential.is_some() && request.scope.iter().all(|scope| allowed.contains(scope))
}

/// The accounts this browser remembers, on this server and fitting the hint.
fn remembered(site: &Site, device: &str, request: &Pushed) -> Vec<String> {
    let state = site.state();
    let hint = request.login_hint.as_deref();
    let device = state.authority.devices.get(device);
    let dids = device.into_iter().flat_map(|device| &device.remembered);
    let fits = |did: &&String| {
        state.accounts.by_did(did).is_some_and(|account| {
            let wanted = hint.is_none_or(|hint| account.did == *hint || account.handle == *hint);
            wanted && site.speaks_for(&account.pds)
        })
    };
    dids.filter(fits).cloned().collect()
}

fn choose(site: &Site, form: &pages::Hidden<'_>, request: &Pushed, dids: &[String]) -> Response {
    let state = site.state();
    let accounts = dids.iter().filter_map(|did| state.accounts.by_did(did));
    let accounts: Vec<_> = accounts
        .map(|account| (account.did.to_string(), account.handle.to_string()))
        .collect();
    pages::choose(form, request, &accounts).into_response()
}
