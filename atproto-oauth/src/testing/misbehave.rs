//! Applies faults around a request: the layer that every server of the network has.

use std::convert::Infallible;
use std::time::{Duration, UNIX_EPOCH};

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::header::{CONTENT_LENGTH, DATE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::endpoint::Endpoint;
use super::fault::Fault;
use super::form::{Form, is_form};
use super::hold;
use super::log::Seen;
use super::policy::MAX_REQUEST;
use super::state::Site;
use super::wire::Wire;
use crate::types::Timestamp;

/// Logs the request, then answers it, truthfully or as the faults want it.
pub(super) async fn around(
    State(site): State<Site>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_REQUEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let form = if is_form(&parts.headers) {
        Form::parse(&body)
    } else {
        Form::default()
    };
    let seen = Seen::new(&site.origin, &parts, form);
    let at = seen.endpoint;
    let with_proof = parts.headers.contains_key("dpop");
    let number = site.shared.log.arrived(seen);

    let holds = site.state().holds.at(at);
    hold::pass(holds).await;

    let faults = site.state().faults.take(&site.origin, at);
    let mut answer = None;
    for fault in &faults {
        answer = instead(fault, at).await.or(answer);
    }
    let mut response = match answer {
        Some(response) => response,
        None => next.run(Request::from_parts(parts, body.into())).await,
    };
    set(
        response.headers_mut(),
        DATE.as_str(),
        &http_date(site.now()),
    );
    if with_proof && !response.headers().contains_key("dpop-nonce") {
        set(response.headers_mut(), "dpop-nonce", &site.nonce());
    }
    for fault in faults {
        response = afterwards(fault, response, &site, &wire).await;
    }
    site.shared.log.answered(number, response.status().as_u16());
    response
}

/// What happens in place of the request.
async fn instead(fault: &Fault, at: Endpoint) -> Option<Response> {
    match fault {
        Fault::Answer {
            status,
            headers,
            body,
            ..
        } => {
            let mut response = Response::new(Body::from(body.clone()));
            *response.status_mut() = StatusCode::from_u16(*status).unwrap_or_default();
            for (name, value) in headers {
                set(response.headers_mut(), name, value);
            }
            Some(response)
        }
        Fault::EndlessNonces { .. } => Some(demand_nonce(at)),
        Fault::Endless { .. } => Some(endless()),
        Fault::Hang { .. } => std::future::pending().await,
        Fault::Delay { by, .. } => {
            tokio::time::sleep(*by).await;
            None
        }
        _ => None,
    }
}

/// What happens to the answer.
async fn afterwards(fault: Fault, mut response: Response, site: &Site, wire: &Wire) -> Response {
    match fault {
        Fault::Edit { field, value, .. } => return edit(response, &field, value).await,
        Fault::Header { name, value, .. } => match value {
            Some(value) => set(response.headers_mut(), &name, &value),
            None => {
                response.headers_mut().remove(&name);
            }
        },
        Fault::Callback { parameter, value } => {
            edit_callback(response.headers_mut(), site, &parameter, value.as_deref());
        }
        Fault::Drop { .. } => wire.cut(),
        Fault::Drip { every, .. } => return drip(response, every).await,
        _ => {}
    }
    response
}

/// Sets or removes one member of a JSON body; other bodies stay as they are.
async fn edit(response: Response, field: &str, value: Option<Value>) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_REQUEST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Ok(mut json) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(parts, bytes.into());
    };
    let (parent, name) = match field.strip_prefix('/') {
        Some(_) => field.rsplit_once('/').unwrap_or(("", field)),
        None => ("", field),
    };
    match (json.pointer_mut(parent), value) {
        (Some(Value::Object(members)), Some(value)) => {
            members.insert(name.into(), value);
        }
        (Some(Value::Object(members)), None) => {
            members.remove(name);
        }
        (Some(Value::Array(items)), value) => {
            if let Ok(place) = name.parse::<usize>() {
                match value {
                    Some(value) if place < items.len() => {
                        items.splice(place..=place, [value]);
                    }
                    Some(value) => items.push(value),
                    None if place < items.len() => drop(items.remove(place)),
                    None => {}
                }
            }
        }
        _ => {}
    }
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, json.to_string().into())
}

/// Sets or removes one query parameter of a redirect that leaves the authorization server.
fn edit_callback(headers: &mut HeaderMap, site: &Site, name: &str, value: Option<&str>) {
    let location = headers.get(LOCATION).and_then(|l| l.to_str().ok());
    let Some(Ok(mut url)) = location.map(url::Url::parse) else {
        return;
    };
    if url.origin().ascii_serialization() == *site.origin {
        return;
    }
    let mut pairs = Form::parse(url.query().unwrap_or_default().as_bytes()).0;
    pairs.retain(|(key, _)| key != name);
    pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    url.query_pairs_mut().clear().extend_pairs(pairs);
    set(headers, LOCATION.as_str(), url.as_str());
}

/// A demand for a nonce that was never given out.
fn demand_nonce(at: Endpoint) -> Response {
    let nonce = crate::jose::random_token().unwrap_or_default();
    let body = json!({ "error": "use_dpop_nonce", "error_description": "use the new nonce" });
    let status = if at.is_resource() {
        StatusCode::UNAUTHORIZED
    } else {
        StatusCode::BAD_REQUEST
    };
    let mut response = (status, axum::Json(body)).into_response();
    set(response.headers_mut(), "dpop-nonce", &nonce);
    if at.is_resource() {
        let challenge = r#"DPoP algs="ES256", error="use_dpop_nonce""#;
        set(response.headers_mut(), WWW_AUTHENTICATE.as_str(), challenge);
    }
    response
}

fn endless() -> Response {
    let start = stream::iter([Ok::<_, Infallible>("{\"padding\":\"".to_owned())]);
    let more = stream::repeat_with(|| Ok("x".repeat(1024)));
    let body = Body::from_stream(futures_util::StreamExt::chain(start, more));
    ([("content-type", "application/json")], body).into_response()
}

async fn drip(response: Response, every: Duration) -> Response {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, MAX_REQUEST).await.unwrap_or_default();
    let drops = stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(every).await;
        let byte = rest.split_to(1);
        Some((Ok::<_, Infallible>(byte), rest))
    });
    Response::from_parts(parts, Body::from_stream(drops))
}

/// Sets a header; a name or value that HTTP does not know is left out.
fn set(headers: &mut HeaderMap, name: &str, value: &str) {
    let name = HeaderName::try_from(name);
    if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
        headers.insert(name, value);
    }
}

/// The network's time as a `Date` header; a clock beyond the year 9999, which HTTP cannot write, stops there.
fn http_date(now: Timestamp) -> String {
    const LAST: u64 = 253_402_300_799;
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(now.0.min(LAST)))
}
