//! Boots the reference network and speaks to its control endpoint.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use atproto_oauth_tests::ended;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use serde_json::Value;

use super::installed;

/// The first boot after an installation compiles everything; later ones take about two seconds.
const NETWORK_START_LIMIT: Duration = Duration::from_mins(4);

/// A PLC directory and its PDSes; they stop when it is dropped.
pub(crate) struct Network {
    child: Child,
    pub(crate) ready: Ready,
    http: reqwest::Client,
}

/// What the network says about itself when it is up.
#[derive(Deserialize)]
pub(crate) struct Ready {
    pub(crate) plc: String,
    pub(crate) tls: Option<Tls>,
    pub(crate) control: String,
    pub(crate) pds: Vec<Pds>,
}

/// The listener in front of it all, when the names are those of production.
#[derive(Deserialize)]
pub(crate) struct Tls {
    pub(crate) port: u16,
    pub(crate) domain: String,
    pub(crate) app_domain: String,
    pub(crate) ca_pem: String,
}

/// One PDS, which is an authorization server too.
#[derive(Deserialize)]
pub(crate) struct Pds {
    pub(crate) url: String,
    pub(crate) issuer: String,
    pub(crate) accounts: Vec<Account>,
}

/// A person on it.
#[derive(Deserialize, Clone, Debug)]
pub(crate) struct Account {
    pub(crate) handle: String,
    pub(crate) did: String,
    pub(crate) password: String,
}

impl Network {
    /// A network of its own, for a test that changes what others would notice. `realnet --help` is
    /// the head of `net/start.mjs`.
    pub(crate) fn boot(options: &[&str]) -> Network {
        let mut child = installed::node()
            .arg(installed::script("net/start.mjs"))
            .arg("--die-with-stdin")
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node of the reference server; run `tests/real/install`");
        let output = BufReader::new(child.stdout.take().unwrap());
        let ready = first_line(output);
        let http = client(ready.tls.as_ref());
        Network { child, ready, http }
    }

    /// The plain network that the tests of one process share: sign in as you like, but leave its
    /// clocks, nonces and accounts alone.
    pub(crate) fn shared() -> &'static Network {
        static SHARED: OnceLock<Network> = OnceLock::new();
        SHARED.get_or_init(|| Network::boot(&[]))
    }

    pub(crate) fn pds(&self, index: usize) -> &Pds {
        &self.ready.pds[index]
    }

    /// `alice`, `bob` or `carol` on the first PDS.
    pub(crate) fn account(&self, name: &str) -> &Account {
        self.pds(0)
            .accounts
            .iter()
            .find(|account| account.handle.split('.').next() == Some(name))
            .unwrap_or_else(|| panic!("no account `{name}`"))
    }

    pub(crate) fn tls(&self) -> &Tls {
        self.ready.tls.as_ref().expect("boot it with `--tls`")
    }

    /// A client that reaches and trusts this network, and follows no redirect.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) async fn json(&self, url: &str) -> Value {
        let response = self.http.get(url).send().await.unwrap();
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    /// One of the actions of `net/control.mjs`; panics if it fails.
    pub(crate) async fn control(&self, action: &str, body: Value) -> Value {
        let url = format!("{}/{action}", self.ready.control);
        let response = self
            .http
            .post(url)
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "`{action}` failed: {text}");
        serde_json::from_str(&text).unwrap()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // At most three seconds, usually none: see `stopWhenAsked`.
        ended("the reference network", &mut self.child);
    }
}

fn first_line(mut output: impl BufRead + Send + 'static) -> Ready {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let read = output.read_line(&mut line).map(|_| line);
        let _ = sender.send(read);
    });
    let line = receiver
        .recv_timeout(NETWORK_START_LIMIT)
        .expect("the network did not become ready")
        .unwrap();
    serde_json::from_str(&line).unwrap_or_else(|_| panic!("the network did not start: {line:?}"))
}

fn client(tls: Option<&Tls>) -> reqwest::Client {
    let mut roots = RootCertStore::empty();
    let mut builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy();
    if let Some(tls) = tls {
        roots
            .add(CertificateDer::from_pem_slice(tls.ca_pem.as_bytes()).unwrap())
            .unwrap();
        builder = builder.dns_resolver(Arc::new(Front(tls.port)));
    }
    // No default provider is installed: the library under test must do without one.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    builder.tls_backend_preconfigured(config).build().unwrap()
}

/// Every name is the TLS listener; its port wins over the default one of the scheme.
struct Front(u16);

impl Resolve for Front {
    fn resolve(&self, _: Name) -> Resolving {
        let address = SocketAddr::from(([127, 0, 0, 1], self.0));
        Box::pin(async move { Ok(Box::new([address].into_iter()) as Addrs) })
    }
}
