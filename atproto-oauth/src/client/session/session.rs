//! A session: who is signed in, what they allowed, and the way to their PDS.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::grant::Grant;
use super::key::SessionKey;
use super::state::{SessionState, Snapshot, ended};
use crate::client::client::OAuthClient;
use crate::error::{Error, ErrorKind};
use crate::scope::{Scope, ScopeSet};
use crate::store::{ClientAuth, SessionRecord};
use crate::types::{Did, Handle, Timestamp};

/// A signed-in account of the application `A` (`()` without one).
///
/// Holding one costs nothing and makes no request: it says what was known when it was made. Requests use
/// whatever tokens are newest; DPoP, nonces, refresh and retries happen behind them.
///
/// Cheap to clone. `Debug` shows the account and no token.
pub struct Session<A = ()> {
    pub(crate) client: OAuthClient,
    pub(crate) state: Arc<SessionState>,
    pub(crate) proxy: Option<Arc<str>>,
    snapshot: Arc<Snapshot>,
    app: PhantomData<fn() -> A>,
}

/// A session without its client, for caches that the client owns.
#[derive(Clone)]
pub(crate) struct SessionHandle(Arc<SessionState>);

/// What is known of a stored session, without its secrets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionInfo {
    /// Its key.
    pub key: SessionKey,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its tokens were last refreshed.
    pub refreshed_at: Timestamp,
    /// When it was last used, at most a day too early: the library records it at each refresh, and else once a
    /// day.
    pub last_used: Timestamp,
    /// When it ends at the latest, if that is known (AT Protocol OAuth: Tokens and Session Lifetime).
    pub expires_at: Option<Timestamp>,
    /// The client key it was made with; none for a public client.
    pub client_key: Option<String>,
    /// The granted permissions.
    pub scope: String,
}

impl<A> Session<A> {
    pub(crate) fn new(client: OAuthClient, state: Arc<SessionState>) -> Self {
        let snapshot = state.current();
        Self {
            client,
            state,
            proxy: None,
            snapshot,
            app: PhantomData,
        }
    }

    /// The account. It identifies a person; handles change (AT Protocol OAuth: Identity Authentication).
    #[must_use]
    pub fn did(&self) -> &Did {
        self.state.key.did()
    }

    /// The account's handle, if it pointed back to the DID when that was last checked.
    #[must_use]
    pub fn handle(&self) -> Option<&Handle> {
        self.snapshot.record.handle.as_ref()
    }

    /// The handle, or the DID of an account without one.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.handle().map_or(self.did().as_str(), Handle::as_str)
    }

    /// The key the session is stored under.
    #[must_use]
    pub fn key(&self) -> SessionKey<A> {
        self.state.key.for_app()
    }

    /// The granted permissions.
    #[must_use]
    pub fn scopes(&self) -> ScopeSet {
        ScopeSet::parse_granted(&self.snapshot.record.granted).unwrap_or_default()
    }

    /// The permission `scope` was both asked for and granted. A malformed one was not (AT Protocol
    /// Permissions).
    ///
    /// More than was asked for is never used, even if the server granted it.
    ///
    /// Servers grant what a permission set holds in place of the set. So `include:…` is allowed if
    /// everything was granted that the set held when it was last looked up: at the sign-in, and at each
    /// refresh that found something newer. No request is made here. Of a set that could not be looked up it
    /// is enough that something was granted that can come from it: a `repo` or `rpc` below its namespace.
    #[must_use]
    pub fn allows(&self, scope: &str) -> bool {
        let wanted = scope.parse::<Scope>();
        wanted.is_ok_and(|wanted| Grant::of(&self.snapshot.record).allows(&wanted))
    }

    /// Goes on only if the session [`allows`](Self::allows) `scope`: for work in the background, whose
    /// permission may have been taken away meanwhile (AT Protocol Permissions). Pages have
    /// [`web::require`](crate::web::require), which asks for what is missing.
    ///
    /// # Errors
    /// [`InsufficientScope`](crate::ErrorKind::InsufficientScope).
    pub fn require(&self, scope: &str) -> Result<(), Error> {
        if self.allows(scope) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::InsufficientScope,
            "the session lacks a permission that is needed; ask for it with a new sign-in",
        ))
    }

    /// Permissions that were asked for and not granted. Permission sets count as in
    /// [`allows`](Self::allows).
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        Grant::of(&self.snapshot.record).missing()
    }

    /// When the access token of this moment expires, if its server says. Only for show: requests look
    /// after it themselves.
    #[must_use]
    pub fn access_token_expires_at(&self) -> Option<Timestamp> {
        self.state.current().record.access_expires_at
    }

    /// What is known of the session, without its secrets.
    #[must_use]
    pub fn info(&self) -> SessionInfo {
        SessionInfo::of(&self.state.current().record)
    }

    /// The same session, with requests passed on by the PDS to another service, named by its DID and a
    /// fragment: `did:web:api.bsky.app#bsky_appview`.
    #[must_use]
    pub fn proxied(&self, service: &str) -> Self {
        Self {
            proxy: Some(service.into()),
            ..self.clone()
        }
    }

    /// Signs this session out: gone for all processes at once, then revoked at its server.
    ///
    /// # Errors
    /// As [`OAuthClient::revoke`].
    pub async fn revoke(&self) -> Result<(), Error> {
        self.client.revoke(&self.state.key).await
    }

    /// The client it belongs to.
    #[must_use]
    pub fn client(&self) -> &OAuthClient {
        &self.client
    }

    /// The permissions that were asked for.
    pub(crate) fn requested(&self) -> ScopeSet {
        ScopeSet::parse_granted(&self.snapshot.record.requested).unwrap_or_default()
    }

    /// Something was granted that the permission set `include` stands for, and that nothing else which was
    /// asked for does.
    pub(crate) fn holds_some_of(&self, include: &Scope) -> bool {
        Grant::of(&self.snapshot.record).holds_some_of(include)
    }

    /// To [`resume`](OAuthClient::resume) it later.
    pub(crate) fn handle_for_cache(&self) -> SessionHandle {
        SessionHandle(self.state.clone())
    }

    /// The same session, said to be of the application `B`. Say so only where you know it.
    #[must_use]
    pub fn for_app<B>(&self) -> Session<B> {
        Session {
            client: self.client.clone(),
            state: self.state.clone(),
            proxy: self.proxy.clone(),
            snapshot: self.snapshot.clone(),
            app: PhantomData,
        }
    }
}

impl SessionInfo {
    pub(super) fn of(record: &SessionRecord) -> Self {
        Self {
            key: SessionKey::new(record.did.clone(), record.random_id),
            created_at: record.created_at,
            refreshed_at: record.refreshed_at,
            last_used: record.last_used(),
            expires_at: record.expires_at,
            client_key: match &record.auth {
                ClientAuth::None => None,
                ClientAuth::PrivateKeyJwt { kid, .. } => Some(kid.clone()),
            },
            scope: record.granted.to_string(),
        }
    }
}

impl OAuthClient {
    /// The session under `key`, in any task or process that shares the store. Asks no server.
    ///
    /// # Errors
    /// [`needs_login`](Error::needs_login) if there is none any more,
    /// [`is_transient`](Error::is_transient) if the store cannot answer now.
    pub async fn session<A>(&self, key: &SessionKey<A>) -> Result<Session<A>, Error> {
        let session = Session::new(self.clone(), self.0.sessions.load(key).await?);
        self.0
            .sessions
            .note_use(&session.state, &session.snapshot.record);
        Ok(session)
    }

    /// As [`session`](Self::session), for one in memory: the store is read only if the last read is not current.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn resume<A>(&self, handle: &SessionHandle) -> Result<Session<A>, Error> {
        handle.0.check()?;
        if !self.is_current(handle.0.read_at()) || !self.0.sessions.keys.is_synced() {
            return self.session(&handle.0.key.for_app()).await;
        }
        let session = Session::new(self.clone(), handle.0.clone());
        let end = session.snapshot.record.expires_at;
        if end.is_some_and(|end| end <= self.now()) {
            return Err(ended());
        }
        self.0
            .sessions
            .note_use(&session.state, &session.snapshot.record);
        Ok(session)
    }

    /// All sessions of an account, on all its devices, in the order of their keys: for a page that shows people
    /// where they are signed in, and lets them [`revoke`](Self::revoke) one of their own. A session that waits
    /// for its client key is among them, one whose key is compromised is not.
    ///
    /// # Errors
    /// The store fails.
    pub async fn sessions_of(&self, did: &Did) -> Result<Vec<SessionInfo>, Error> {
        let (all, _) = self.readable_sessions_of(did).await?;
        Ok(all)
    }

    /// As there, and how many there are that cannot be read.
    pub(super) async fn readable_sessions_of(
        &self,
        did: &Did,
    ) -> Result<(Vec<SessionInfo>, usize), Error> {
        let (mut all, mut unreadable, mut after) = (Vec::new(), 0, None::<String>);
        loop {
            let page = self
                .0
                .sessions
                .vault
                .list::<SessionRecord>(did.as_str(), after.as_deref(), 100)
                .await?;
            unreadable += page.unreadable;
            let is_alive = |record: &SessionRecord| {
                self.0.sessions.keys.check_compromised(&record.auth).is_ok()
            };
            let records = page.items.iter().map(|stored| &stored.record);
            all.extend(
                records
                    .filter(|record| is_alive(record))
                    .map(SessionInfo::of),
            );
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok((all, unreadable)),
            }
        }
    }
}

impl<A> Clone for Session<A> {
    fn clone(&self) -> Self {
        self.for_app()
    }
}

impl<A> fmt::Debug for Session<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("did", self.did())
            .field("handle", &self.handle())
            .finish_non_exhaustive()
    }
}
