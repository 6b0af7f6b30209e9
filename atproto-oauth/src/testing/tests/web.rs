//! Plain HTTP for tests.

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use serde_json::Value;
use url::Url;

use crate::testing::fetch;
use crate::types::{Clock, SystemClock};

/// An answer with its JSON.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Answer {
    pub(super) fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }

    pub(super) fn text(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn nonce(&self) -> Option<String> {
        Some(self.headers.get("dpop-nonce")?.to_str().unwrap().to_owned())
    }
}

pub(super) fn parameter(url: &str, name: &str) -> Option<String> {
    let url = Url::parse(url).unwrap();
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

pub(super) async fn get(url: &str) -> Answer {
    answer(&send(Request::get(url).body(Bytes::new()).unwrap()).await)
}

pub(super) async fn send(request: Request<Bytes>) -> Response<Bytes> {
    try_send(request).await.unwrap()
}

pub(super) async fn try_send(request: Request<Bytes>) -> std::io::Result<Response<Bytes>> {
    let port = request.uri().port_u16().unwrap();
    fetch::send(([127, 0, 0, 1], port).into(), request).await
}

pub(super) fn answer(response: &Response<Bytes>) -> Answer {
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: serde_json::from_slice(response.body()).unwrap_or_default(),
    }
}

/// The time, in seconds.
pub(super) fn now() -> u64 {
    SystemClock.now().0
}
