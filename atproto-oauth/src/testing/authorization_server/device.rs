//! The browser at the other end: its cookie, and the forms it may post.

use axum::response::Response;
use http::HeaderMap;
use http::header::{COOKIE, ORIGIN};

use super::pages;
use crate::error::Error;
use crate::jose::{base64url, random_token, sha256};
use crate::testing::form::Form;
use crate::testing::ledger::Device;
use crate::testing::state::Site;

/// A form that a page of this server posted for a pending request.
pub(super) struct Visit {
    pub(super) device: String,
    pub(super) request_uri: String,
}

/// The browser's id, if it has one that this server gave out.
pub(super) fn known(site: &Site, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(site);
    let id = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split("; "))
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, id)| id.to_owned())?;
    site.state()
        .authority
        .devices
        .contains_key(&id)
        .then_some(id)
}

/// An id for a browser that has none.
pub(super) fn register(site: &Site) -> Result<String, Error> {
    let id = random_token()?;
    let mut state = site.state();
    let devices = &mut state.authority.devices;
    devices.insert(id.clone(), Device::default());
    Ok(id)
}

/// The cookie that carries the id.
pub(super) fn cookie(site: &Site, id: &str) -> String {
    let name = cookie_name(site);
    format!("{name}={id}; Path=/oauth/authorize; HttpOnly; SameSite=Lax")
}

/// Cookies do not know ports, and every server of the network is on `localhost`.
fn cookie_name(site: &Site) -> String {
    let port = site.origin.rsplit(':').next().unwrap_or_default();
    format!("device-{port}")
}

/// What a form of this browser must carry.
pub(super) fn form_token(device: &str) -> String {
    base64url::encode(&sha256(format!("form {device}").as_bytes()))
}

/// Checks that a form comes from this server's own page, in the browser that opened the request. The
/// error is a page.
pub(super) fn visit(site: &Site, headers: &HeaderMap, form: &Form) -> Result<Visit, Box<Response>> {
    let no = |why: &str| Err(Box::new(pages::problem(why)));
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let foreign = header(ORIGIN.as_str()).is_some_and(|origin| origin != &*site.origin);
    if header("sec-fetch-site") != Some("same-origin") || foreign {
        return no("This form did not come from a page of this server.");
    }
    let Some(device) = known(site, headers) else {
        return no("This browser did not bring its cookie along. Allow cookies and start again.");
    };
    if form.get("form_token") != Some(&form_token(&device)) {
        return no("This form belongs to another browser.");
    }
    let request_uri = form.get("request_uri").unwrap_or_default().to_owned();
    let state = site.state();
    match state.authority.requests.get(&request_uri) {
        Some(request) if request.expires <= site.now() => {
            no("You took too long. Go back to the application and start again.")
        }
        Some(request) if request.device.as_deref() == Some(&device) => Ok(Visit {
            device,
            request_uri,
        }),
        _ => no("There is no such request any more. Go back to the application and start again."),
    }
}
