//! The person at the authorization server, scripted: opens pages, fills forms in, follows redirects.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, REFERER, SET_COOKIE};
use http::{Request, Response};
use url::Url;

use super::account::no_account;
use super::fetch;
use super::html::{self, HtmlForm};
use super::state::Shared;
use crate::error::{Error, ErrorKind};

/// A browser in a person's hands. It keeps cookies, so a second sign-in can be shorter than the first.
#[derive(Clone)]
pub struct Browser {
    shared: Arc<Shared>,
    cookies: Vec<(String, String)>,
    remember: bool,
}

/// Where a click leads.
enum Step {
    Page(HtmlForm),
    Away(String),
}

impl Browser {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            cookies: Vec::new(),
            remember: false,
        }
    }

    /// Ticks "remember this account" when signing in.
    #[must_use]
    pub fn remember(mut self) -> Self {
        self.remember = true;
        self
    }

    /// Opens an authorization URL, signs in as `handle`, allows everything, and returns the address
    /// that leads back to the application.
    ///
    /// # Errors
    /// A page says that something is wrong; its words are in [`server_said`](Error::server_said).
    pub async fn approve(&mut self, authorize_url: &str, handle: &str) -> Result<String, Error> {
        self.walk(authorize_url, Some(handle), None).await
    }

    /// As [`approve`](Self::approve), with only these permissions left ticked.
    ///
    /// # Errors
    /// As there.
    pub async fn approve_with(
        &mut self,
        authorize_url: &str,
        handle: &str,
        scopes: &[&str],
    ) -> Result<String, Error> {
        self.walk(authorize_url, Some(handle), Some(scopes)).await
    }

    /// Opens an authorization URL and cancels.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    pub async fn deny(&mut self, authorize_url: &str) -> Result<String, Error> {
        self.walk(authorize_url, None, None).await
    }

    /// Opens an authorization URL and does nothing more: the address of a redirect that needs no
    /// person, or `None` for a page.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    pub async fn open(&mut self, authorize_url: &str) -> Result<Option<String>, Error> {
        match self.get(authorize_url).await? {
            Step::Away(address) => Ok(Some(address)),
            Step::Page(_) => Ok(None),
        }
    }

    async fn walk(
        &mut self,
        url: &str,
        handle: Option<&str>,
        scopes: Option<&[&str]>,
    ) -> Result<String, Error> {
        let mut step = self.get(url).await?;
        // Sign in, consent, away; more pages than that are a circle.
        for _ in 0..4 {
            match step {
                Step::Away(address) => return Ok(address),
                Step::Page(form) => {
                    let fields = match handle {
                        Some(handle) => self.fill_in(&form, handle, scopes)?,
                        None => with(form.fields, "decision", "cancel"),
                    };
                    step = self.post(url, &form.action, &fields).await?;
                }
            }
        }
        Err(failed(
            "the pages of the authorization server go round in circles",
        ))
    }

    /// What the person types and ticks.
    fn fill_in(
        &self,
        form: &HtmlForm,
        handle: &str,
        scopes: Option<&[&str]>,
    ) -> Result<Vec<(String, String)>, Error> {
        let mut fields = form.fields.clone();
        if form.action.ends_with("/consent") {
            let ticked = |value: &str| scopes.is_none_or(|scopes| scopes.contains(&value));
            fields.retain(|(name, value)| name != "scope" || ticked(value));
            return Ok(with(fields, "decision", "allow"));
        }
        let account = self.shared.state().accounts.find(handle).cloned();
        let is_new = form.action.ends_with("/sign-up");
        let (did, password) = match account {
            Some(account) => (account.did.to_string(), account.password),
            None if is_new => (String::new(), "new-pass".to_owned()),
            None => return Err(no_account(handle)),
        };
        if form.action.ends_with("/account") {
            return Ok(with(fields, "did", &did));
        }
        let fields = with(with(fields, "identifier", handle), "password", &password);
        Ok(if self.remember && !is_new {
            with(fields, "remember", "yes")
        } else {
            fields
        })
    }

    async fn get(&mut self, url: &str) -> Result<Step, Error> {
        let request = navigation(url, "GET")
            .header("sec-fetch-site", "cross-site")
            .body(Bytes::new());
        self.follow(url, request).await
    }

    async fn post(
        &mut self,
        page: &str,
        action: &str,
        fields: &[(String, String)],
    ) -> Result<Step, Error> {
        let page = Url::parse(page).map_err(|_| failed("this is not a URL"))?;
        let target = page
            .join(action)
            .map_err(|_| failed("a form leads nowhere"))?;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = navigation(target.as_str(), "POST")
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ORIGIN, page.origin().ascii_serialization())
            .header(REFERER, page.as_str())
            .body(body.into());
        self.follow(target.as_str(), request).await
    }

    /// Sends a request, then follows redirects for as long as they stay on the server.
    async fn follow(
        &mut self,
        url: &str,
        request: http::Result<Request<Bytes>>,
    ) -> Result<Step, Error> {
        let mut url = Url::parse(url).map_err(|_| failed("this is not a URL"))?;
        let mut request = request.map_err(|_| failed("this is not a URL"))?;
        for _ in 0..4 {
            let response = self.send(&url, request).await?;
            let location = response.headers().get(LOCATION);
            let Some(location) = location.and_then(|location| location.to_str().ok()) else {
                return page(&response);
            };
            let next = url
                .join(location)
                .map_err(|_| failed("a redirect leads nowhere"))?;
            if next.origin() != url.origin() {
                return Ok(Step::Away(location.to_owned()));
            }
            url = next;
            request = navigation(url.as_str(), "GET")
                .header("sec-fetch-site", "same-origin")
                .body(Bytes::new())
                .map_err(|_| failed("a redirect leads nowhere"))?;
        }
        Err(failed("the authorization server redirects in circles"))
    }

    async fn send(
        &mut self,
        url: &Url,
        mut request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Error> {
        let origin = url.origin().ascii_serialization();
        if !self
            .shared
            .pds
            .iter()
            .any(|hosting| hosting.issuer == origin)
        {
            return Err(failed("this address does not belong to the test network"));
        }
        let cookies = self.cookies.iter();
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if let Ok(cookies) = cookies.join("; ").try_into() {
            request.headers_mut().insert(COOKIE, cookies);
        }
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, url.port().unwrap_or(80)));
        let response = fetch::send(addr, request).await.map_err(|cause| {
            failed("the authorization server does not answer").with_source(cause)
        })?;
        for cookie in response.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().ok().and_then(|text| text.split(';').next());
            if let Some((name, value)) = pair.and_then(|pair| pair.split_once('=')) {
                self.cookies.retain(|(known, _)| known != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(response)
    }
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Browser({} cookies)", self.cookies.len())
    }
}

fn navigation(url: &str, method: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(url)
        .header("accept", "text/html")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header("sec-fetch-user", "?1")
}

fn page(response: &Response<Bytes>) -> Result<Step, Error> {
    let html = String::from_utf8_lossy(response.body());
    let form = html::form(&html).filter(|_| response.status().is_success());
    form.map(Step::Page).ok_or_else(|| {
        let said = html::alert(&html).unwrap_or_else(|| response.status().to_string());
        failed("the authorization server shows a page that leads no further")
            .with_server_said(&said)
    })
}

/// With that field, in place of any other of the name.
fn with(mut fields: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

fn failed(problem: &str) -> Error {
    let message = format!("the scripted person cannot go on: {problem}; see `server_said`");
    Error::new(ErrorKind::InvalidRequest, message)
}
