//! The record of a pending sign-in: an authorization request that waits for its callback.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

use super::{ClientAuth, Record, read_key, write_key};
use crate::jose::{DpopKey, base64url};
use crate::store::vault::codec::{Reader, Writer, damaged};
use crate::store::{Kind, StoreError};
use crate::types::{Did, Handle, Issuer, Origin, Timestamp};

/// What has to be known when the browser comes back: stored before it is sent away (AT Protocol OAuth: Summary
/// of Authorization Flow), taken once, refused when it is old.
///
/// Its id is the SHA-256 of `state` in base64url, so a reader of the store cannot finish a sign-in.
#[derive(Clone)]
pub struct PendingRecord {
    /// SHA-256 of `state`.
    pub state_hash: [u8; 32],
    /// The only server the answer may come from.
    pub issuer: Issuer,
    /// The account's server, unless the person named only an authorization server.
    pub pds: Option<Origin>,
    /// The account that was asked for, if any (AT Protocol OAuth: Identity Authentication).
    pub did: Option<Did>,
    /// The handle that was asked for, verified.
    pub handle: Option<Handle>,
    /// The key of the session to come (AT Protocol OAuth: DPoP).
    pub dpop_key: Arc<DpopKey>,
    /// PKCE's `code_verifier`.
    pub verifier: SecretString,
    /// What the pushed request said; the token request repeats it (RFC 6749 §4.1.3).
    pub redirect_uri: String,
    /// The permissions that were asked for.
    pub scope: Arc<str>,
    /// How the client authenticated.
    pub auth: ClientAuth,
    /// The issuer's latest `DPoP-Nonce`.
    pub issuer_nonce: Option<String>,
    /// SHA-256 of the secret in the browser's binding cookie (RFC 9700 §4.7).
    pub binding_hash: [u8; 32],
    /// When it began.
    pub created_at: Timestamp,
    /// When it is too late.
    pub expires_at: Timestamp,
    /// The local path to go to afterwards.
    pub return_to: Option<String>,
    /// The application's own data.
    pub app_state: Option<String>,
    /// The session that this sign-in replaces when it succeeds.
    pub replaces: Option<String>,
}

const FORMAT: u8 = 1;

impl Record for PendingRecord {
    const KIND: Kind = Kind::Pending;

    fn id(&self) -> String {
        base64url::encode(&self.state_hash)
    }

    fn group(&self) -> String {
        String::new()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }

    fn encode(&self, out: &mut Writer) {
        out.byte(FORMAT);
        out.text(self.issuer.as_str());
        out.option(self.pds.as_ref(), |out, pds| {
            // Often the issuer itself; then it is not written again.
            let other = Some(pds.as_str()).filter(|pds| *pds != self.issuer.as_str());
            out.option(other, Writer::text);
        });
        out.option(self.did.as_ref(), |out, did| out.text(did.as_str()));
        out.option(self.handle.as_ref(), |out, handle| {
            out.text(handle.as_str());
        });
        write_key(out, &self.dpop_key);
        out.secret(&self.verifier);
        out.text(&self.redirect_uri);
        out.text(&self.scope);
        self.auth.encode(out);
        out.option(self.issuer_nonce.as_deref(), Writer::text);
        out.array(&self.binding_hash);
        out.time(self.created_at);
        out.time(self.expires_at);
        out.option(self.return_to.as_deref(), Writer::text);
        out.option(self.app_state.as_deref(), Writer::text);
        out.option(self.replaces.as_deref(), Writer::text);
    }

    fn decode(id: &str, input: &mut Reader<'_>) -> Result<Self, StoreError> {
        let state_hash = base64url::decode(id).and_then(|hash| hash.try_into().ok());
        let state_hash = state_hash.ok_or_else(damaged)?;
        let text = |input: &mut Reader<'_>| input.text().map(String::from);
        input.format(FORMAT)?;
        let issuer = input.issuer()?;
        let pds = input.option(|input| {
            let other = input.option(Reader::origin)?;
            Ok(other.unwrap_or_else(|| issuer.origin().clone()))
        })?;
        Ok(Self {
            state_hash,
            issuer,
            pds,
            did: input.option(Reader::parsed)?,
            handle: input.option(Reader::parsed)?,
            dpop_key: Arc::new(read_key(input)?),
            verifier: input.secret()?,
            redirect_uri: text(input)?,
            scope: input.shared_text()?,
            auth: ClientAuth::decode(input)?,
            issuer_nonce: input.option(text)?,
            binding_hash: input.array()?,
            created_at: input.time()?,
            expires_at: input.time()?,
            return_to: input.option(text)?,
            app_state: input.option(text)?,
            replaces: input.option(text)?,
        })
    }
}

impl fmt::Debug for PendingRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingRecord")
            .field("issuer", &self.issuer)
            .field("did", &self.did)
            .field("handle", &self.handle)
            .field("scope", &self.scope)
            .field("created_at", &self.created_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
