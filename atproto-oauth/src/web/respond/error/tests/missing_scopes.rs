//! More permissions for a person who is signed in.

use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::{KINDS, body, context, refused};
use crate::error::{Error, ErrorKind};
use crate::web::OAuthError;
use crate::web::respond::{Context, MissingScopes};

fn missing_scopes(wants_html: bool) -> Context {
    let missing_scopes = MissingScopes {
        account: "alice<b>.test".into(),
        permissions: vec!["repo:com.example.note?action=create".into()],
        consent: "/oauth/login?handle=did&scope=x".into(),
        back: Some("/list".into()),
        was_asked: true,
        was_sent: true,
    };
    context(wants_html, false).missing_scopes(Some(missing_scopes))
}

/// SC-15: a program knows what is missing, and where its person can allow it.
#[tokio::test]
async fn sc_15_a_program_is_told_what_is_missing() {
    let error = Error::new(ErrorKind::InsufficientScope, "m");
    let error = OAuthError::new(error, missing_scopes(false));
    assert_eq!(error.missing(), ["repo:com.example.note?action=create"]);
    assert_eq!(error.consent(), Some("/oauth/login?handle=did&scope=x"));
    let (id, message) = (error.request_id().to_owned(), error.message());
    let response = error.into_response();
    assert_eq!(response.status(), 403);
    // A browser with a cookie could not answer a challenge.
    assert!(!response.headers().contains_key("www-authenticate"));
    let answer: Value = serde_json::from_str(&body(response).await).unwrap();
    let expected = json!({
        "error": "insufficient_scope", "message": message, "request_id": id,
        "missing": ["repo:com.example.note?action=create"],
        "consent": "/oauth/login?handle=did&scope=x",
    });
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn a_person_is_told_in_plain_words() {
    for kind in [ErrorKind::InsufficientScope, ErrorKind::AccessDenied] {
        let response = OAuthError::new(refused(kind), missing_scopes(true)).into_response();
        assert_eq!(response.status(), 403);
        let page = body(response).await;
        for part in [
            "add records of the kind <code>com.example.note</code>",
            "<strong>alice&lt;b&gt;.test</strong>",
            "href=\"/oauth/login?handle=did&amp;scope=x\">Ask me again</a>",
            "href=\"/list\">Back to App</a>",
            "This was tried before",
            "was not saved",
        ] {
            assert!(page.contains(part), "{kind:?}: {part}\n{page}");
        }
        assert!(!page.contains("alert(") && !page.contains("a-secret-setting"));
    }
}

/// SC-18: whatever went wrong, who is signed in stays so, is told so, and is not sent to sign in.
#[tokio::test]
async fn sc_18_who_is_signed_in_is_not_asked_to_sign_in() {
    let own_pages = [ErrorKind::InsufficientScope, ErrorKind::AccessDenied];
    for kind in KINDS.into_iter().filter(|kind| !own_pages.contains(kind)) {
        let context = Context {
            callback: true,
            ..missing_scopes(true)
        };
        let error = Error::new(kind, "m").with_app_state(None, Some("/write".into()));
        let page = body(OAuthError::new(error, context).into_response()).await;
        assert!(
            page.contains("still signed in as <strong>alice&lt;b&gt;.test</strong>"),
            "{kind:?}"
        );
        assert!(page.contains("href=\"/write\">Try again"), "{kind:?}");
        assert!(!page.contains("/oauth/login"), "{kind:?}");
    }
}
