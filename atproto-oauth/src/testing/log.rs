//! What the network saw: the base of assertions such as "no token request was sent".

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderMap, Method, Uri};
use serde_json::Value;
use tokio::sync::watch;

use super::endpoint::Endpoint;
use super::form::Form;
use super::limit::within;
use crate::jose::base64url;

/// One request that a server of the network received, in order of arrival.
#[derive(Clone)]
#[non_exhaustive]
pub struct Seen {
    /// What it was for.
    pub endpoint: Endpoint,
    /// The server it reached: `http://localhost:PORT`.
    pub server: String,
    /// Its method.
    pub method: Method,
    /// Its path and query.
    pub uri: Uri,
    /// Its headers.
    pub headers: HeaderMap,
    /// The status it was answered with, also where the answer got lost on purpose; `None` before.
    pub status: Option<u16>,
    form: Form,
}

impl Seen {
    /// A parameter of the form in its body.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<&str> {
        self.form.get(name)
    }

    /// The names of all parameters in its body.
    pub fn form_names(&self) -> impl Iterator<Item = &str> {
        self.form.0.iter().map(|(name, _)| name.as_str())
    }

    /// A header, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Header and claims of its DPoP proof, unverified.
    #[must_use]
    pub fn proof(&self) -> Option<(Value, Value)> {
        unverified(self.header("dpop")?)
    }

    /// Header and claims of its client assertion, unverified.
    #[must_use]
    pub fn assertion(&self) -> Option<(Value, Value)> {
        unverified(self.form("client_assertion")?)
    }
}

/// Leaves out headers and values: they hold tokens, and a failed assertion prints this.
impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, uri, .. } = self;
        write!(
            f,
            "{:?}: {method} {}{} ",
            self.endpoint,
            self.server,
            uri.path()
        )?;
        f.debug_list().entries(self.form_names()).finish()?;
        match self.status {
            Some(status) => write!(f, " -> {status}"),
            None => f.write_str(" -> no answer"),
        }
    }
}

fn unverified(jws: &str) -> Option<(Value, Value)> {
    let mut parts = jws.split('.').map(|part| {
        let bytes = base64url::decode(part)?;
        serde_json::from_slice(&bytes).ok()
    });
    Some((parts.next()??, parts.next()??))
}

/// The requests so far.
pub(super) struct Log {
    entries: Mutex<Vec<(u64, Seen)>>,
    arrivals: AtomicU64,
    changed: watch::Sender<()>,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            entries: Mutex::default(),
            arrivals: AtomicU64::new(0),
            changed: watch::Sender::new(()),
        }
    }

    pub(super) fn all(&self) -> Vec<Seen> {
        self.entries()
            .iter()
            .map(|(_, seen)| seen.clone())
            .collect()
    }

    pub(super) fn clear(&self) {
        self.entries().clear();
    }

    /// Notes a request; its number is for noting the answer.
    pub(super) fn arrived(&self, seen: Seen) -> u64 {
        let number = self.arrivals.fetch_add(1, Ordering::Relaxed);
        self.entries().push((number, seen));
        self.changed.send_replace(());
        number
    }

    pub(super) fn answered(&self, number: u64, status: u16) {
        if let Some((_, seen)) = self.entries().iter_mut().find(|(n, _)| *n == number) {
            seen.status = Some(status);
        }
        self.changed.send_replace(());
    }

    /// Returns once `enough` says so of the requests so far. If that takes longer than `limit` of real time: those
    /// requests.
    pub(super) async fn until(
        &self,
        limit: Duration,
        enough: impl Fn(&[Seen]) -> bool,
    ) -> Result<(), Vec<Seen>> {
        let mut changed = self.changed.subscribe();
        let waits = async {
            while !enough(&self.all()) {
                if changed.changed().await.is_err() {
                    return;
                }
            }
        };
        within(limit, waits).await.ok_or_else(|| self.all())
    }

    fn entries(&self) -> MutexGuard<'_, Vec<(u64, Seen)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    pub(super) fn new(server: &str, parts: &http::request::Parts, form: Form) -> Self {
        Self {
            endpoint: Endpoint::of(parts, &form),
            server: server.to_owned(),
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
            status: None,
            form,
        }
    }
}
