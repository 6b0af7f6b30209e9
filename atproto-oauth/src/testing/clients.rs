//! Clients and application hosts that the network was told about.

use std::collections::HashMap;
use std::net::SocketAddr;

use axum::Router;
use serde_json::Value;

/// Clients and application hosts that the network was told about.
#[derive(Default)]
pub(super) struct Clients {
    pub(super) documents: HashMap<String, Value>,
    pub(super) hosts: HashMap<String, Host>,
}

/// Who answers for a host name.
#[derive(Clone)]
pub(super) enum Host {
    At(SocketAddr),
    By(Router),
}

impl Clients {
    /// Publishes a document at an https address that needs no server.
    pub(super) fn publish(&mut self, address: &str, document: Value) {
        self.documents.insert(address.to_owned(), document);
    }

    pub(super) fn map(&mut self, name: &str, host: Host) {
        self.hosts.insert(name.to_ascii_lowercase(), host);
    }
}
