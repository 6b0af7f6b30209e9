//! The state that the servers of one network share, and each server's view of it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::account::Accounts;
use super::clients::Clients;
use super::endpoint::Endpoint;
use super::fault::Fault;
use super::hold::Holds;
use super::ledger::Authority;
use super::log::Log;
use super::nonce::Nonces;
use super::policy::TOKEN_LIFETIME;
use super::repository::Repositories;
use crate::error::Error;
use crate::types::{Clock, Timestamp};

/// The network behind all its servers.
pub(super) struct Shared {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) directory: String,
    pub(super) pds: Vec<Hosting>,
    pub(super) log: Log,
    state: Mutex<State>,
}

/// A PDS and the authorization server that speaks for it.
#[derive(Clone, Debug)]
pub(super) struct Hosting {
    pub(super) url: String,
    pub(super) issuer: String,
}

/// What changes.
pub(super) struct State {
    pub(super) accounts: Accounts,
    pub(super) repositories: Repositories,
    pub(super) authority: Authority,
    pub(super) clients: Clients,
    pub(super) nonces: Nonces,
    pub(super) jtis: Jtis,
    pub(super) faults: Faults,
    pub(super) holds: Holds,
    pub(super) permission_sets: HashMap<String, Vec<String>>,
    pub(super) token_lifetime: Duration,
}

impl Shared {
    pub(super) fn new(
        clock: Arc<dyn Clock>,
        directory: String,
        pds: Vec<Hosting>,
        accounts: Accounts,
    ) -> Result<Self, Error> {
        Ok(Self {
            clock,
            directory,
            pds,
            log: Log::new(),
            state: Mutex::new(State {
                accounts,
                repositories: Repositories::default(),
                authority: Authority::default(),
                clients: Clients::default(),
                nonces: Nonces::new()?,
                jtis: Jtis::default(),
                faults: Faults::default(),
                holds: Holds::default(),
                permission_sets: HashMap::new(),
                token_lifetime: TOKEN_LIFETIME,
            }),
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// One server: the network, and which of its addresses this is.
#[derive(Clone)]
pub(super) struct Site {
    pub(super) shared: Arc<Shared>,
    pub(super) origin: Arc<str>,
}

impl Site {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// The DPoP nonce this server gives out now.
    pub(super) fn nonce(&self) -> String {
        self.state().nonces.current(&self.origin, self.now())
    }

    /// The issuer that speaks for the PDS at this address; of the first where there is none.
    pub(super) fn issuer(&self) -> &str {
        let here = |hosting: &&Hosting| *hosting.url == *self.origin;
        let hosting = self.shared.pds.iter().find(here);
        hosting.map_or(&*self.origin, |hosting| &hosting.issuer)
    }

    /// Whether this authorization server speaks for the PDS at `url`.
    pub(super) fn speaks_for(&self, url: &str) -> bool {
        let of_pds = |hosting: &Hosting| hosting.url == url && *hosting.issuer == *self.origin;
        self.shared.pds.iter().any(of_pds)
    }
}

/// Identifiers that were used up: of proofs and of assertions.
#[derive(Default)]
pub(super) struct Jtis(HashSet<String>);

impl Jtis {
    /// Uses one up; `false` when it already was.
    pub(super) fn take(&mut self, kind: &str, jti: &str) -> bool {
        self.0.insert(format!("{kind} {jti}"))
    }
}

/// The faults in force.
#[derive(Default)]
pub(super) struct Faults(Vec<Active>);

struct Active {
    fault: Fault,
    server: Option<String>,
    left: Option<u32>,
}

impl Faults {
    /// From now on, at one server or all, a number of times or always.
    pub(super) fn add(&mut self, fault: Fault, server: Option<String>, times: Option<u32>) {
        self.0.push(Active {
            fault,
            server,
            left: times,
        });
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The faults that concern a request; each loses one of its times.
    pub(super) fn take(&mut self, server: &str, at: Endpoint) -> Vec<Fault> {
        let mut taken = Vec::new();
        for active in &mut self.0 {
            let here = active.server.as_deref().is_none_or(|only| only == server);
            if here && active.fault.at().covers(at) && active.left != Some(0) {
                active.left = active.left.map(|left| left - 1);
                taken.push(active.fault.clone());
            }
        }
        taken
    }
}
