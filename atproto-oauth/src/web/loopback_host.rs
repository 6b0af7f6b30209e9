//! The host check of the loopback client, which is visited at its own address only.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, HOST, HeaderValue, LOCATION};
use http::request::Parts;
use http::{Method, StatusCode};

use crate::client::OAuthClient;

/// The answer to a request for another host than the client's: to `localhost` a redirect, because
/// cookies and the callback are of `127.0.0.1`; to any other 421, because a page elsewhere made its
/// name point at this machine. `None`: go on.
///
/// Deployed clients are visited through proxies, which are free to name any host.
pub(crate) fn misdirected(client: &OAuthClient, parts: &Parts) -> Option<Response> {
    if !client.is_loopback() {
        return None;
    }
    // Without a host it is no browser.
    let asked = host(parts)?;
    let own = client
        .base_url()
        .as_str()
        .split_once("://")
        .map_or("", |(_, host)| host);
    if asked.eq_ignore_ascii_case(own) {
        return None;
    }
    let port = client.base_url().port();
    if !asked.eq_ignore_ascii_case(&format!("localhost:{port}")) {
        let text = format!(
            "This is {own}. Open http://{own}/ instead; to be visited at another address, set \
             ATPROTO_BASE_URL.\n"
        );
        return Some((StatusCode::MISDIRECTED_REQUEST, text).into_response());
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let location = HeaderValue::try_from(client.base_url().join(path)).ok()?;
    let is_get_or_head = matches!(parts.method, Method::GET | Method::HEAD);
    let status = if is_get_or_head {
        StatusCode::TEMPORARY_REDIRECT
    } else {
        StatusCode::SEE_OTHER
    };
    let headers = [
        (LOCATION, location),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Some((status, headers).into_response())
}

/// The host a browser asked for: HTTP/2's pseudo header, else `Host`.
fn host(parts: &Parts) -> Option<&str> {
    match parts.uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => parts
            .headers
            .get(HOST)
            .map(|host| host.to_str().unwrap_or("another host")),
    }
}

#[cfg(test)]
mod tests {
    use http::{Request, StatusCode};

    use super::misdirected;
    use crate::client::Paths;
    use crate::web::testing::client_at;

    async fn ask(base_url: &str, method: &str, host: Option<&str>) -> Option<(StatusCode, String)> {
        let client = client_at(base_url, Paths::new("/oauth")).await;
        let mut request = Request::builder()
            .method(method)
            .uri("/oauth/login?handle=a");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let response = misdirected(&client, &parts)?;
        let location = response
            .headers()
            .get("location")
            .map(|l| l.to_str().unwrap().to_owned());
        Some((response.status(), location.unwrap_or_default()))
    }

    const OWN: &str = "http://127.0.0.1:3000";

    /// LB-07: before any cookie is set.
    #[tokio::test]
    async fn lb_07_localhost_leads_to_127_0_0_1() {
        let there = "http://127.0.0.1:3000/oauth/login?handle=a".to_owned();
        let get = ask(OWN, "GET", Some("localhost:3000")).await;
        assert_eq!(get, Some((StatusCode::TEMPORARY_REDIRECT, there.clone())));
        let head = ask(OWN, "HEAD", Some("LOCALHOST:3000")).await;
        assert_eq!(head, Some((StatusCode::TEMPORARY_REDIRECT, there.clone())));
        let post = ask(OWN, "POST", Some("localhost:3000")).await;
        assert_eq!(post, Some((StatusCode::SEE_OTHER, there)));
    }

    /// LB-09: a foreign name that points to this machine.
    #[tokio::test]
    async fn lb_09_never_another_host_in_loopback_mode() {
        for host in [
            "evil.example:3000",
            "evil.example",
            "127.0.0.1",
            "127.0.0.1:4000",
            "localhost",
            "localhost:4000",
            "localhost.evil.example:3000",
            "127.0.0.1:3000.evil.example",
            "[::1]:3000",
            "",
        ] {
            let answer = ask(OWN, "GET", Some(host)).await;
            assert_eq!(
                answer,
                Some((StatusCode::MISDIRECTED_REQUEST, String::new())),
                "{host}"
            );
        }
        assert_eq!(ask(OWN, "GET", Some("127.0.0.1:3000")).await, None);
        assert_eq!(ask(OWN, "GET", None).await, None);
    }

    #[tokio::test]
    async fn a_deployed_client_may_be_behind_a_proxy() {
        for host in ["app.example.com", "10.0.0.7:8080", "localhost:3000"] {
            assert_eq!(
                ask("https://app.example.com", "GET", Some(host)).await,
                None
            );
        }
    }
}
