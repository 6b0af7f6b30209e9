//! `serve`: what holds for the application's own routes too.

use atproto_oauth::prelude::*;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::app::harness::person::{self, *};
use crate::app::harness::site::{App, builder, network};
use crate::app::harness::two_accounts::TwoAccounts;
use crate::support::{Ahead, eventually, free_ports, soon};

async fn fails() -> Result<String, XrpcError> {
    let body = br#"{"error":"InvalidSwap","message":"<b>words</b>"}"#;
    Err(XrpcError::server(http::StatusCode::BAD_REQUEST, body))
}

/// Serves the application at a free port; its `host:port`.
async fn start() -> (String, JoinHandle<Result<(), Error>>) {
    let clock = Ahead::default();
    let network = network(&clock, &["alice.test"]).await;
    for port in free_ports() {
        let own = format!("127.0.0.1:{port}");
        let builder = builder::<App>(&network, &clock).base_url(format!("http://{own}"));
        let oauth = builder.build().await.unwrap();
        let router = App::oauth_routes()
            .route("/", get(async || "home"))
            .route("/fails", get(fails));
        let serving = tokio::spawn(serve(router, App { oauth }));
        if let Some(serving) = until_served(&own, serving).await {
            return (own, serving);
        }
    }
    panic!("other programs take every port");
}

/// Waits until the application answers at `own`. `None`: another program has taken that port.
pub(super) async fn until_served(
    own: &str,
    serving: JoinHandle<Result<(), Error>>,
) -> Option<JoinHandle<Result<(), Error>>> {
    let serves = eventually("the application to serve", async || {
        if serving.is_finished() {
            return Some(false);
        }
        TcpStream::connect(own).await.ok().map(|_| true)
    });
    if serves.await {
        return Some(serving);
    }
    let error = serving.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("is used by another program"), "{error}");
    None
}

/// The head and the body of the answer.
pub(super) async fn ask(own: &str, path: &str, headers: &[(&str, &str)]) -> (String, String) {
    let mut stream = TcpStream::connect(own).await.unwrap();
    let mut request = format!("GET {path} HTTP/1.1\r\nconnection: close\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    stream
        .write_all((request + "\r\n").as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    soon("the end of an answer", read).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

/// LB-07: `localhost` leads to `127.0.0.1` before any cookie is set. LB-09: every other name is refused.
#[tokio::test]
async fn lb_07_one_address_in_development() {
    let (own, serving) = start().await;
    let port = own.rsplit(':').next().unwrap();
    for path in ["/", "/oauth/login?handle=alice.test", "/nowhere?x=y"] {
        let (head, body) = ask(&own, path, &[("host", &format!("localhost:{port}"))]).await;
        assert!(head.starts_with("http/1.1 307 "), "{head}");
        assert!(
            head.contains(&format!("location: http://{own}{path}")),
            "{head}"
        );
        assert!(!head.contains("set-cookie"), "{head}");
        assert_eq!(body, "");
        for host in [
            "evil.example",
            "127.0.0.1",
            "127.0.0.1:1",
            &format!("evil.example:{port}"),
        ] {
            let (head, _) = ask(&own, path, &[("host", host)]).await;
            assert!(head.starts_with("http/1.1 421 "), "{host}: {head}");
        }
    }
    let (head, body) = ask(&own, "/", &[("host", &own)]).await;
    assert!(
        head.starts_with("http/1.1 200 ") && body == "home",
        "{head}"
    );
    serving.abort();
}

/// A person sees a page where a handler failed, a program JSON.
#[tokio::test]
async fn a_handler_that_fails_answers_its_reader() {
    let (own, serving) = start().await;
    let (head, body) = ask(&own, "/fails", &[("host", &own), ("accept", "text/html")]).await;
    assert!(head.starts_with("http/1.1 502 "), "{head}");
    assert!(head.contains("content-type: text/html"), "{head}");
    assert!(head.contains("content-security-policy: "), "{head}");
    assert!(
        body.contains("<h1>") && !body.contains("<b>words"),
        "{head}"
    );
    let (head, body) = ask(&own, "/fails", &[("host", &own)]).await;
    assert!(head.starts_with("http/1.1 502 "), "{head}");
    assert!(
        body.contains("\"error\":\"InvalidSwap\"") && !body.contains("words"),
        "{body}"
    );
    serving.abort();
}

/// A client of another application is refused before it listens.
#[tokio::test]
async fn a_client_of_another_application_is_not_served() {
    let clock = Ahead::default();
    let network = network(&clock, &["alice.test"]).await;
    let wrong = builder::<App>(&network, &clock)
        .scopes(["atproto"])
        .optional_scopes([""; 0]);
    let oauth = wrong.build().await.unwrap();
    let error = serve(App::oauth_routes(), App { oauth }).await.unwrap_err();
    assert_eq!(error.code(), "configuration");
    assert!(error.to_string().contains("oauth_builder"), "{error}");
}

/// LB-07, LB-09, on the generated routes of any server.
#[tokio::test]
async fn lb_07_the_loopback_client_has_one_address() {
    let app = TwoAccounts::offline(OWN).await;
    let path = "/oauth/login?return_to=%2Fme";
    let there = person::get(path)
        .header("host", "localhost:3000")
        .of(&app)
        .await;
    assert_eq!(there.status, 307);
    assert_eq!(there.header("location"), format!("{OWN}{path}"));
    assert_eq!(there.set_cookies(), [""; 0]);
    for path in [
        "/oauth/login",
        "/oauth/callback?code=a&state=b",
        "/oauth/logout",
        "/oauth/accounts",
    ] {
        let elsewhere = person::get(path)
            .header("host", "evil.example:3000")
            .of(&app)
            .await;
        assert_eq!(elsewhere.status, 421, "{path}");
    }
}

/// Two applications in one router, each with its own prefix.
#[tokio::test]
async fn two_applications_share_a_router() {
    #[atproto_oauth(callback = back, prefix = "/other/oauth")]
    #[derive(Clone)]
    struct Other {
        oauth: OAuthClient,
    }
    async fn back() {}
    let builder = Other::oauth_builder().base_url(OWN).store_url("memory:");
    let other = Other {
        oauth: builder.build().await.unwrap(),
    };
    let app = TwoAccounts::offline(OWN)
        .await
        .merge(Other::oauth_routes().with_state(other));
    for path in ["/oauth/login", "/other/oauth/login"] {
        click(path).of(&app).await.assert_page(200);
    }
}

#[tokio::test]
async fn an_unknown_method_is_405_and_says_what_is_allowed() {
    let app = TwoAccounts::offline(OWN).await;
    for (method, path, allowed) in [
        ("DELETE", "/oauth/login", "GET,HEAD,POST"),
        ("PUT", "/oauth/logout", "GET,HEAD,POST"),
        ("POST", "/oauth/callback", "GET"),
        ("HEAD", "/oauth/callback?code=a&state=b", "GET"),
        ("POST", "/oauth/client-metadata.json", "GET,HEAD"),
        ("POST", "/oauth/jwks.json", "GET,HEAD"),
        ("POST", "/oauth/accounts", "GET,HEAD"),
        ("GET", "/oauth/switch", "POST"),
    ] {
        let response = person::get(path).method(method).of(&app).await;
        assert_eq!(response.status, 405, "{method} {path}");
        assert_eq!(response.header("allow"), allowed, "{method} {path}");
    }
}
