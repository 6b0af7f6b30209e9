//! The target of a sign-in: an account or a server, and the authorization server that signs in there.

use std::sync::Arc;

use crate::client::discovery::CachePolicy::UseCache;
use crate::client::discovery::Discovery;
use crate::client::session::key::SessionKey;
use crate::error::Error;
use crate::protocol::authorization_server::AuthorizationServer;
use crate::types::{Did, Handle, Origin, clean_input};

/// What a person typed to sign in with.
pub(super) enum LoginTarget {
    /// An account, with the hint for the server: what was typed (AT Protocol OAuth: Identity Authentication).
    Account {
        did: Did,
        handle: Option<Handle>,
        pds: Origin,
        hint: String,
    },
    /// A server; who signs in there is not known yet, so there is no hint.
    Server(Option<Origin>),
}

impl LoginTarget {
    pub(super) fn hint(&self) -> Option<&str> {
        match self {
            Self::Account { hint, .. } => Some(hint),
            Self::Server(_) => None,
        }
    }

    /// The account that has to come back: the one that was asked for, or whose session is `replaced`.
    pub(super) fn expected(&self, replaced: Option<&SessionKey>) -> Result<Option<Did>, Error> {
        match (self, replaced.map(SessionKey::did)) {
            (Self::Account { did, .. }, Some(other)) if did != other => {
                Err(Error::invalid_request(
                    "`replaces` is a session of another account; give one of the account that signs in",
                ))
            }
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

impl LoginTarget {
    /// Resolves a handle, a DID or the URL of a server (AT Protocol OAuth: Identity Authentication).
    pub(super) async fn resolve(
        discovery: &Discovery,
        input: &str,
    ) -> Result<(LoginTarget, Arc<AuthorizationServer>), Error> {
        let text = clean_input(input)?;
        if text.contains("://") {
            let origin = typed_origin(discovery, &text)?;
            let (server, pds) = discovery.server_at(&origin).await?;
            return Ok((Self::Server(pds), server));
        }
        let (account, hint) = if text.starts_with("did:") {
            let did: Did = text.parse()?;
            (discovery.account_of_did(&did).await?, did.to_string())
        } else {
            let handle = Handle::from_input(&text)?;
            (
                discovery.account_of_handle(&handle).await?,
                handle.to_string(),
            )
        };
        let pds = account.document.pds;
        let issuer = discovery.issuer_of(&pds, UseCache).await?;
        let server = discovery
            .authorization_server(&issuer, Some(&pds), UseCache)
            .await?;
        let target = Self::Account {
            did: account.document.did,
            handle: account.handle,
            pds,
            hint,
        };
        Ok((target, server))
    }
}

/// The origin of a URL that a person typed; a trailing slash is forgiven.
fn typed_origin(discovery: &Discovery, text: &str) -> Result<Origin, Error> {
    let origin = text
        .strip_suffix('/')
        .unwrap_or(text)
        .to_ascii_lowercase()
        .parse::<Origin>();
    origin.ok().filter(|origin| discovery.servers().allow(origin)).ok_or_else(|| {
        Error::invalid_handle(
            "this is not the address of a public server; write a handle, or `https://` and a host",
        )
    })
}
