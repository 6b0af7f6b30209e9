//! The person at the application: a router, driven the way a browser would.

use std::fmt;

use axum::Router;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use http::{HeaderMap, Request, Response};
use tower::ServiceExt;

use super::browser::Browser;
use super::policy::MAX_PAGE;
use crate::error::{Error, ErrorKind};

/// A person who visits an application; made by [`TestNetwork::visitor`](super::TestNetwork::visitor).
///
/// It calls the router directly, without a listener, with the headers a browser sends, and keeps the
/// cookies it gets. At the authorization server it is a [`Browser`].
#[derive(Clone)]
pub struct Visitor {
    app: Router,
    browser: Browser,
    base_url: String,
    prefix: String,
    cookies: Vec<Cookie>,
}

#[derive(Clone)]
struct Cookie {
    name: String,
    value: String,
    path: String,
    strict: bool,
}

/// How a person came to a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    SamePage,
    Elsewhere,
}

impl Visitor {
    pub(super) fn new(app: Router, browser: Browser) -> Self {
        Self {
            app,
            browser,
            base_url: "http://127.0.0.1:3000".into(),
            prefix: "/oauth".into(),
            cookies: Vec::new(),
        }
    }

    /// The address the application thinks it has; `http://127.0.0.1:3000` by default.
    #[must_use]
    pub fn base_url(mut self, base_url: &str) -> Self {
        base_url
            .trim_end_matches('/')
            .clone_into(&mut self.base_url);
        self
    }

    /// Where its generated routes are; `/oauth` by default.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// Signs in as `handle`, allows everything, and returns the application's answer to the callback.
    ///
    /// # Errors
    /// The application, or the network, refuses at some step; the answer is in
    /// [`server_said`](Error::server_said).
    pub async fn sign_in(&mut self, handle: &str) -> Result<Response<Bytes>, Error> {
        let authorize_url = self.start(handle).await?;
        let callback = self.browser.approve(&authorize_url, handle).await?;
        self.callback(&callback).await
    }

    /// Starts to sign in and returns the address at the authorization server.
    ///
    /// # Errors
    /// The application refuses.
    pub async fn start(&mut self, handle: &str) -> Result<String, Error> {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("handle", handle)
            .finish();
        let path = format!("{}/login?{query}", self.prefix);
        let response = self.get(&path).await?;
        location(&response).ok_or_else(|| {
            refused(
                "the application does not lead to an authorization server",
                &response,
            )
        })
    }

    /// Comes back from the authorization server, at the address that it led to.
    ///
    /// # Errors
    /// That address is of another application, or the application refuses.
    pub async fn callback(&mut self, address: &str) -> Result<Response<Bytes>, Error> {
        let path = address.strip_prefix(&self.base_url);
        let Some(path) = path.filter(|path| path.starts_with('/')) else {
            let message = format!(
                "the authorization server leads back to {address}; give the visitor that `base_url`"
            );
            return Err(Error::new(ErrorKind::Configuration, message));
        };
        let path = path.to_owned();
        let request = self.navigation("GET", &path, From::Elsewhere);
        let response = self
            .send(&path, request, Bytes::new(), From::Elsewhere)
            .await?;
        match response.status().as_u16() {
            ..400 => Ok(response),
            _ => Err(refused("the application refuses the callback", &response)),
        }
    }

    /// Opens a page of the application, from one of its own pages. Redirects are not followed.
    ///
    /// # Errors
    /// The path is none.
    pub async fn get(&mut self, path: &str) -> Result<Response<Bytes>, Error> {
        let request = self.navigation("GET", path, From::SamePage);
        self.send(path, request, Bytes::new(), From::SamePage).await
    }

    /// Posts a form of one of the application's own pages. Redirects are not followed.
    ///
    /// # Errors
    /// The path is none.
    pub async fn post(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Response<Bytes>, Error> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self
            .navigation("POST", path, From::SamePage)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ORIGIN, &self.base_url);
        self.send(path, request, body.into(), From::SamePage).await
    }

    /// The value of a `Cookie` header for the application's pages.
    #[must_use]
    pub fn cookies(&self) -> String {
        self.cookies_for("/", From::SamePage)
    }

    /// The person's browser at the authorization server.
    pub fn browser(&mut self) -> &mut Browser {
        &mut self.browser
    }

    fn navigation(&self, method: &str, path: &str, from: From) -> http::request::Builder {
        let host = self.base_url.split("//").last().unwrap_or_default();
        let site = match from {
            From::SamePage => "same-origin",
            From::Elsewhere => "cross-site",
        };
        Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, host)
            .header("accept", "text/html,application/xhtml+xml")
            .header("sec-fetch-site", site)
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-user", "?1")
    }

    async fn send(
        &mut self,
        path: &str,
        request: http::request::Builder,
        body: Bytes,
        from: From,
    ) -> Result<Response<Bytes>, Error> {
        let cookies = self.cookies_for(path, from);
        let request = if cookies.is_empty() {
            request
        } else {
            request.header(COOKIE, cookies)
        };
        let request = request.body(Body::from(body)).map_err(|cause| {
            let message = "the visitor cannot open this; give a path that starts with `/`";
            Error::new(ErrorKind::InvalidRequest, message).with_source(cause)
        })?;
        let Ok(response) = self.app.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        self.keep_cookies(&parts.headers);
        let body = to_bytes(body, MAX_PAGE).await.map_err(|cause| {
            let message = "the application's answer broke off; look for a panic in its output";
            Error::new(ErrorKind::InvalidRequest, message).with_source(cause)
        })?;
        Ok(Response::from_parts(parts, body))
    }

    /// Browsers leave `SameSite=Strict` cookies out where the request comes from another site.
    fn cookies_for(&self, path: &str, from: From) -> String {
        let path = path.split('?').next().unwrap_or_default();
        let goes_along = |cookie: &&Cookie| {
            path.starts_with(&cookie.path) && (from == From::SamePage || !cookie.strict)
        };
        let cookies = self.cookies.iter().filter(goes_along);
        let pairs: Vec<_> = cookies
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        pairs.join("; ")
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for header in headers.get_all(SET_COOKIE) {
            let mut parts = header
                .to_str()
                .unwrap_or_default()
                .split(';')
                .map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let attributes: Vec<(String, &str)> = parts
                .map(|part| part.split_once('=').unwrap_or((part, "")))
                .map(|(name, value)| (name.to_ascii_lowercase(), value))
                .collect();
            let attribute = |name: &str| {
                let found = attributes.iter().find(|(key, _)| key == name);
                found.map(|(_, value)| *value)
            };
            self.cookies.retain(|cookie| cookie.name != name);
            let max_age = attribute("max-age").and_then(|age| age.parse::<i64>().ok());
            let gone = max_age.is_some_and(|age| age <= 0)
                || attribute("expires").is_some_and(|date| date.contains("1970"));
            if !gone {
                self.cookies.push(Cookie {
                    name: name.to_owned(),
                    value: value.to_owned(),
                    path: attribute("path").unwrap_or("/").to_owned(),
                    strict: attribute("samesite").is_some_and(|s| s.eq_ignore_ascii_case("strict")),
                });
            }
        }
    }
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.cookies.iter().map(|cookie| &cookie.name).collect();
        f.debug_struct("Visitor")
            .field("base_url", &self.base_url)
            .field("prefix", &self.prefix)
            .field("cookies", &names)
            .finish_non_exhaustive()
    }
}

fn location(response: &Response<Bytes>) -> Option<String> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    Some(location.to_owned()).filter(|location| location.starts_with("http"))
}

fn refused(problem: &str, response: &Response<Bytes>) -> Error {
    let hint = match response.status().as_u16() {
        421 => "it has another address; give the visitor that `base_url`",
        404 => "its routes are elsewhere; give the visitor that `prefix`",
        _ => "see `server_said`",
    };
    let message = format!("{problem} (status {}); {hint}", response.status().as_u16());
    Error::new(ErrorKind::InvalidRequest, message)
        .with_server_said(&String::from_utf8_lossy(response.body()))
}
