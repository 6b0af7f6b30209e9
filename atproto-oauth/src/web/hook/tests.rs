//! Hooks run as axum handlers do.

use axum::body::{Body, to_bytes};
use axum::extract::{Json, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse;

use super::Hook;

type Counts = (Method, Uri, HeaderMap);

async fn text(hook: Hook<u8>, request: Request) -> (StatusCode, String) {
    let response = hook.run(request, 7).await;
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1000).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

fn get(path: &str) -> Request {
    Request::builder().uri(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn none_one_and_eight_arguments() {
    async fn none() -> &'static str {
        "none"
    }
    async fn one(State(n): State<u8>) -> String {
        format!("one {n}")
    }
    #[expect(clippy::too_many_arguments, reason = "eight is the limit")]
    async fn eight(
        State(a): State<u8>,
        _: Method,
        uri: Uri,
        _: HeaderMap,
        State(b): State<u8>,
        _: Uri,
        _: Uri,
        body: String,
    ) -> String {
        format!("{a}{b} {uri} {body}")
    }

    assert_eq!(text(Hook::new(none), get("/")).await.1, "none");
    assert_eq!(text(Hook::new(one), get("/")).await.1, "one 7");
    let request = Request::builder().uri("/x").body(Body::from("b")).unwrap();
    assert_eq!(text(Hook::new(eight), request).await.1, "77 /x b");
}

#[tokio::test]
async fn an_extractor_that_refuses_answers() {
    async fn wants_json(_: Uri, Json(n): Json<u8>) -> String {
        format!("{n}")
    }
    let hook = Hook::<u8>::new(wants_json);
    let (status, _) = text(hook.clone(), get("/")).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let request = Request::builder()
        .header("content-type", "application/json")
        .body(Body::from("4"))
        .unwrap();
    assert_eq!(text(hook, request).await, (StatusCode::OK, "4".into()));
}

#[tokio::test]
async fn closures_and_functions_that_return_a_future_are_hooks_too() {
    fn later(State(n): State<u8>) -> impl Future<Output = String> + Send {
        std::future::ready(n.to_string())
    }
    assert_eq!(text(Hook::new(later), get("/")).await.1, "7");
    let captured = String::from("captured");
    let hook = Hook::new(move || {
        let captured = captured.clone();
        async move { (StatusCode::ACCEPTED, captured).into_response() }
    });
    let answer = text(hook, get("/")).await;
    assert_eq!(answer, (StatusCode::ACCEPTED, "captured".into()));
}

#[test]
fn the_arguments_are_tuples_of_extractors() {
    // A tuple is an extractor as well, for those who need more than eight.
    async fn many(_: Counts, _: Counts, _: Counts) {}
    let _ = Hook::<()>::new(many);
}
