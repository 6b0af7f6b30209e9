//! Client metadata and key sets, as the authorization servers fetch them.

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, Response, StatusCode};
use serde_json::Value;
use tower::ServiceExt;
use url::Url;

use super::client_id::{Client, check_web, loopback};
use super::client_metadata;
use super::clients::Host;
use super::fetch;
use super::policy::MAX_CLIENT_DOCUMENT;
use super::refusal::Refusal;
use super::state::Site;

/// The client with that id, as its metadata describe it now; nothing is cached.
pub(super) async fn load(site: &Site, id: &str) -> Result<Client, Refusal> {
    let refused = |why: String| Refusal::new("invalid_client_metadata", why);
    if id.starts_with("http:") {
        return loopback(id).map_err(refused);
    }
    let url = check_web(id).map_err(refused)?;
    let document = document(site, &url).await.map_err(refused)?;
    let jwks = match document.get("jwks_uri").and_then(Value::as_str) {
        Some(address) => {
            let address = check_web(address)
                .map_err(|_| refused("jwks_uri must be a public https address".into()))?;
            Some(self::document(site, &address).await.map_err(refused)?)
        }
        None => None,
    };
    client_metadata::read(&url, &document, jwks.as_ref()).map_err(refused)
}

/// A JSON document behind an https address of the network (AT Protocol OAuth: Client ID Metadata Document; 200,
/// `application/json`).
async fn document(site: &Site, url: &Url) -> Result<Value, String> {
    let host = url.host_str().unwrap_or_default();
    let (published, mapped) = {
        let clients = &site.state().clients;
        let published = clients.documents.get(url.as_str()).cloned();
        (published, clients.hosts.get(host).cloned())
    };
    if let Some(document) = published {
        return Ok(document);
    }
    let failed = || format!("{url} cannot be fetched");
    let mapped = mapped.ok_or_else(|| {
        format!("{url} cannot be fetched; tell the test network who answers there with `map_host`")
    })?;
    let request = Request::get(url.path())
        .header(HOST, host)
        .header("accept", "application/json")
        .header("x-forwarded-proto", "https")
        .body(Bytes::new())
        .map_err(|_| failed())?;
    let response = ask(mapped, request).await.ok_or_else(failed)?;
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind
        .and_then(|kind| kind.split(';').next())
        .unwrap_or_default();
    if response.status() != StatusCode::OK || kind.trim() != "application/json" {
        return Err(format!(
            "{url} answered {} with `{kind}` instead of 200 with application/json",
            response.status().as_u16()
        ));
    }
    serde_json::from_slice(response.body())
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| format!("{url} is not a JSON object"))
}

async fn ask(host: Host, request: Request<Bytes>) -> Option<Response<Bytes>> {
    match host {
        Host::At(addr) => fetch::send(addr, request).await.ok(),
        Host::By(router) => {
            let response = router.oneshot(request.map(Body::from)).await.ok()?;
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, MAX_CLIENT_DOCUMENT).await.ok()?;
            Some(Response::from_parts(parts, body))
        }
    }
    .filter(|response| response.body().len() <= MAX_CLIENT_DOCUMENT)
}
