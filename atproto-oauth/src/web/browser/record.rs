//! The record of a browser: the sessions it holds, and which of them is active.

use crate::client::SessionKey;
use crate::jose::{base64url, sha256};
use crate::store::{Kind, Reader, Record, StoreError, Writer};
use crate::types::{Did, Timestamp};
use crate::web::policy::{BROWSER_IDLE, BROWSER_LIFETIME, COOKIE_GRACE, LAST_SEEN_PERIOD};

/// One browser. The store has the SHA-256 of its cookie, so a reader of the store cannot pass for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Browser {
    id: BrowserId,
    /// Newest first.
    sessions: Vec<SessionKey>,
    active: Option<SessionKey>,
    created_at: Timestamp,
    last_seen: Timestamp,
    /// Set when a sign-in gave the browser another id.
    ends_at: Option<Timestamp>,
}

/// Names a browser in the store: the SHA-256 of the id in its cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BrowserId([u8; 32]);

impl BrowserId {
    pub(crate) fn of_cookie(id: &str) -> Self {
        Self(sha256(id.as_bytes()))
    }

    pub(crate) fn row(self) -> String {
        base64url::encode(&self.0)
    }
}

impl Browser {
    /// A browser with `sessions`, the first of which is active.
    pub(crate) fn new(id: BrowserId, sessions: Vec<SessionKey>, now: Timestamp) -> Self {
        let active = sessions.first().cloned();
        Self {
            id,
            sessions,
            active,
            created_at: now,
            last_seen: now,
            ends_at: None,
        }
    }

    pub(crate) fn id(&self) -> BrowserId {
        self.id
    }

    /// Newest first. Some may have ended.
    pub(crate) fn sessions(&self) -> &[SessionKey] {
        &self.sessions
    }

    pub(crate) fn active(&self) -> Option<&SessionKey> {
        self.active.as_ref()
    }

    pub(crate) fn has<A>(&self, key: &SessionKey<A>) -> bool {
        self.sessions.iter().any(|one| *one == key.for_app())
    }

    /// Makes a session of this browser the active one.
    pub(crate) fn switch(&mut self, key: &SessionKey) -> bool {
        let known = self.has(key);
        if known {
            self.active = Some(key.clone());
        }
        known
    }

    /// Takes sessions off. If the active one is among them, `next` is active, or the newest that is
    /// left.
    pub(crate) fn remove(&mut self, keys: &[SessionKey], next: Option<&SessionKey>) {
        self.sessions.retain(|one| !keys.contains(one));
        if self
            .active
            .as_ref()
            .is_some_and(|active| keys.contains(active))
        {
            let next = next.filter(|next| self.has(next));
            self.active = next.or(self.sessions.first()).cloned();
        }
    }

    /// Takes all sessions off.
    pub(crate) fn clear(&mut self) {
        self.sessions.clear();
        self.active = None;
    }

    /// What is left of this id after a sign-in gave the browser a new one: what it could do before, for
    /// a short time, without the sessions that were `replaced`.
    ///
    /// It never gains a session, not even of the same account, so that a stolen id gains
    /// nothing new. Requests of the account that signed in again, still on their way with the old
    /// id, are asked to sign in; they do not become those of another account.
    pub(crate) fn retire(&mut self, replaced: &[SessionKey], now: Timestamp) {
        self.sessions.retain(|one| !replaced.contains(one));
        self.active.take_if(|active| replaced.contains(active));
        let end = now.plus(COOKIE_GRACE);
        self.ends_at = Some(self.ends_at.map_or(end, |earlier| earlier.min(end)));
    }

    /// Whether a sign-in gave the browser another id. A retired id passes no session on.
    pub(crate) fn is_retired(&self) -> bool {
        self.ends_at.is_some()
    }

    /// Whether it is time to write the visit to the row.
    pub(crate) fn is_visit_due(&self, now: Timestamp) -> bool {
        self.ends_at.is_none() && self.last_seen.until(now) >= LAST_SEEN_PERIOD
    }

    pub(crate) fn record_visit(&mut self, now: Timestamp) {
        self.last_seen = self.last_seen.max(now);
    }

    /// The sessions of one account.
    pub(crate) fn sessions_of(&self, did: &Did) -> Vec<SessionKey> {
        self.sessions
            .iter()
            .filter(|one| one.did() == did)
            .cloned()
            .collect()
    }
}

const FORMAT: u8 = 1;

impl Record for Browser {
    const KIND: Kind = Kind::Browser;

    fn id(&self) -> String {
        self.id.row()
    }

    fn group(&self) -> String {
        String::new()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        let end = self
            .last_seen
            .plus(BROWSER_IDLE)
            .min(self.created_at.plus(BROWSER_LIFETIME));
        Some(self.ends_at.map_or(end, |ends_at| ends_at.min(end)))
    }

    fn encode(&self, out: &mut Writer) {
        out.byte(FORMAT);
        out.number(self.sessions.len() as u64);
        for key in &self.sessions {
            out.text(&key.to_string());
        }
        let place = self
            .sessions
            .iter()
            .position(|one| Some(one) == self.active.as_ref());
        out.option(place, |out, place| out.number(place as u64));
        out.time(self.created_at);
        out.time(self.last_seen);
        out.option(self.ends_at, Writer::time);
    }

    fn decode(id: &str, input: &mut Reader<'_>) -> Result<Self, StoreError> {
        let damaged = || StoreError::unreadable("a stored browser is damaged; it is not used");
        input.format(FORMAT)?;
        let id = base64url::decode(id).and_then(|hash| hash.try_into().ok());
        let count = input.number()?;
        let mut sessions = Vec::new();
        for _ in 0..count {
            sessions.push(input.parsed()?);
        }
        let active = match input.option(Reader::small_number)? {
            None => None,
            Some(place) => {
                let place = usize::try_from(place).map_err(|_| damaged())?;
                Some(sessions.get(place).cloned().ok_or_else(damaged)?)
            }
        };
        Ok(Self {
            id: BrowserId(id.ok_or_else(damaged)?),
            sessions,
            active,
            created_at: input.time()?,
            last_seen: input.time()?,
            ends_at: input.option(Reader::time)?,
        })
    }
}

#[cfg(test)]
mod tests;
