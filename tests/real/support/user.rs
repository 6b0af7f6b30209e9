//! A person with a browser, as far as a server can tell from HTTP.

use std::collections::BTreeMap;

use http::header::{LOCATION, SET_COOKIE};
use http::{HeaderMap, Method, StatusCode};
use reqwest::{RequestBuilder, Url};
use serde_json::{Value, json};

use super::{Account, Network};

/// One browser profile: cookies, and the page that is open.
pub(crate) struct User {
    http: reqwest::Client,
    /// By host without the port, as browsers keep them.
    cookies: BTreeMap<(String, String), String>,
    at: Option<Url>,
}

/// What came back, redirects followed or not.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// What the person does on the authorization server's page.
#[derive(Clone, Copy)]
pub(crate) enum Decision<'a> {
    /// Signs in and agrees.
    Allow(&'a Account),
    /// Agrees to a part of what was asked.
    AllowOnly(&'a Account, &'a str),
    /// Agrees, and lets the server remember this browser.
    AllowAndStay(&'a Account),
    Deny,
}

/// The authorization server did not accept what the person did.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) step: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) body: String,
}

impl Page {
    /// Where a redirect leads.
    pub(crate) fn location(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?.to_str().unwrap();
        Some(self.url.join(location).unwrap())
    }
}

impl User {
    pub(crate) fn new(network: &Network) -> User {
        User {
            http: network.http().clone(),
            cookies: BTreeMap::new(),
            at: None,
        }
    }

    /// Types an address and follows the redirects.
    pub(crate) async fn visit(&mut self, url: &str) -> Page {
        self.at = None;
        self.follow(url).await
    }

    /// Follows a link of the open page, and the redirects.
    pub(crate) async fn follow(&mut self, url: &str) -> Page {
        let page = self.get(url).await;
        self.through_redirects(page).await
    }

    /// Sends a form of the open page, and follows the redirects.
    pub(crate) async fn submit(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        let form = Url::parse_with_params("http://localhost", fields).unwrap();
        let request = self
            .navigation(Method::POST, url)
            .header("origin", self.at.as_ref().map_or("null".into(), origin))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.query().unwrap_or_default().to_owned());
        let page = self.send(request, url).await;
        self.through_redirects(page).await
    }

    /// Opens an authorization address and decides; returns where the server sends the person back
    /// to, without going there.
    pub(crate) async fn authorize(
        &mut self,
        url: &str,
        does: Decision<'_>,
    ) -> Result<Url, Refusal> {
        let page = self.get(url).await;
        match page.location() {
            // Signed in already, or sent back with an error.
            Some(back) => Ok(back),
            None => self.decide(page, does).await,
        }
    }

    /// Decides on the page of the authorization server that is open.
    pub(crate) async fn decide(&mut self, page: Page, does: Decision<'_>) -> Result<Url, Refusal> {
        if page.status != StatusCode::OK {
            return Err(Refusal {
                step: "authorize",
                status: page.status,
                body: page.body,
            });
        }
        self.at = Some(page.url);
        let answer = match does {
            Decision::Deny => self.api("reject", &json!({}), None).await?,
            Decision::Allow(account) => self.agree(account, None, false).await?,
            Decision::AllowOnly(account, scope) => self.agree(account, Some(scope), false).await?,
            Decision::AllowAndStay(account) => self.agree(account, None, true).await?,
        };
        let page = self.get(answer["url"].as_str().unwrap()).await;
        page.location().ok_or(Refusal {
            step: "redirect",
            status: page.status,
            body: page.body,
        })
    }

    async fn agree(
        &mut self,
        account: &Account,
        scope: Option<&str>,
        remember: bool,
    ) -> Result<Value, Refusal> {
        let Account {
            handle, password, ..
        } = account;
        let who = json!({
            "locale": "en", "username": handle, "password": password, "remember": remember
        });
        let signed_in = self.api("sign-in", &who, None).await?;
        let mut consent = json!({ "did": signed_in["account"]["did"] });
        if let Some(scope) = scope {
            consent["scope"] = scope.into();
        }
        self.api("consent", &consent, signed_in["ephemeralToken"].as_str())
            .await
    }

    /// What the scripts of the open page call.
    async fn api(
        &mut self,
        step: &'static str,
        body: &Value,
        token: Option<&str>,
    ) -> Result<Value, Refusal> {
        let page = self.at.clone().unwrap();
        let csrf = (page.host_str().unwrap().to_owned(), "csrf-token".to_owned());
        let url = page
            .join(&format!("/@atproto/oauth-provider/~api/{step}"))
            .unwrap();
        let mut request = self
            .http
            .post(url.clone())
            .header("content-type", "application/json")
            .header("origin", origin(&page))
            .header("referer", page.as_str())
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-mode", "same-origin")
            .header("sec-fetch-dest", "empty")
            .header(
                "x-csrf-token",
                self.cookies.get(&csrf).map_or("", String::as_str),
            )
            .body(body.to_string());
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = self.send(request, url.as_str()).await;
        self.at = Some(page);
        if answer.status != StatusCode::OK {
            return Err(Refusal {
                step,
                status: answer.status,
                body: answer.body,
            });
        }
        Ok(serde_json::from_str(&answer.body).unwrap())
    }

    /// One request, no redirect followed.
    pub(crate) async fn get(&mut self, url: &str) -> Page {
        let request = self.navigation(Method::GET, url);
        self.send(request, url).await
    }

    async fn through_redirects(&mut self, mut page: Page) -> Page {
        for _ in 0..20 {
            let Some(next) = page.location() else {
                return page;
            };
            page = self.get(next.as_str()).await;
        }
        panic!("redirects without end, at {}", page.url);
    }

    fn navigation(&self, method: Method, url: &str) -> RequestBuilder {
        let site = match &self.at {
            None => "none",
            Some(at) if origin(at) == origin(&Url::parse(url).unwrap()) => "same-origin",
            Some(_) => "cross-site",
        };
        let request = self
            .http
            .request(method, url)
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-site", site);
        match &self.at {
            Some(at) => request.header("referer", at.as_str()),
            None => request,
        }
    }

    async fn send(&mut self, request: RequestBuilder, url: &str) -> Page {
        let url = Url::parse(url).unwrap();
        let host = url.host_str().unwrap().to_owned();
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .filter(|((of, _), _)| *of == host)
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let request = if cookies.is_empty() {
            request
        } else {
            request.header("cookie", cookies.join("; "))
        };
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for line in headers.get_all(SET_COOKIE) {
            self.keep(&host, line.to_str().unwrap());
        }
        let body = response.text().await.unwrap();
        if !status.is_redirection() {
            self.at = Some(url.clone());
        }
        Page {
            status,
            url,
            headers,
            body,
        }
    }

    /// `Secure` does not matter: browsers take such cookies from loopback too.
    fn keep(&mut self, host: &str, line: &str) {
        let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
        let key = (host.to_owned(), name.trim().to_owned());
        let line = line.to_ascii_lowercase();
        if line.contains("max-age=0") || line.contains("expires=thu, 01 jan 1970") {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.to_owned());
        }
    }

    /// The names of the cookies that a host has set.
    pub(crate) fn cookies_of(&self, host: &str) -> Vec<&str> {
        let of_host = self.cookies.keys().filter(|(of, _)| of == host);
        of_host.map(|(_, name)| name.as_str()).collect()
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
