//! The record of a revocation: a session that was signed out and waits to be revoked at its server.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

use super::session::split_id;
use super::{ClientAuth, Record, SessionRecord, read_key, write_key};
use crate::jose::DpopKey;
use crate::store::vault::codec::{Reader, Writer, damaged};
use crate::store::{Kind, StoreError};
use crate::types::{Did, Issuer, Timestamp};

/// What is left of a session after signing out: just enough to tell its server (RFC 7009 §2.1).
///
/// Its id is the session's, its group [`QUEUE`](Self::QUEUE).
#[derive(Clone)]
pub struct RevocationRecord {
    /// The session's id.
    pub id: String,
    /// Whose it was.
    pub did: Did,
    /// Where to revoke.
    pub issuer: Issuer,
    /// Revoked second.
    pub access_token: SecretString,
    /// Revoked first.
    pub refresh_token: Option<SecretString>,
    /// The revocation request is authenticated with it too.
    pub dpop_key: Arc<DpopKey>,
    /// How the client authenticates for it.
    pub auth: ClientAuth,
    /// The issuer's latest `DPoP-Nonce`.
    pub issuer_nonce: Option<String>,
    /// Requests that failed so far.
    pub attempts: u32,
    /// Not before.
    pub next_at: Timestamp,
    /// When the person signed out.
    pub created_at: Timestamp,
    /// When it is no longer tried.
    pub expires_at: Timestamp,
}

impl RevocationRecord {
    /// The group that all of them are listed in.
    pub const QUEUE: &'static str = "queue";

    /// What is left of `session`, signed out `now` and tried until `expires_at`.
    #[must_use]
    pub fn of(session: &SessionRecord, now: Timestamp, expires_at: Timestamp) -> Self {
        Self {
            id: session.id(),
            did: session.did.clone(),
            issuer: session.issuer.clone(),
            access_token: session.access_token.clone(),
            refresh_token: session.refresh_token.clone(),
            dpop_key: Arc::clone(&session.dpop_key),
            auth: session.auth.clone(),
            issuer_nonce: session.issuer_nonce.clone(),
            attempts: 0,
            next_at: now,
            created_at: now,
            expires_at,
        }
    }
}

const FORMAT: u8 = 1;

impl Record for RevocationRecord {
    const KIND: Kind = Kind::Revocation;

    fn id(&self) -> String {
        self.id.clone()
    }

    fn group(&self) -> String {
        Self::QUEUE.into()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }

    fn encode(&self, out: &mut Writer) {
        out.byte(FORMAT);
        out.text(self.issuer.as_str());
        out.secret(&self.access_token);
        out.option(self.refresh_token.as_ref(), Writer::secret);
        write_key(out, &self.dpop_key);
        self.auth.encode(out);
        out.option(self.issuer_nonce.as_deref(), Writer::text);
        out.number(self.attempts.into());
        out.time(self.next_at);
        out.time(self.created_at);
        out.time(self.expires_at);
    }

    fn decode(id: &str, input: &mut Reader<'_>) -> Result<Self, StoreError> {
        let (did, _) = split_id(id).ok_or_else(damaged)?;
        input.format(FORMAT)?;
        Ok(Self {
            id: id.into(),
            did,
            issuer: input.issuer()?,
            access_token: input.secret()?,
            refresh_token: input.option(Reader::secret)?,
            dpop_key: Arc::new(read_key(input)?),
            auth: ClientAuth::decode(input)?,
            issuer_nonce: input.option(|input| input.text().map(Into::into))?,
            attempts: input.small_number()?,
            next_at: input.time()?,
            created_at: input.time()?,
            expires_at: input.time()?,
        })
    }
}

impl fmt::Debug for RevocationRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationRecord")
            .field("did", &self.did)
            .field("issuer", &self.issuer)
            .field("attempts", &self.attempts)
            .field("next_at", &self.next_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
