//! A transport that answers for names of the public internet, and that shows what it was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use atproto_oauth::transport::{Body, Guarded, Limits, Problem, Transport, TransportError};
use futures_util::future::BoxFuture;
use http::{Request, Response};

/// What is behind the addresses that a test knows. Everything on `localhost` goes to the network.
#[derive(Clone, Debug)]
pub(crate) struct Scripted(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    real: Guarded,
    pages: Mutex<HashMap<String, Page>>,
    txt: Mutex<HashMap<String, Result<Vec<String>, Problem>>>,
    asked: Mutex<Vec<String>>,
    cut: Mutex<Option<(&'static str, Problem)>>,
}

#[derive(Clone, Debug)]
enum Page {
    Answer(u16, &'static str, String),
    Broken(Problem),
}

impl Scripted {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            real: Guarded::builder().allow_loopback(true).build().unwrap(),
            pages: Mutex::default(),
            txt: Mutex::default(),
            asked: Mutex::default(),
            cut: Mutex::default(),
        }))
    }

    /// This is at `url` from now on.
    pub(crate) fn page(&self, url: &str, status: u16, kind: &'static str, body: impl ToString) {
        let page = Page::Answer(status, kind, body.to_string());
        self.0.pages.lock().unwrap().insert(url.to_owned(), page);
    }

    pub(crate) fn json(&self, url: &str, body: &serde_json::Value) {
        self.page(url, 200, "application/json", body);
    }

    /// What is at `url` cannot be fetched.
    pub(crate) fn broken(&self, url: &str, problem: Problem) {
        let mut pages = self.0.pages.lock().unwrap();
        pages.insert(url.to_owned(), Page::Broken(problem));
    }

    /// Requests to addresses that end so go wrong from now on, also those to the network; `None`: none.
    pub(crate) fn cut(&self, what: Option<(&'static str, Problem)>) {
        *self.0.cut.lock().unwrap() = what;
    }

    /// The TXT records of `name`, or why there are none.
    pub(crate) fn records(&self, name: &str, records: Result<&[&str], Problem>) {
        let records = records.map(|list| list.iter().map(ToString::to_string).collect());
        self.0.txt.lock().unwrap().insert(name.to_owned(), records);
    }

    /// What was asked so far: URLs, and names after `TXT `.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.0.asked.lock().unwrap().clone()
    }

    /// Forgets what was asked.
    pub(crate) fn forget(&self) {
        self.0.asked.lock().unwrap().clear();
    }

    fn note(&self, what: String) {
        self.0.asked.lock().unwrap().push(what);
    }
}

impl Transport for Scripted {
    fn send(
        &self,
        request: Request<Body>,
        limits: Limits,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let url = request.uri().to_string();
        self.note(url.clone());
        let cut = *self.0.cut.lock().unwrap();
        if let Some((end, problem)) = cut
            && url.ends_with(end)
        {
            return Box::pin(async move { Err(TransportError::new(url, problem)) });
        }
        if url.starts_with("http://localhost:") {
            return self.0.real.send(request, limits);
        }
        let page = self.0.pages.lock().unwrap().get(&url).cloned();
        Box::pin(async move {
            match page {
                Some(Page::Answer(status, kind, body)) => {
                    let answer = Response::builder().status(status);
                    let answer = answer.header("content-type", kind);
                    Ok(answer.body(Body::from(body)).unwrap())
                }
                Some(Page::Broken(problem)) => Err(TransportError::new(url, problem)),
                None => Err(TransportError::new(url, Problem::Unreachable)),
            }
        })
    }

    fn txt(&self, name: &str, _: Duration) -> BoxFuture<'_, Result<Vec<String>, TransportError>> {
        self.note(format!("TXT {name}"));
        let found = self.0.txt.lock().unwrap().get(name).cloned();
        let answer = found.unwrap_or(Ok(Vec::new()));
        let answer = answer.map_err(|problem| TransportError::new(name, problem));
        Box::pin(async move { answer })
    }
}
