//! The headers of a page.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, StatusCode};

use crate::jose::sha256;
use crate::web::pages::{DefaultPages, Pages};

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// What kind of page it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// The sign-in page. Its form ends at the authorization server, by a redirect that `form-action`
    /// would block.
    SignIn,
    /// Any other page of ours. Forms post to our own origin, which `no-referrer` would hide.
    Page,
    /// The answer to a callback, whose address holds a code (RFC 9700 §4.2).
    Callback,
}

/// A page with the headers that every page has. `pages` made it, and knows its style.
pub(crate) fn page(
    status: StatusCode,
    html: String,
    policy: Policy,
    pages: &dyn Pages,
) -> Response {
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, value("text/html; charset=utf-8"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        content_security_policy(policy, pages),
    );
    let referrer = match policy {
        Policy::Callback => "no-referrer",
        Policy::SignIn | Policy::Page => "same-origin",
    };
    headers.insert(REFERRER_POLICY, value(referrer));
    headers.insert(X_FRAME_OPTIONS, value("DENY"));
    headers.insert(OPENER_POLICY, value("same-origin"));
    private(headers);
    response
}

/// What every answer has that is for one person only.
pub(super) fn private(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, value("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, value("nosniff"));
}

const fn value(text: &'static str) -> HeaderValue {
    HeaderValue::from_static(text)
}

fn content_security_policy(policy: Policy, pages: &dyn Pages) -> HeaderValue {
    static DEFAULT: LazyLock<String> = LazyLock::new(|| hash(DefaultPages.styles()));
    let styles = pages.styles();
    let own;
    let hash = if std::ptr::eq(styles, DefaultPages.styles()) {
        &*DEFAULT
    } else {
        own = hash(styles);
        &own
    };
    let form = match policy {
        Policy::SignIn => "",
        Policy::Page | Policy::Callback => "; form-action 'self'",
    };
    let text = format!(
        "default-src 'none'; style-src 'self' 'sha256-{hash}'; img-src 'self' data:; \
         base-uri 'none'; frame-ancestors 'none'{form}"
    );
    HeaderValue::try_from(text).unwrap_or(value("default-src 'none'; frame-ancestors 'none'"))
}

fn hash(styles: &str) -> String {
    STANDARD.encode(sha256(styles.as_bytes()))
}

#[cfg(test)]
mod tests;
