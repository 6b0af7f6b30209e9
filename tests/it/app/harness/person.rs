//! Requests with exactly the headers that a test wants, answers, and a browser that keeps cookies.

use std::collections::BTreeMap;
use std::fmt;

use atproto_oauth::testing::TestNetwork;
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request};
use serde_json::Value;
use tower::ServiceExt;

/// Where the applications are, unless a test says otherwise.
pub(crate) const OWN: &str = "http://127.0.0.1:3000";

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// What a program sends: no headers.
pub(crate) fn get(path: &str) -> Ask {
    Ask {
        method: "GET",
        path: path.into(),
        headers: Vec::new(),
        body: String::new(),
    }
}

/// A person's navigation: `site` is `same-origin`, `none` (typed), `same-site` or `cross-site`.
pub(crate) fn navigate(site: &str, path: &str) -> Ask {
    get(path)
        .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
        .header("sec-fetch-site", site)
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header("sec-fetch-user", "?1")
}

/// A click on a link of the application's own page.
pub(crate) fn click(path: &str) -> Ask {
    navigate("same-origin", path)
}

/// A program that wants JSON.
pub(crate) fn api(path: &str) -> Ask {
    get(path).header("accept", "application/json")
}

/// A form of one of the application's own pages.
pub(crate) fn submit(path: &str, fields: &[(&str, &str)]) -> Ask {
    let ask = click(path).form(fields).header("origin", OWN);
    ask.method("POST")
}

/// `path` with a query string.
pub(crate) fn link(path: &str, pairs: &[(&str, &str)]) -> String {
    format!("{path}?{}", encoded(pairs))
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

impl Ask {
    pub(crate) fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Without that header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// With that value instead.
    pub(crate) fn replace(self, name: &str, value: &str) -> Self {
        self.without(name).header(name, value)
    }

    /// With several more.
    pub(crate) fn headers(self, all: &[(&str, &str)]) -> Self {
        all.iter()
            .fold(self, |ask, (name, value)| ask.header(name, value))
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        self.encoded(&encoded(fields))
    }

    /// A form in its encoding.
    pub(crate) fn encoded(self, body: &str) -> Self {
        Self {
            body: body.into(),
            ..self
        }
        .header("content-type", "application/x-www-form-urlencoded")
    }

    pub(crate) async fn of(self, router: &Router) -> Answer {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        if self.headers.iter().all(|(name, _)| name != "host") {
            request = request.header("host", "127.0.0.1:3000");
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(self.body)).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.into()).unwrap(),
        }
    }
}

/// A response, with its body read.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// Empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// All `Set-Cookie` headers.
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        let all = self.headers.get_all("set-cookie").iter();
        all.map(|value| value.to_str().unwrap()).collect()
    }

    /// A page; asserts that it is one.
    #[track_caller]
    pub(crate) fn page(&self) -> &str {
        assert_eq!(
            self.header("content-type"),
            "text/html; charset=utf-8",
            "{self:?}"
        );
        &self.body
    }

    /// The `error` of a JSON answer; asserts that it is one.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/json", "{self:?}");
        let json: Value = serde_json::from_str(&self.body).unwrap();
        json["error"].as_str().unwrap().to_owned()
    }

    /// The session cookie that is set, `name=value`.
    pub(crate) fn session_cookie(&self) -> Option<String> {
        let set = |cookie: &&str| cookie.contains("session=") && !cookie.contains("Max-Age=0");
        let cookie = self.set_cookies().into_iter().find(set)?;
        cookie.split(';').next().map(str::to_owned)
    }

    /// A page of the library's own.
    #[track_caller]
    pub(crate) fn assert_page(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        self.page();
        assert_eq!(self.header("cache-control"), "no-store", "{self:?}");
        let policy = self.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{self:?}");
    }

    /// A refusal in JSON, with a message.
    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, code: &str) {
        assert_eq!((self.status, &*self.code()), (status, code), "{self:?}");
        let json: Value = serde_json::from_str(&self.body).unwrap();
        let message = json["message"].as_str();
        assert!(message.is_some_and(|text| !text.is_empty()), "{self:?}");
    }

    /// A redirect that is not kept.
    #[track_caller]
    pub(crate) fn assert_see_other(&self, location: &str) {
        assert_eq!((self.status, self.location()), (303, location), "{self:?}");
        assert_eq!(self.header("cache-control"), "no-store", "{self:?}");
    }

    /// RU-05: not kept, and its address not told to other sites.
    #[track_caller]
    pub(crate) fn assert_private(&self) {
        assert_eq!(self.header("cache-control"), "no-store", "{self:?}");
        assert_eq!(self.header("referrer-policy"), "no-referrer", "{self:?}");
    }
}

/// Leaves the stylesheet out.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.body.split("</style>").last().unwrap();
        write!(f, "{} {:?}\n{text}", self.status, self.headers)
    }
}

/// A person with a browser: cookies, and the application they visit.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) router: Router,
    pub(crate) base_url: String,
    pub(crate) jar: BTreeMap<String, String>,
}

impl Person {
    pub(crate) fn new(router: &Router) -> Self {
        Self {
            router: router.clone(),
            base_url: OWN.into(),
            jar: BTreeMap::new(),
        }
    }

    /// Sends the request with the cookies, and keeps those that are set.
    pub(crate) async fn send(&mut self, ask: Ask) -> Answer {
        let host = self.base_url.split("//").last().unwrap().to_owned();
        let ask = match self.cookies() {
            cookies if cookies.is_empty() => ask,
            cookies => ask.header("cookie", &cookies),
        };
        let known = ask.headers.iter().any(|(name, _)| name == "host");
        let ask = if known {
            ask
        } else {
            ask.header("host", &host)
        };
        let answer = ask.of(&self.router).await;
        for cookie in answer.set_cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.into(), value.into());
            }
        }
        answer
    }

    /// The `Cookie` header.
    pub(crate) fn cookies(&self) -> String {
        let pairs: Vec<_> = self
            .jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// The value of the session cookie.
    pub(crate) fn session_cookie(&self) -> Option<&str> {
        let found = self.jar.iter().find(|(name, _)| name.ends_with("+session"));
        found.map(|(_, value)| value.as_str())
    }

    /// How many sign-ins this browser has started and not finished.
    pub(crate) fn pending(&self) -> usize {
        self.jar
            .keys()
            .filter(|name| name.contains("+signin+"))
            .count()
    }

    /// Posts the form of the sign-in page; the address at the authorization server.
    pub(crate) async fn start(&mut self, handle: &str) -> String {
        let ask = submit("/oauth/login", &[("handle", handle)]);
        let answer = self
            .send(ask.replace("origin", &self.base_url.clone()))
            .await;
        assert_eq!(answer.status, 303, "{answer:?}");
        answer.location().to_owned()
    }

    /// Comes back from the authorization server.
    pub(crate) async fn come_back(&mut self, address: &str) -> Answer {
        let path = address.strip_prefix(&self.base_url).unwrap().to_owned();
        self.send(navigate("cross-site", &path)).await
    }

    /// The whole flow; the answer of the callback, also a refusal.
    pub(crate) async fn try_sign_in(&mut self, network: &TestNetwork, handle: &str) -> Answer {
        let url = self.start(handle).await;
        let address = network.approve(&url, handle).await.unwrap();
        self.come_back(&address).await
    }

    pub(crate) async fn sign_in(&mut self, network: &TestNetwork, handle: &str) {
        let answer = self.try_sign_in(network, handle).await;
        assert_eq!(answer.status, 303, "{answer:?}");
    }

    /// The text of a page of the application.
    pub(crate) async fn read(&mut self, path: &str) -> String {
        self.send(click(path)).await.body
    }
}
