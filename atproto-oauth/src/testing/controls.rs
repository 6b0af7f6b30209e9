//! What tests change in a running network, all of it truthful: for lies there are faults.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use serde_json::Value;

use super::account::Account;
use super::clients::Host;
use super::network::TestNetwork;
use super::permission;
use crate::error::{Error, ErrorKind};

impl TestNetwork {
    /// No DPoP nonce so far is accepted any more, at any server.
    pub fn rotate_nonce(&self) {
        self.shared.state().nonces.rotate();
    }

    /// Every access token so far has expired; refresh tokens live on.
    pub fn expire_access_tokens(&self) {
        self.shared.state().authority.expire_access_tokens();
    }

    /// Every pushed request and every code that was not redeemed has expired.
    pub fn expire_requests(&self) {
        self.shared.state().authority.expire_requests();
    }

    /// How long access tokens live from now on, in whole seconds.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.shared.state().token_lifetime = lifetime;
    }

    /// Every session began that much earlier: those of public clients last 14 days, those of
    /// confidential ones 90 days without a refresh.
    pub fn age_sessions(&self, by: Duration) {
        self.shared.state().authority.age(by);
    }

    /// The account signed out everywhere, at its server.
    pub fn revoke_sessions(&self, did: impl AsRef<str>) {
        self.shared.state().authority.end_all_of(did.as_ref());
    }

    /// How many sessions of an account are alive at its server.
    #[must_use]
    pub fn sessions_of(&self, did: impl AsRef<str>) -> usize {
        self.shared.state().authority.sessions_of(did.as_ref())
    }

    /// A new account at the first PDS.
    ///
    /// # Errors
    /// The text is not a handle, or the handle is taken.
    pub fn add_account(&self, handle: &str) -> Result<Account, Error> {
        let account = Account::new(handle, self.pds())?;
        self.shared.state().accounts.add(account.clone())?;
        Ok(account)
    }

    /// The account, by handle or DID, takes another handle. The old one resolves no more.
    ///
    /// # Errors
    /// There is no such account, or it is not a handle.
    pub fn set_handle(&self, account: &str, handle: &str) -> Result<(), Error> {
        let handle = handle.parse()?;
        self.shared.state().accounts.find_mut(account)?.handle = handle;
        Ok(())
    }

    /// The account, by handle or DID, moves to the PDS with that number. Sessions at the old
    /// authorization server are worth nothing afterwards.
    ///
    /// # Errors
    /// There is no such account or no such PDS.
    pub fn move_account(&self, account: &str, to: usize) -> Result<(), Error> {
        let pds = self.pds_at(to).to_owned();
        if pds.is_empty() {
            let message = "there is no such PDS; start the network with `builder().pds(n)`";
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        self.shared.state().accounts.find_mut(account)?.pds = pds;
        Ok(())
    }

    /// Publishes the metadata of a web client, and what is behind its `jwks_uri` if it has one. The
    /// documents are checked when the client is used.
    pub fn register_client(&self, client_id: &str, metadata: &Value, jwks: Option<&Value>) {
        let mut state = self.shared.state();
        let jwks_uri = metadata.get("jwks_uri").and_then(Value::as_str);
        if let (Some(address), Some(jwks)) = (jwks_uri, jwks) {
            state.clients.publish(address, jwks.clone());
        }
        state.clients.publish(client_id, metadata.clone());
    }

    /// The authorization servers find `https://{host}` at this address, in plain HTTP: an
    /// application that is served by the test.
    pub fn map_host(&self, host: &str, addr: SocketAddr) {
        self.shared.state().clients.map(host, Host::At(addr));
    }

    /// As [`map_host`](Self::map_host), for an application that is not served at all.
    pub fn map_router(&self, host: &str, app: &Router) {
        let app = Host::By(app.clone());
        self.shared.state().clients.map(host, app);
    }

    /// Publishes a permission set: from now on `include:{nsid}` is granted as these permissions, and a
    /// client that looks for the set finds a record that says so.
    pub fn publish_permission_set(&self, nsid: &str, permissions: &[&str]) {
        self.publish_lexicon(nsid, permission::lexicon(nsid, permissions));
        let permissions = permissions.iter().map(ToString::to_string).collect();
        let sets = &mut self.shared.state().permission_sets;
        sets.insert(nsid.to_owned(), permissions);
    }

    /// Publishes any record as the lexicon `nsid`, whatever the servers grant for it.
    pub fn publish_lexicon(&self, nsid: &str, record: Value) {
        let mut state = self.shared.state();
        let publisher = state.accounts.publisher.did.to_string();
        let collection = "com.atproto.lexicon.schema";
        state.repositories.put(&publisher, collection, nsid, record);
    }
}
