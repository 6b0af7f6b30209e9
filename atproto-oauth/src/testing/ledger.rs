//! The authorization server's state: devices, requests, codes, sessions and used tokens.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::client_id::{Client, Credential};
use crate::error::Error;
use crate::jose::random_token;
use crate::types::Timestamp;

/// What the server remembers about a browser.
#[derive(Clone, Debug, Default)]
pub(super) struct Device {
    /// DIDs that signed in and asked to be remembered.
    pub(super) remembered: Vec<String>,
}

/// A pushed authorization request.
#[derive(Clone, Debug)]
pub(super) struct Pushed {
    pub(super) issuer: String,
    pub(super) client: Client,
    pub(super) credential: Option<Credential>,
    /// Thumbprint of the DPoP key that the session will be bound to.
    pub(super) jkt: String,
    pub(super) code_challenge: String,
    pub(super) redirect_uri: String,
    pub(super) state: String,
    pub(super) scope: Vec<String>,
    pub(super) login_hint: Option<String>,
    pub(super) prompt: Option<String>,
    pub(super) expires: Timestamp,
    /// The browser that opened it first.
    pub(super) device: Option<String>,
    /// The account that signed in for it.
    pub(super) subject: Option<String>,
}

/// A code that was not redeemed yet.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) request: Pushed,
    pub(super) did: String,
    pub(super) scope: String,
    pub(super) expires: Timestamp,
}

/// A session.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) issuer: String,
    pub(super) did: String,
    pub(super) client_id: String,
    pub(super) credential: Option<Credential>,
    pub(super) jkt: String,
    pub(super) scope: String,
    pub(super) created: Timestamp,
    pub(super) refreshed: Timestamp,
    pub(super) access_expires: Timestamp,
    access: String,
    refresh: Option<String>,
}

impl Grant {
    /// The session is bound to this key of the client; that of a public client takes the first that comes, as
    /// the client may have become confidential (AT Protocol OAuth: Confidential Client Authentication).
    pub(super) fn accepts(&self, credential: Option<&Credential>) -> bool {
        self.credential.is_none() || self.credential.as_ref() == credential
    }
}

/// What a text that looks like a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Access,
    Refresh,
    UsedRefresh,
    UsedCode,
}

/// All books.
#[derive(Default)]
pub(super) struct Authority {
    pub(super) requests: HashMap<String, Pushed>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) devices: HashMap<String, Device>,
    /// What each account allowed each client before.
    pub(super) consents: HashMap<(String, String), HashSet<String>>,
    grants: HashMap<u64, Grant>,
    tokens: HashMap<String, (Role, u64)>,
    /// Thumbprints of all keys that ever had a session (AT Protocol OAuth: DPoP).
    used_keys: HashSet<String>,
    last: u64,
}

/// The tokens of one answer.
pub(super) struct Issued {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
}

impl Authority {
    pub(super) fn key_had_session(&self, jkt: &str) -> bool {
        self.used_keys.contains(jkt)
    }

    /// Takes a code; it can be taken once, whatever comes of it. A second time ends the session that
    /// the first one began.
    pub(super) fn take_code(&mut self, code: &str) -> Option<Code> {
        if let Some((Role::UsedCode, session)) = self.tokens.get(code).copied() {
            self.end(session);
        }
        let taken = self.codes.remove(code)?;
        self.tokens.insert(code.to_owned(), (Role::UsedCode, 0));
        Some(taken)
    }

    /// Begins the session of a code.
    pub(super) fn begin(&mut self, text: &str, code: Code, now: Timestamp) -> u64 {
        self.last += 1;
        self.used_keys.insert(code.request.jkt.clone());
        self.tokens
            .insert(text.to_owned(), (Role::UsedCode, self.last));
        let grant = Grant {
            issuer: code.request.issuer,
            did: code.did,
            client_id: code.request.client.id,
            credential: code.request.credential,
            jkt: code.request.jkt,
            scope: code.scope,
            created: now,
            refreshed: now,
            access_expires: now,
            access: String::new(),
            refresh: None,
        };
        self.grants.insert(self.last, grant);
        self.last
    }

    /// Issues new tokens for a session; the ones before are dead from now on.
    pub(super) fn issue(
        &mut self,
        session: u64,
        with_refresh: bool,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<Issued, Error> {
        let access = format!("access-{}", random_token()?);
        let refresh = if with_refresh {
            Some(format!("refresh-{}", random_token()?))
        } else {
            None
        };
        if let Some(grant) = self.grants.get_mut(&session) {
            self.tokens.remove(&grant.access);
            if let Some(used) = grant.refresh.take() {
                self.tokens.insert(used, (Role::UsedRefresh, session));
            }
            grant.refreshed = now;
            grant.access_expires = now.plus(lifetime);
            grant.access.clone_from(&access);
            grant.refresh.clone_from(&refresh);
            self.tokens.insert(access.clone(), (Role::Access, session));
            if let Some(refresh) = &refresh {
                self.tokens
                    .insert(refresh.clone(), (Role::Refresh, session));
            }
        }
        Ok(Issued { access, refresh })
    }

    /// Binds the session to the key of the client that was used for it.
    pub(super) fn bind(&mut self, session: u64, credential: Option<&Credential>) {
        if let Some(grant) = self.grants.get_mut(&session) {
            grant.credential = credential.cloned();
        }
    }

    /// What a token is, and the session it belongs to.
    pub(super) fn find(&self, token: &str) -> Option<(Role, u64, &Grant)> {
        let (role, session) = self.tokens.get(token)?;
        Some((*role, *session, self.grants.get(session)?))
    }

    /// The session of a living access token.
    pub(super) fn by_access_token(&self, token: &str) -> Option<&Grant> {
        match self.find(token)? {
            (Role::Access, _, grant) => Some(grant),
            _ => None,
        }
    }

    /// Ends a session and kills its tokens.
    pub(super) fn end(&mut self, session: u64) {
        self.grants.remove(&session);
    }

    /// Ends every session of an account.
    pub(super) fn end_all_of(&mut self, did: &str) {
        self.grants.retain(|_, grant| grant.did != did);
    }

    /// Every access token so far is expired; refresh tokens live on.
    pub(super) fn expire_access_tokens(&mut self) {
        for grant in self.grants.values_mut() {
            grant.access_expires = Timestamp(0);
        }
    }

    /// Every pending request and every code that was not redeemed is expired.
    pub(super) fn expire_requests(&mut self) {
        for request in self.requests.values_mut() {
            request.expires = Timestamp(0);
        }
        for code in self.codes.values_mut() {
            code.expires = Timestamp(0);
        }
    }

    /// Every session began, and was last refreshed, that much earlier.
    pub(super) fn age(&mut self, by: Duration) {
        for grant in self.grants.values_mut() {
            for time in [&mut grant.created, &mut grant.refreshed] {
                *time = Timestamp(time.0.saturating_sub(by.as_secs()));
            }
        }
    }

    /// How many sessions are alive.
    pub(super) fn sessions_of(&self, did: &str) -> usize {
        self.grants
            .values()
            .filter(|grant| grant.did == did)
            .count()
    }
}
