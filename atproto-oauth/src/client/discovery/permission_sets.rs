//! Permission sets: what stands behind an `include:`, as its namespace publishes it.

use std::sync::Arc;

use futures_util::future::try_join_all;

use super::CachePolicy::UseCache;
use super::{DOCUMENT_LIMITS, Discovery};
use crate::client::OAuthClient;
use crate::client::policy::{MAX_SETS, SET_DEADLINE, SET_DNS_DEADLINE};
use crate::client::server::transport_error::unreachable;
use crate::error::{Error, ErrorKind};
use crate::protocol::lexicon;
use crate::scope::{PermissionSet, Scope, ScopeSet};
use crate::types::Did;

impl OAuthClient {
    /// The permission set that `include:{nsid}` names, as its namespace publishes it: the TXT record of
    /// `_lexicon.` and the namespace's domain names an account, whose repository has the record.
    ///
    /// An answer is remembered for an hour, and for a day where the set cannot be had any more; a failure
    /// for a minute. At most 256 sets are remembered.
    ///
    /// # Security
    /// The record is taken as the account's server hands it out over HTTPS. Its proof, which leads through
    /// the tree of the repository (MST) to a commit that the account's key signed, is not verified. So the operator
    /// of that server can show a set that the account never published, or has replaced or removed.
    ///
    /// That grants nothing: a set decides nothing, the grant does. The authorization server looks
    /// sets up itself, and the account's server enforces what was granted. With a false set
    /// [`allows`](crate::Session::allows) can be wrong about an `include:`, and then a request is refused there,
    /// or a person is asked once more than was needed. Decide nothing of your own with a set.
    ///
    /// ```no_run
    /// # async fn f(client: atproto_oauth::OAuthClient) -> Result<(), atproto_oauth::Error> {
    /// let set = client.permission_set("app.bsky.authFullApp").await?;
    /// println!("{}", set.title().unwrap_or(set.nsid()));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](ErrorKind::InvalidRequest): `nsid` is no NSID, or nothing that is a permission
    /// set is published under it. [`is_transient`](Error::is_transient): it cannot be told now.
    pub async fn permission_set(&self, nsid: &str) -> Result<Arc<PermissionSet>, Error> {
        self.0.discovery.permission_set(nsid).await
    }

    /// The same permissions, with what they hold in place of every `include:`: what a server grants to
    /// a client that asks for `scopes` and gets all of it.
    ///
    /// It looks up what is not remembered. A [`Session`](crate::Session) answers without: what its sets
    /// held was looked up when the person signed in.
    ///
    /// ```no_run
    /// # async fn f(client: atproto_oauth::OAuthClient) -> Result<(), atproto_oauth::Error> {
    /// let asked = "atproto include:app.bsky.authCreatePosts".parse()?;
    /// println!("{}", client.expand(&asked).await?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`permission_set`](Self::permission_set), and
    /// [`InvalidRequest`](ErrorKind::InvalidRequest) for more than 32 sets, or for more permissions than
    /// a scope can have.
    pub async fn expand(&self, scopes: &ScopeSet) -> Result<ScopeSet, Error> {
        if scopes.scopes().filter_map(Scope::included).count() > MAX_SETS {
            return Err(Error::new(
                ErrorKind::InvalidRequest,
                "there are more than 32 permission sets; expand fewer at once",
            ));
        }
        let each = scopes.iter().map(|text| async move {
            match text.parse::<Scope>() {
                Ok(scope) if scope.included().is_some() => self.0.discovery.expansion(&scope).await,
                _ => ScopeSet::parse_granted(text),
            }
        });
        let expanded = try_join_all(each).await?;
        let texts: Vec<_> = expanded.iter().flat_map(ScopeSet::iter).collect();
        ScopeSet::parse_granted(&texts.join(" "))
    }
}

impl Discovery {
    /// What the set that `include` names stands for.
    pub(super) async fn expansion(&self, include: &Scope) -> Result<ScopeSet, Error> {
        let nsid = include.included().unwrap_or_default();
        self.permission_set(&nsid).await?.expand(include)
    }

    /// What the set that `include` names stands for, if it can be looked up.
    pub(super) async fn look_up_expansion(&self, include: &Scope) -> Option<ScopeSet> {
        let set = self.permission_set(&include.included()?).await.ok()?;
        understood(&set, include)
    }

    /// As [`look_up_expansion`](Self::look_up_expansion), from the cache alone.
    pub(super) fn known_expansion(&self, include: &Scope) -> Option<ScopeSet> {
        let set = self
            .permission_sets
            .outdated(&include.included()?, self.context.now());
        understood(&*set?, include)
    }

    async fn permission_set(&self, nsid: &str) -> Result<Arc<PermissionSet>, Error> {
        lexicon::check_name(nsid)?;
        let sets = &self.permission_sets;
        if let Some(answer) = sets.cached(nsid, self.context.now()) {
            return answer;
        }
        let turn = sets.turns.get_with(nsid.to_owned(), Arc::default);
        let _turn = turn.lock().await;
        if let Some(answer) = sets.cached(nsid, self.context.now()) {
            return answer;
        }
        let answer = tokio::time::timeout(SET_DEADLINE, self.fetch_set(nsid)).await;
        let answer = answer.unwrap_or_else(|_| {
            Err(Error::new(
                ErrorKind::TemporarilyUnavailable,
                "the lexicon's server does not answer; try again in a moment",
            ))
        });
        let now = self.context.now();
        match answer {
            Ok(set) => {
                let set = Arc::new(set);
                sets.put(nsid, &set, now);
                Ok(set)
            }
            Err(error) => {
                tracing::debug!(nsid, %error, "a permission set cannot be looked up");
                sets.put_failure(nsid, &error, now);
                sets.outdated(nsid, now).ok_or(error)
            }
        }
    }

    /// From the name to the account, its PDS, and the record there.
    async fn fetch_set(&self, nsid: &str) -> Result<PermissionSet, Error> {
        let authority = match &self.network.lexicon_authority {
            Some(did) => did.clone(),
            None => self.lexicon_authority(nsid).await?,
        };
        let account = self.document(&authority, UseCache).await;
        let account = account.map_err(|error| no_account(nsid, error))?;
        let request = lexicon::request(&account.pds, &authority, nsid)?;
        let response = self.get(request, DOCUMENT_LIMITS).await;
        let response = response
            .map_err(|e| unreachable(e, ErrorKind::InvalidRequest, "the lexicon's server"))?;
        let set = lexicon::permission_set(&response, &authority, nsid)?;
        for (entry, reason) in set.ignored() {
            tracing::debug!(
                nsid,
                entry,
                reason,
                "an entry of a permission set is ignored"
            );
        }
        Ok(set)
    }

    /// Only the domain itself is asked: no domain above or below it, no other server.
    async fn lexicon_authority(&self, nsid: &str) -> Result<Did, Error> {
        let name = lexicon::txt_name(nsid)?;
        let records = self.context.transport.txt(&name, SET_DNS_DEADLINE).await;
        let records = records.map_err(|e| {
            unreachable(
                e,
                ErrorKind::InvalidRequest,
                "the name server of the lexicon",
            )
        })?;
        lexicon::authority_of_txt(&records, nsid)
    }
}

/// The scopes that `include` stands for. `None` if there are none because this version does not know the set's
/// entries: the authorization server may know them, and an empty expansion would count as granted.
fn understood(set: &PermissionSet, include: &Scope) -> Option<ScopeSet> {
    let held = set.expand(include).ok()?;
    (!held.is_empty() || set.ignored().next().is_none()).then_some(held)
}

/// The error of the account would be misleading on its own: no person signs in with it.
fn no_account(nsid: &str, error: Error) -> Error {
    if error.is_transient() {
        return error;
    }
    let message = format!(
        "the account that publishes `{nsid}` cannot be used; only the owner of the domain can correct it"
    );
    Error::new(ErrorKind::InvalidRequest, message).with_source(error)
}
