//! Who or what was typed, and the server that signs them in.

use std::sync::Arc;

use super::resolve::Freshness::Cached;
use super::{Inner, SessionKey};
use crate::protocol::authorization_server::AuthorizationServer;
use crate::types::{Did, Handle, Origin, clean_input};
use crate::{Error, ErrorKind};

/// Who or what was typed.
pub(super) enum Subject {
    /// Somebody, with the hint for the server: what was typed (ID-22).
    Account {
        did: Did,
        handle: Option<Handle>,
        pds: Origin,
        hint: String,
    },
    /// A server; who signs in there is not known yet, so there is no hint (ID-23).
    Server(Option<Origin>),
}

impl Subject {
    pub(super) fn hint(&self) -> Option<&str> {
        match self {
            Self::Account { hint, .. } => Some(hint),
            Self::Server(_) => None,
        }
    }

    /// The account that has to come back: the one that was asked for, or whose session is `replaced`.
    pub(super) fn expected(&self, replaced: Option<&SessionKey>) -> Result<Option<Did>, Error> {
        match (self, replaced.map(SessionKey::did)) {
            (Self::Account { did, .. }, Some(other)) if did != other => Err(Error::new(
                ErrorKind::InvalidRequest,
                "`replaces` is a session of another account; give one of the account that signs in",
            )),
            (Self::Account { did, .. }, _) => Ok(Some(did.clone())),
            (Self::Server(_), replaced) => Ok(replaced.cloned()),
        }
    }

    /// The handle, and the account's own server.
    pub(super) fn into_parts(self) -> (Option<Handle>, Option<Origin>) {
        match self {
            Self::Account { handle, pds, .. } => (handle, Some(pds)),
            Self::Server(pds) => (None, pds),
        }
    }
}

impl Inner {
    /// Resolves a handle, a DID or the URL of a server (ID-01).
    pub(super) async fn subject(
        &self,
        input: &str,
    ) -> Result<(Subject, Arc<AuthorizationServer>), Error> {
        let text = clean_input(input)?;
        if text.contains("://") {
            let origin = self.typed_origin(&text)?;
            let (server, pds) = self.server_at(&origin).await?;
            return Ok((Subject::Server(pds), server));
        }
        let (account, hint) = if text.starts_with("did:") {
            let did: Did = text.parse()?;
            (self.account_of_did(&did).await?, did.to_string())
        } else {
            let handle = Handle::from_input(&text)?;
            (self.account_of_handle(&handle).await?, handle.to_string())
        };
        let pds = account.document.pds;
        let issuer = self.issuer_of(&pds, Cached).await?;
        let server = self
            .authorization_server(&issuer, Some(&pds), Cached)
            .await?;
        let subject = Subject::Account {
            did: account.document.did,
            handle: account.handle,
            pds,
            hint,
        };
        Ok((subject, server))
    }

    /// The origin of a URL that a person typed; a trailing slash is forgiven.
    fn typed_origin(&self, text: &str) -> Result<Origin, Error> {
        let origin = text
            .strip_suffix('/')
            .unwrap_or(text)
            .to_ascii_lowercase()
            .parse::<Origin>();
        origin.ok().filter(|origin| self.network.servers.allow(origin)).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidHandle,
                "this is not the address of a public server; write a handle, or `https://` and a host",
            )
        })
    }
}
